"""Showing answers while they are written, by channels that need to be told: what passes on to whoever follows."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Protocol, runtime_checkable

from switchboard.assistant import Assistant, Offer
from switchboard.channels import Channel
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId
from switchboard.messages import Message
from switchboard.storage import Job


@runtime_checkable
class ShowsTurns(Protocol):
    """A channel that shows answers while they are written."""

    def showing(
        self, message: Message, *, stop: Callable[[], Awaitable[object]]
    ) -> AbstractAsyncContextManager[Callable[[Event], None]]:
        """Show a turn while the block lasts. Gives what takes its events; ``stop`` stops the turn."""
        ...


@runtime_checkable
class ShowsJobs(Protocol):
    """A channel that shows how far jobs are."""

    def show_job(self, assistant: Assistant, job: Job) -> None:
        """Show a job that is at work in this process, until its result is there. Safe to repeat."""
        ...


def show_job(assistant: Assistant, channels: Mapping[str, Channel[Any, Any]], job: Job) -> None:
    """Have a job shown on the channel that it came from, if that shows jobs."""
    channel: object = channels.get(job.conversation.channel)
    if isinstance(channel, ShowsJobs):
        channel.show_job(assistant, job)


class Shown:
    """An assistant, as `agent.consuming.Consuming` wants it, whose turns are shown while they are followed.

    Args:
        channels: Those of this process, by name.
    """

    def __init__(self, assistant: Assistant, channels: Mapping[str, Channel[Any, Any]]) -> None:
        self._assistant = assistant
        self._shows = {name: channel for name, channel in channels.items() if isinstance(channel, ShowsTurns)}
        self._messages: dict[tuple[str, MessageId], Message] = {}

    async def offer(self, message: Message) -> Offer:
        """See `Assistant.offer`."""
        offer = await self._assistant.offer(message)
        if offer.state != "rejected" and message.conversation.channel in self._shows:
            self._messages[message.conversation.key, message.id] = message
        return offer

    async def events(
        self, conversation: Conversation, message_id: MessageId, *, after: int = 0
    ) -> AsyncIterator[Event]:
        """See `Assistant.events`; each event is shown as it passes."""
        message = self._messages.pop((conversation.key, message_id), None)
        if message is None:
            async for event in self._assistant.events(conversation, message_id, after=after):
                yield event
            return
        stop = partial(self._assistant.stop, conversation, message_id)
        async with self._shows[conversation.channel].showing(message, stop=stop) as show:
            async for event in self._assistant.events(conversation, message_id, after=after):
                show(event)
                yield event
