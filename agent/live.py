"""The events of turns that run in this process, for whoever follows them: from any number on, as they come."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator

from switchboard.events import Event, ends_turn
from switchboard.identity import Conversation, MessageId

KEPT = 256
"""Ended turns whose events stay at hand, so that a socket that was lost for a moment misses none."""


class Feed:
    """The events of one turn so far. One task writes, any number follow."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._closed = False
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def last(self) -> int:
        """Number of the newest event, 0 if there is none."""
        return self._events[-1].seq if self._events else 0

    def publish(self, event: Event) -> None:
        """Show an event to all followers. The event that ends the turn closes the feed."""
        self._events.append(event)
        self._closed = ends_turn(event)
        self._wake()

    def close(self) -> None:
        """End without an outcome: the turn goes on elsewhere."""
        self._closed = True
        self._wake()

    async def follow(self, after: int) -> AsyncIterator[Event]:
        """The events numbered above ``after``, until the feed closes."""
        at = 0
        while True:
            while at < len(self._events):
                event = self._events[at]
                at += 1
                if event.seq > after:
                    yield event
            if self._closed:
                return
            news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(news)
            try:
                await news
            finally:
                self._waiting.discard(news)

    def _wake(self) -> None:
        for news in self._waiting:
            if not news.done():
                news.set_result(None)


class Live:
    """The feeds of this process, by message."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, MessageId], Feed] = {}
        self._ended: OrderedDict[tuple[str, MessageId], Feed] = OrderedDict()

    def open(self, conversation: Conversation, message_id: MessageId) -> Feed:
        """A feed for a turn that starts here."""
        feed = Feed()
        self._ended.pop((conversation.key, message_id), None)
        self._running[conversation.key, message_id] = feed
        return feed

    def end(self, conversation: Conversation, message_id: MessageId, *, keep: bool) -> None:
        """The turn no longer runs here; its feed stays at hand for a while if it has an outcome."""
        feed = self._running.pop((conversation.key, message_id), None)
        if feed is None:
            return
        feed.close()
        if keep:
            self._ended[conversation.key, message_id] = feed
            while len(self._ended) > KEPT:
                self._ended.popitem(last=False)

    def feed(self, conversation: Conversation, message_id: MessageId) -> Feed | None:
        """The feed of a turn that runs here or ended here lately."""
        key = (conversation.key, message_id)
        return self._running.get(key) or self._ended.get(key)

    def forget(self, conversation: Conversation) -> None:
        """Drop what is kept of a conversation."""
        for key in [key for key in self._ended if key[0] == conversation.key]:
            del self._ended[key]
