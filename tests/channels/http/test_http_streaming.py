"""Streams by themselves: a reader that does not read, one that leaves, one that hears it all."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from starlette.types import Message

from channels.http.streaming import EventStream, frame


class Reader:
    """An ASGI connection. ``reads`` says whether it takes anything after the headers; ``left`` ends it."""

    def __init__(self, *, reads: bool = True) -> None:
        self.reads = reads
        self.left = asyncio.Event()
        self.taken: list[bytes] = []
        self.notes: list[str] = []

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            if not self.reads:
                await asyncio.Event().wait()
            self.taken.append(message["body"])

    async def frames(self, *, ends: bool) -> AsyncGenerator[bytes, None]:
        try:
            yield b"one"
            if not ends:
                self.left.set()
                await asyncio.Event().wait()
            yield b"two"
        finally:
            self.notes.append("closed")

    async def ended(self) -> None:
        self.notes.append("ended")

    async def stream(self, *, ends: bool = True) -> None:
        stream = EventStream(self.frames(ends=ends), ended=self.ended, headers={}, heartbeat=30.0, patience=0.01)
        await stream({}, self.receive, self.send)


async def test_whoever_reads_gets_all_and_is_noted() -> None:
    reader = Reader()
    await reader.stream()
    assert (reader.taken, reader.notes) == ([b"one", b"two", b""], ["closed", "ended"])


async def test_whoever_does_not_read_is_given_up_and_not_noted() -> None:
    reader = Reader(reads=False)
    await reader.stream()
    assert (reader.taken, reader.notes) == ([], ["closed"])


async def test_whoever_leaves_is_not_noted() -> None:
    reader = Reader()
    await reader.stream(ends=False)
    assert (reader.taken, reader.notes) == ([b"one"], ["closed"])


def test_no_text_can_end_its_field() -> None:
    data: dict[str, Any] = {"text": "a\nevent: x\r\n\n\u2028\ud800"}
    assert frame(data, event="delta", number=3).split(b"\n")[2:] == [
        b'data: {"text":"a\\nevent: x\\r\\n\\n\\u2028\\ud800"}',
        b"",
        b"",
    ]
