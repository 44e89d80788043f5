"""Server-sent events: written as they come, never gathered; a caller that leaves or stops to read ends the stream."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from types import MappingProxyType
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Proxies gather what they pass on unless they are told not to."""
ALIVE = b": alive\n\n"


def frame(data: Mapping[str, Any] | str, *, event: str = "", number: int | None = None) -> bytes:
    """One event as bytes. JSON is written in ASCII and so has no line break that would end the field."""
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    head = (f"id: {number}\n" if number is not None else "") + (f"event: {event}\n" if event else "")
    return f"{head}data: {text}\n\n".encode("ascii")


class EventStream(Response):
    """Frames as a response.

    Args:
        frames: What to write. It is closed when nobody reads any more; what makes the events goes on.
        ended: Called when the last frame was handed to the connection.
        left: Called when the reader is gone before that.
        heartbeat: Seconds of silence after which a comment shows that the stream is alive.
        patience: Seconds that a reader may take to take a frame.
    """

    def __init__(
        self,
        frames: AsyncGenerator[bytes, None],
        *,
        heartbeat: float,
        patience: float,
        ended: Callable[[], Awaitable[None]] | None = None,
        left: Callable[[], Awaitable[None]] | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(None, 200, {**HEADERS, **headers}, media_type="text/event-stream")
        del self.headers["content-length"]
        self._frames = frames
        self._ended = ended
        self._left = left
        self._heartbeat = heartbeat
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until the frames end or the reader is gone."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        writing = asyncio.create_task(self._write(send))
        leaving = asyncio.create_task(gone(receive))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not writing.done():
                writing.cancel()
            await asyncio.wait((writing, leaving))
        if (writing.cancelled() or not writing.result()) and self._left is not None:
            await self._left()

    async def _write(self, send: Send) -> bool:
        """Write all frames. Returns whether the reader took them."""
        with suppress(TimeoutError, OSError):  # the reader does not read, or has hung up
            async with aclosing(self._frames):
                coming = asyncio.ensure_future(anext(self._frames, None))
                try:
                    while (written := await self._next(coming)) is not None:
                        await self._send(send, written)
                        if coming.done():
                            coming = asyncio.ensure_future(anext(self._frames, None))
                finally:
                    coming.cancel()
                    await asyncio.wait((coming,))
            await self._send(send, b"")
            if self._ended is not None:
                await self._ended()
            return True
        return False

    async def _next(self, coming: "asyncio.Future[bytes | None]") -> bytes | None:
        """The frame that is coming, or a sign of life while it is not there."""
        await asyncio.wait((coming,), timeout=self._heartbeat)
        return coming.result() if coming.done() else ALIVE

    async def _send(self, send: Send, data: bytes) -> None:
        async with asyncio.timeout(self._patience):
            await send({"type": "http.response.body", "body": data, "more_body": bool(data)})


async def gone(receive: Receive) -> None:
    """Wait until the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
