"""A store that several workers share, into which a test can step at any moment, and a worker's sudden end."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from agent.assistant import SwitchboardAssistant
from switchboard import Conversation
from switchboard.storage import Change, ConversationStore, Snapshot, Turn


class Shared:
    """A store that a worker does not close when it goes, and before whose writes and reads a test can step in."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store
        self.before: Callable[[Change], Awaitable[None]] | None = None
        self.after: Callable[[Change], Awaitable[None]] | None = None
        self.open = asyncio.Event()
        self.open.set()
        self.written: list[Change] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def read(self, *arguments: Any, **options: Any) -> Snapshot:
        await self.open.wait()
        return await self._store.read(*arguments, **options)

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        await self.open.wait()
        if self.before:
            await self.before(change)
        written = await self._store.commit(conversation, change)
        if written:
            self.written.append(change)
        if written and self.after:
            await self.after(change)
        return written

    @property
    def ended(self) -> list[Turn]:
        """The turns that have come to their end, in the order in which they did."""
        return [turn for change in self.written for turn in change.turns if turn.state == "done"]

    async def close(self) -> None:
        """Left to the test."""


async def crash(worker: SwitchboardAssistant) -> None:
    """All that a worker does ends at once."""
    tasks = list(worker.turns.tasks)
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def answers(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """What was said, and what was answered."""
    return [(turn.message.text, turn.reply.text if turn.reply else "-") for turn in turns]
