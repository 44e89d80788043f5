"""A WebSocket API on this machine: real sockets, each frame a call of our functions, as API Gateway calls them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.client import connect as open_socket
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from infra.functions import connect, disconnect, frames

FRAME = 32 * 1024
PATIENCE = 60.0
"""Seconds, on a machine that is busy with everything else."""


@dataclass
class Sockets:
    """Sockets by the names of their connections. ``post`` is what sends through them, from any thread.

    Attributes:
        conversations: Ids of those that clients were welcomed to, in order.
    """

    there: dict[str, ServerConnection] = field(default_factory=dict)
    conversations: list[str] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None
    opened: int = 0
    _instance: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def post(self, name: str, text: str) -> bool:
        assert self.loop is not None
        socket = self.there.get(name)
        if socket is None:
            return False
        if (frame := json.loads(text))["type"] == "welcome":
            self.conversations.append(frame["conversation"])
        try:
            asyncio.run_coroutine_threadsafe(socket.send(text), self.loop).result(30)
        except ConnectionClosed:
            return False
        return True

    async def serve(self, socket: ServerConnection) -> None:
        """Call the functions for what happens on a socket, one after the other."""
        self.opened += 1
        name = f"socket-{self.opened}"
        assert socket.request is not None
        query = {key: values[0] for key, values in parse_qs(urlsplit(socket.request.path).query).items()}
        about = {"connectionId": name, "domainName": "gateway.test", "stage": "prod"}
        event = {
            "headers": dict(socket.request.headers.raw_items()),
            "queryStringParameters": query,
            "requestContext": about,
        }
        if (await self._called(connect.handler, event))["statusCode"] != connect.TAKEN:
            return
        self.there[name] = socket
        try:
            async for text in socket:
                await self._called(frames.handler, {"requestContext": about, "body": text})
        except ConnectionClosed:
            pass
        finally:
            del self.there[name]
            await self._called(disconnect.handler, {"requestContext": about})

    async def _called(self, handler: Callable[..., dict[str, Any]], event: dict[str, Any]) -> dict[str, Any]:
        """Call a function, of which there is one instance: it takes one call after the other."""
        assert self.loop is not None
        return await self.loop.run_in_executor(self._instance, handler, event, None)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The address at which sockets are opened."""
        self.loop = asyncio.get_running_loop()
        async with serve(self.serve, "127.0.0.1", 0, max_size=FRAME) as server:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/prod"
        await asyncio.to_thread(self._instance.shutdown)


class Window:
    """A client that speaks the web chat's protocol on a socket."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._parts: dict[str, dict[int, str]] = {}

    async def say(self, **frame: Any) -> None:
        await self._socket.send(json.dumps(frame))

    async def heard(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind; those before it are passed over."""
        return (await self.until(kind))[-1]

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """All frames up to the next of a kind."""
        frames: list[dict[str, Any]] = []
        async with asyncio.timeout(PATIENCE):
            while not frames or frames[-1]["type"] != kind:
                if (frame := self._whole(json.loads(await self._socket.recv()))) is not None:
                    frames.append(frame)
        return frames

    def _whole(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """A frame; ``None`` for a chunk of one that has not come whole."""
        if frame["type"] != "chunk":
            return frame
        parts = self._parts.setdefault(frame["frame"], {})
        parts[frame["index"]] = frame["data"]
        if len(parts) < frame["total"]:
            return None
        whole: dict[str, Any] = json.loads("".join(parts[index] for index in sorted(parts)))
        return whole


@asynccontextmanager
async def window(address: str, ticket: str) -> AsyncIterator[Window]:
    """A window with a socket of its own."""
    async with open_socket(f"{address}?ticket={ticket}") as socket:
        yield Window(socket)
