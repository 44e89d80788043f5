"""Closing a process while a turn is being claimed."""

import asyncio
from itertools import repeat

from stores.memory import MemoryConversationStore
from switchboard import Change, Conversation
from switchboard.testing.models import ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, running, said


class Slow(MemoryConversationStore):
    """A store that takes a moment to write that the second message is claimed."""

    def __init__(self) -> None:
        super().__init__()
        self.claiming = asyncio.Event()

    async def commit(self, conversation: Conversation, change: Change) -> bool:
        if any(turn.message.id == "second" and turn.state == "running" for turn in change.turns):
            self.claiming.set()
            await asyncio.sleep(0.05)
        return await super().commit(conversation, change)


async def test_a_turn_that_begins_while_the_process_is_closed_is_answered() -> None:
    store = Slow()
    async with running(ScriptedChatModel(repeat("Answer.")), given={"conversations": store}) as assistant:
        for name in ("first", "second"):
            await assistant.offer(said("q", id=name))
        await store.claiming.wait()
    texts = [turn.reply and turn.reply.text for turn in await store.transcript(SOMEWHERE)]
    assert texts == ["Answer.", "Answer."]
