"""The events of a turn as they happen: numbered, shown at once, and handed to the store in bundles."""

from agent.live import Feed
from switchboard.events import Event, Failed, Final, Status, numbered


class Recorder:
    """Numbers a turn's events and shows them.

    Attributes:
        events: All that happened, the end aside.
        status: The newest progress.
    """

    def __init__(self, feed: Feed, first: int) -> None:
        self.events: list[Event] = []
        self.status: Status | None = None
        self._feed = feed
        self._next = first
        self._unstored = 0
        self._ended = False
        self._shows = True

    def __call__(self, event: Event) -> None:
        """Record and show an event. Once the turn has ended, a tool that was left behind is not heard any more."""
        if self._ended:
            return
        self.events.append(self._stamp(event))
        if isinstance(event, Status):
            self.status = event
        if self._shows:
            self._feed.publish(self.events[-1])

    def end(self, event: Final | Failed) -> Event:
        """The event that ends the turn, with the last number, not yet shown."""
        self._ended = True
        return self._stamp(event)

    def detach(self, *events: Event) -> list[Event]:
        """The events that end the turn while its work goes on: what comes is recorded, and no longer shown."""
        self._shows = False
        return [self._stamp(event) for event in events]

    def unstored(self) -> list[Event]:
        """The events that the store does not have."""
        return self.events[self._unstored :]

    def stored(self, count: int) -> None:
        """Note that the store has ``count`` more of them."""
        self._unstored += count

    def _stamp(self, event: Event) -> Event:
        stamped = numbered(event, self._next)
        self._next += 1
        return stamped
