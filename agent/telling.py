"""What a running turn is told by messages that come meanwhile, where the busy policy is ``steer``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent import inbox, texts
from agent.upkeep import Upkeep
from switchboard.messages import Message
from switchboard.reply import Reply
from switchboard.storage import Turn

if TYPE_CHECKING:
    from agent.parts import Parts


class Telling:
    """Looked at before each step of the model.

    Args:
        turn: As it was claimed: what an earlier attempt was told is told again.
        steers: Whether messages that wait now are taken in as well.
    """

    def __init__(self, parts: "Parts", turn: Turn, upkeep: Upkeep, *, steers: bool) -> None:
        self._parts = parts
        self._message = turn.message
        self._upkeep = upkeep
        self._steers = steers
        self._before = list(turn.steered_by)

    async def told(self) -> Sequence[Message]:
        """The messages that are to be taken into account from now on, each once."""
        found = []
        store, conversation = self._parts.conversations, self._message.conversation
        while self._before:
            turn = await store.turn(conversation, self._before.pop(0))
            found += [turn.message] if turn else []
        while self._steers and (message := await self._next()):
            found.append(message)
        return found

    async def _next(self) -> Message | None:
        """Take in the first message that waits, in one write with its own short reply."""
        store, conversation = self._parts.conversations, self._message.conversation
        while waiting := (await store.read(conversation)).inbox.queue[:1]:
            snapshot = await store.read(conversation, waiting[0])
            running = await store.turn(conversation, self._message.id)
            if running is None:
                return None
            reply = Reply(text=texts.STEERED, status="complete")
            change = inbox.steer(snapshot, running, self._upkeep.lease, reply, now=self._parts.clock())
            if change is None:
                return None
            if await store.commit(conversation, change):
                self._parts.counts.add("steered")
                return snapshot.turn.message if snapshot.turn else None
        return None
