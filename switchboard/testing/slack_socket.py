"""The other side of Socket Mode: a fake of what Slack's connections say, on loopback."""

import itertools
import json
import threading
from types import TracebackType
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

Payload = dict[str, Any]
PING_SECONDS = 0.05
"""Slack's own client can't be closed while it waits for bytes; so it never waits for long."""


class FakeSocket:
    """Sends envelopes to whoever has connected, and keeps what is acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, Payload] = {}
        self._connections: list[ServerConnection] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count(1)
        self._server: Server = serve(self._serve, "127.0.0.1", 0, ping_interval=PING_SECONDS, ping_timeout=None)

    def __enter__(self) -> "FakeSocket":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        for connection in list(self._connections):
            connection.close()

    @property
    def url(self) -> str:
        """What ``apps.connections.open`` gives out."""
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link"

    def connected(self, count: int = 1, *, seconds: float = 60.0) -> bool:
        """Wait for so many connections."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._connections) >= count, seconds)

    def send(self, payload: Payload, *, kind: str = "events_api", envelope: str = "", retry: int = 0) -> str:
        """Send an envelope over the newest connection. Returns its id."""
        envelope = envelope or f"envelope-{next(self._numbers)}"
        attempt = {"retry_attempt": retry, "retry_reason": "timeout"} if retry else {}
        said = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True, **attempt}
        self._connections[-1].send(json.dumps(said))
        return envelope

    def answer(self, envelope: str, *, seconds: float = 60.0) -> Payload | None:
        """Wait until an envelope is acknowledged. Returns what came with that, ``None`` if it never is."""
        with self._changed:
            self._changed.wait_for(lambda: envelope in self.acknowledged, seconds)
            return self.acknowledged.get(envelope)

    def disconnect(self) -> None:
        """Ask for a new connection, as Slack does every few hours."""
        self._connections[-1].send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def _serve(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        with self._changed:
            self._connections.append(connection)
            self._changed.notify_all()
        try:
            for said in connection:
                self._note(json.loads(said))
        except ConnectionClosed:
            return

    def _note(self, said: Payload) -> None:
        with self._changed:
            self.acknowledged[said["envelope_id"]] = said.get("payload") or {}
            self._changed.notify_all()
