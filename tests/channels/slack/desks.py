"""A desk for the tests of serving: the channel with a fake assistant and a fake Slack, and answers that wait."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from channels.slack.channel import SlackChannel
from channels.slack.parsing import Delivery, read
from channels.slack.serving import Serving
from switchboard import (
    Delta,
    Event,
    Final,
    Message,
    ToolFinished,
    ToolStarted,
    fold,
)
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.slack import FakeSlack
from tests.channels.slack.shared import make, payload

ANN = "1767225800.000300"


class Gate:
    """A script that waits for the test between the pieces of its answer."""

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces
        self.steps = asyncio.Semaphore(0)
        self.turns = 0

    async def __call__(self, message: Message) -> AsyncIterator[Event]:
        self.turns += 1
        yield ToolStarted(call_id="c1", tool="search_documents")
        yield ToolFinished(call_id="c1", tool="search_documents", status="complete")
        for piece in self.pieces:
            await self.steps.acquire()
            yield Delta(text=piece)
        await self.steps.acquire()
        yield Final(text="".join(self.pieces))


class Desk:
    """Serving with a fake assistant and a fake Slack, and the outbox as a method."""

    def __init__(self, slack: FakeSlack, assistant: FakeAssistant, **settings: Any) -> None:
        self.slack = slack
        self.assistant = assistant
        self.channel: SlackChannel = make(slack, **settings)
        self.channel.previews._limits = replace(self.channel.limits, edit_interval=0.0)
        self.channel._jobs._pause = _at_once
        self.serving = Serving(self.channel, assistant, clock=lambda: 1.0)

    def message(self, name: str) -> Message:
        told: Any = read(Delivery(payload=payload(name)), self.channel.settings, tenant="acme")
        message: Message = told.message
        return message

    async def deliver(self, name: str, *, again: bool = False) -> Any:
        """What the outbox does once a turn has ended."""
        message = self.message(name)
        reply = fold([event async for event in self.assistant.events(message.conversation, message.id)])
        return await self.channel.send(message, self.channel.render(reply), again=again)

    async def turns(self, name: str) -> list[str]:
        return [turn.message.id for turn in await self.assistant.transcript(self.message(name).conversation)]


async def _at_once(seconds: float) -> None:
    await asyncio.sleep(0)
