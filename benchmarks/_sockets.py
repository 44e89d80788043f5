"""The two protocols of the socket comparison, each as its own page speaks it, on the same WebSocket client."""

import json
from collections.abc import Callable
from typing import Any, Protocol, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 60.0
"""Seconds for a connection to open, also when a thousand do."""


class Talk(Protocol):
    """A chat that is open."""

    @classmethod
    async def open(cls, address: str) -> Self:
        """Open a chat with the server at ``host:port`` and wait until it can be used."""
        ...

    async def ask(self, text: str) -> None:
        """Say something and wait for the end of an answer, which has to be the same."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


async def _connected(address: str) -> ClientConnection:
    return await connect(address, compression=None, open_timeout=PATIENCE, ping_interval=None)


class Ours:
    """The web chat, as ``docs/protocol.md`` has it. The receipt is sent, as the widget does."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    @classmethod
    async def open(cls, address: str) -> Self:
        """See `Talk`."""
        talk = cls(await _connected(f"ws://{address}/ws"))
        await talk._say(type="hello", v=1)
        await talk._until(lambda frame: frame["type"] == "welcome")
        return talk

    async def ask(self, text: str) -> None:
        """See `Talk`."""
        name = uuid4().hex
        await self._say(type="message", id=name, text=text)
        final = (await self._until(lambda frame: frame.get("event", {}).get("kind") == "final"))["event"]
        if final["text"] != text:
            raise RuntimeError(f"not the answer: {final}")
        await self._say(type="ack", message_id=name, seq=final["seq"])

    async def close(self) -> None:
        """See `Talk`."""
        await self._socket.close()

    async def _say(self, **frame: object) -> None:
        await self._socket.send(json.dumps(frame))

    async def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async for raw in self._socket:
            frame: dict[str, Any] = json.loads(raw)
            if wanted(frame):
                return frame
            if frame["type"] == "error" or frame.get("event", {}).get("kind") == "failed":
                raise RuntimeError(f"refused: {frame}")
        raise EOFError


class Chainlit:
    """Chainlit's page: Socket.IO over one WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    @classmethod
    async def open(cls, address: str) -> Self:
        """See `Talk`."""
        socket = await _connected(f"ws://{address}/ws/socket.io/?EIO=4&transport=websocket")
        talk = cls(socket)
        await socket.recv()
        await socket.send("40" + json.dumps({"sessionId": str(uuid4()), "clientType": "webapp", "userEnv": "{}"}))
        await socket.recv()
        await socket.send('42["connection_successful"]')
        await talk._until("task_end")
        return talk

    async def ask(self, text: str) -> None:
        """See `Talk`."""
        message = {"id": str(uuid4()), "name": "User", "type": "user_message", "output": text}
        body = {"message": {**message, "createdAt": "2026-01-01T00:00:00Z"}, "fileReferences": []}
        await self._socket.send("42" + json.dumps(["client_message", body]))
        while (answer := await self._until("new_message"))["type"] != "assistant_message":
            pass
        if answer["output"] != text:
            raise RuntimeError(f"not the answer: {answer}")
        await self._until("task_end")

    async def close(self) -> None:
        """See `Talk`."""
        await self._socket.close()

    async def _until(self, name: str) -> dict[str, Any]:
        async for raw in self._socket:
            text = str(raw)
            if text == "2":
                await self._socket.send("3")
            elif text.startswith("42"):
                event, *data = json.loads(text[2:])
                if event == name:
                    return data[0] if data else {}
        raise EOFError
