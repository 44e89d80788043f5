"""Messages that are typed fast, through a gateway that lets a connection's frames race: they are answered as typed."""

import asyncio
import json

from switchboard.connections import Connection
from switchboard.testing.assistant import FakeAssistant
from tests.channels.gateway.stage import ANN, Stage, a_stage
from tests.channels.websocket.conftest import site_of

from .gateways import Bridge, bridged

TYPED = ["First, I say this.", "Then I say that.", "And this at last."]
ACCEPT_PATIENCE = 10_000
"""Milliseconds after which the widget sends a message again that was not accepted."""


class Racing(Bridge):
    """Each frame goes to a function of its own, and the earlier a message was typed, the longer that takes."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._running: set[asyncio.Task[None]] = set()

    async def take(self, name: str, text: str) -> None:
        task = asyncio.create_task(self._take_late(name, text))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _take_late(self, name: str, text: str) -> None:
        said = json.loads(text).get("text")
        await asyncio.sleep(0.1 * (len(TYPED) - TYPED.index(said)) if said in TYPED else 0)
        await super().take(name, text)


class Losing(Bridge):
    """Loses the first message that is said and the first acceptance, without a word."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.loses = ["message", "accepted"]

    async def take(self, name: str, text: str) -> None:
        if not self._lost(text):
            await super().take(name, text)

    async def send(self, connection: Connection, text: str) -> None:
        if not self._lost(text):
            await super().send(connection, text)

    def _lost(self, text: str) -> bool:
        lost = self.loses[:1] == [json.loads(text)["type"]]
        if lost:
            self.loses.pop(0)
        return lost


async def transcript(stage: Stage) -> list[str]:
    """What was said, in the order in which it was answered."""
    (summary,) = await stage.assistant.conversations(ANN, tenant="local")
    return [turn.message.text for turn in await stage.assistant.transcript(summary.conversation)]


async def test_messages_whose_frames_race_are_answered_in_the_order_in_which_they_were_typed() -> None:
    async with (
        site_of(FakeAssistant()) as probe,
        a_stage(["One.", "Two.", "Three."]) as stage,
        bridged(probe.address, Racing(stage)) as site,
    ):
        await site.page.get_by_role("textbox").wait_for()
        for text in TYPED:
            await site.ask(text)
        await site.page.locator("li.turn[data-state=done]").nth(2).wait_for()
        assert await transcript(stage) == TYPED


async def test_a_message_or_an_acceptance_that_is_lost_holds_up_those_behind_it_and_loses_none() -> None:
    async with site_of(FakeAssistant()) as probe, a_stage(["One.", "Two.", "Three."]) as stage:
        bridge = Losing(stage)
        async with bridged(probe.address, bridge) as site:
            await site.page.clock.install()
            await site.page.goto(site.address)
            for text in TYPED:
                await site.ask(text)
            await stage.until(lambda: bridge.loses == ["accepted"])
            await site.page.clock.fast_forward(ACCEPT_PATIENCE)
            await site.page.locator("li.turn[data-state=done]").nth(2).wait_for()
            assert bridge.loses == []
            assert await transcript(stage) == TYPED
