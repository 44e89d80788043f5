"""Showing turns as they pass: only on channels that show them, and only what was taken."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from agent.showing import Shown
from switchboard import Event, Message
from switchboard.assistant import Offer
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.channel import FakeChannel
from switchboard.testing.samples import a_conversation, a_message


class Showing(FakeChannel):
    """A channel that shows turns."""

    def __init__(self) -> None:
        super().__init__(name="test")
        self.shown: list[int] = []

    @asynccontextmanager
    async def showing(
        self, message: Message, *, stop: Callable[[], Awaitable[object]]
    ) -> AsyncIterator[Callable[[Event], None]]:
        yield lambda event: self.shown.append(event.seq)


class Busy(FakeAssistant):
    async def offer(self, message: Message) -> Offer:
        return Offer(state="rejected")


async def passed(channel: FakeChannel) -> tuple[list[int], Shown]:
    """The numbers of the events that pass when a message is answered."""
    assistant = FakeAssistant()
    shown = Shown(assistant, {a_conversation().channel: channel})
    message = a_message()
    await shown.offer(message)
    found = [event.seq async for event in shown.events(message.conversation, message.id)]
    await assistant.close()
    return found, shown


async def test_events_are_shown_as_they_pass() -> None:
    channel = Showing()
    found, shown = await passed(channel)
    assert channel.shown == found
    assert found
    assert shown._messages == {}


async def test_a_channel_that_shows_nothing_changes_nothing() -> None:
    found, _ = await passed(FakeChannel())
    assert found


async def test_what_was_turned_away_is_not_waited_for() -> None:
    shown = Shown(Busy(), {a_conversation().channel: Showing()})
    await shown.offer(a_message())
    assert shown._messages == {}
