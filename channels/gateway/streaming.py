"""A turn on its way to the windows of its conversation: bundles of events, at a pace that costs few requests."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from channels.gateway.hall import Hall, Reach
from channels.websocket.links import linked
from channels.websocket.protocol import Happened, HappenedSince, Response
from switchboard import BackendError, Conversation, Event, MessageId
from switchboard.events import ends_turn

log = logging.getLogger("switchboard.channels")

Pause = Callable[[float], Awaitable[None]]


class Stream:
    """Sends what happens in a turn, in order: the first event at once, then what has come up since.

    Args:
        pace: Seconds between two bundles.
        nobody: Called when nobody is there, once.

    Attributes:
        ended: Whether the turn's last event was given.
        arrived: Whether that has reached somebody.
        over: Set when nothing more is sent.
    """

    def __init__(
        self,
        hall: Hall,
        conversation: Conversation,
        message_id: MessageId,
        *,
        pace: float,
        pause: Pause,
        nobody: Callable[[], Awaitable[None]],
    ) -> None:
        self.ended = False
        self.arrived = False
        self.over = asyncio.Event()
        self._hall = hall
        self._conversation = conversation
        self._message_id = message_id
        self._pace = pace
        self._pause = pause
        self._nobody = nobody
        self._alone = False
        self._waiting: list[Event] = []
        self._news = asyncio.Event()

    def show(self, event: Event) -> None:
        """Send an event with the next bundle."""
        self._waiting.append(event)
        self.ended = self.ended or ends_turn(event)
        self._news.set()

    async def run(self) -> None:
        """Send until the turn has ended. A bundle that is not taken is not sent again: who misses it asks."""
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                events, self._waiting = self._waiting, []
                reach = await self._sent(events)
                if ends_turn(events[-1]):
                    self.arrived = reach.reached > 0
                    return
                if reach.nobody and not self._alone:
                    self._alone = True
                    await self._nobody()
                if not self.ended:
                    await self._pause(self._pace)
        finally:
            self.over.set()

    async def _sent(self, events: Sequence[Event]) -> Reach:
        try:
            return await self._hall.tell(self._conversation, self._frame(events))
        except BackendError as error:
            log.warning("it could not be looked up who follows an answer: %s", error)
            return Reach(failed=1)

    def _frame(self, events: Sequence[Event]) -> Response:
        found = tuple(linked(event, self._conversation) for event in events)
        if len(found) == 1:
            return Happened(message_id=self._message_id, event=found[0])
        return HappenedSince(message_id=self._message_id, events=found)
