"""Showing answers while they are written. What is shown is a preview: `sending` makes the reply of it.

A preview may fail as it likes; the reply is sent all the same. It ends when the turn does, or when the reply is about
to be sent, whichever is first; after that nothing is written to its messages but the reply.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeAlias

from channels.slack import blocks, texts
from channels.slack.addresses import place_of
from channels.slack.api import Api, SlackFailed
from channels.slack.incoming import Place
from channels.slack.streams import Chunk, Edits, Shower, Stream, task
from switchboard import Event, Limits, Message, MessageId, Status, ToolFinished, ToolStarted, fold
from switchboard.events import ends_turn

log = logging.getLogger("switchboard.channels")

REMEMBERED = 1_000
"""Previews that are remembered, the newest: their replies may have been sent by another process."""
STATUS_SECONDS = 90.0
"""Slack takes a status away after two minutes."""
STOPPED_BY_USER = "stopped_by_user"
Stop: TypeAlias = Callable[[], Awaitable[object]]
_STATUS = {"complete": "complete", "partial": "complete", "failed": "error", "cancelled": "error"}


class LivePreviews:
    """The previews of this process."""

    def __init__(self, api: Api, *, streams: bool, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._streams = streams
        self._limits = limits
        self._clock = clock
        self._known: OrderedDict[MessageId, Preview] = OrderedDict()

    @asynccontextmanager
    async def showing(self, message: Message, *, stop: Stop) -> AsyncIterator[Callable[[Event], None]]:
        """Show the answer to a message while the block lasts. Gives what takes the turn's events.

        Args:
            stop: Stops the turn, where its reader wants that.
        """
        if message.id in self._known:
            yield _ignored
            return
        preview = Preview(self._api, message, streams=self._streams, limits=self._limits, clock=self._clock)
        self._known[message.id] = preview
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        async with preview.showing(stop) as show:
            yield show

    async def end(self, message: Message) -> Sequence[str] | None:
        """End a preview. Returns its posts; ``None`` where there is none, or where nobody knows what was shown.

        Raises:
            SlackFailed: It could not be ended for now.
        """
        preview = self._known.get(message.id)
        return None if preview is None else await preview.end()

    def forget(self, message: Message) -> None:
        """The reply was sent."""
        self._known.pop(message.id, None)


class Preview:
    """One answer in the making: events come in at any pace, and are shown at the pace that Slack allows."""

    def __init__(
        self, api: Api, message: Message, *, streams: bool, limits: Limits, clock: Callable[[], float]
    ) -> None:
        self._api = api
        self._message = message
        self._place: Place = place_of(message.conversation)
        self._limits = limits
        self._clock = clock
        self._shower: Shower = self._stream() if streams and self._place.thread else self._edits()
        self._events: list[Event] = []
        self._tasks: list[Chunk] = []
        self._changed = asyncio.Event()
        self._over = asyncio.Event()
        self._lost = False
        self._status = bool(self._place.thread)
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def showing(self, stop: Stop) -> AsyncIterator[Callable[[Event], None]]:
        """Show what is given while the block lasts, or until the preview is ended."""
        writer = asyncio.create_task(self._write(stop))
        try:
            yield self._take
        except asyncio.CancelledError:  # there is no time left: whether Slack has what it is told now, nobody knows
            self._lost = self._lost or self._writing.locked()
            writer.cancel()
            raise
        finally:
            self._finish()
            await asyncio.gather(writer, return_exceptions=True)
        try:
            await self.end()
            if self._events and ends_turn(self._events[-1]) and not blocks.render(fold(self._events)):
                await self._remove()
        except SlackFailed as failure:
            log.info("a preview could not be ended: %s", failure)

    async def end(self) -> Sequence[str] | None:
        """Write nothing more. Returns the posts; ``None`` if one may be there that is not known."""
        self._finish()
        async with self._writing:
            await self._shower.end()
        return None if self._lost else tuple(self._shower.posts)

    def _finish(self) -> None:
        self._over.set()
        self._changed.set()

    def _take(self, event: Event) -> None:
        self._events.append(event)
        match event:
            case ToolStarted():
                self._tasks.append(task(event.call_id, event.text or texts.tool(event.tool), "in_progress"))
            case ToolFinished():
                self._tasks.append(task(event.call_id, self._title(event), _STATUS[event.status]))
            case Status() if event.text:
                self._tasks.append(task("status", event.text, "in_progress"))
            case _:
                pass
        self._changed.set()

    def _title(self, finished: ToolFinished) -> str:
        started = (event for event in self._events if isinstance(event, ToolStarted))
        said = next((event.text for event in started if event.call_id == finished.call_id), "")
        return said or texts.tool(finished.tool)

    async def _write(self, stop: Stop) -> None:
        """Show what has changed, never faster than Slack allows, until the preview is ended."""
        await self._say(texts.THINKING)
        while not self._over.is_set():
            try:
                await asyncio.wait_for(self._changed.wait(), STATUS_SECONDS)
            except TimeoutError:
                await self._say(texts.THINKING)
                continue
            self._changed.clear()
            pause = await self._show(stop)
            if pause:
                await self._rest(pause)

    async def _rest(self, seconds: float) -> None:
        """Let so many seconds pass, or less if the preview is ended."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _show(self, stop: Stop) -> float:
        """Show what there is. Returns for how long to let Slack be."""
        async with self._writing:
            text, tasks = fold(self._events).text, self._tasks
            if self._over.is_set() or not (text.strip() or tasks):
                return 0.0
            self._tasks = []
            try:
                await self._shower.show(text, tasks, now=self._clock())
            except SlackFailed as failure:
                self._tasks = [*tasks, *self._tasks]
                return await self._failed(failure, stop)
        return self._limits.edit_interval

    async def _failed(self, failure: SlackFailed, stop: Stop) -> float:
        """Decide how to go on. Returns for how long to let Slack be."""
        self._changed.set()
        if failure.code == "ratelimited":
            return failure.retry_after or 1.0
        if failure.code == STOPPED_BY_USER:
            await stop()
        elif isinstance(self._shower, Stream) and not self._shower.posts and not failure.unsure:
            log.info("there are no streams here, messages are edited instead: %s", failure)
            self._shower = self._edits()
            return 0.0
        elif failure.unsure and self._shower.posts:
            return self._limits.edit_interval
        else:
            self._lost = failure.unsure
        log.info("a preview was given up: %s", failure)
        self._finish()
        return 0.0

    async def _say(self, status: str) -> None:
        """Show a status where there is a place for one."""
        if not self._status or self._shower.posts:
            return
        where = {"channel_id": self._place.channel, "thread_ts": self._place.thread}
        try:
            await self._api.call(self._place.team, "assistant.threads.setStatus", status=status, **where)
        except SlackFailed:
            self._status = False

    async def _remove(self) -> None:
        """Take away what was shown of an answer that came to nothing, as it was given elsewhere."""
        for ts in self._shower.posts:
            await self._api.call(self._place.team, "chat.delete", channel=self._place.channel, ts=ts)
        self._shower.posts.clear()

    def _stream(self) -> Stream:
        lifetime = self._limits.stream_lifetime or 240.0
        return Stream(self._api, self._place, self._message, lifetime=lifetime)

    def _edits(self) -> Edits:
        return Edits(self._api, self._place, self._message)


def _ignored(event: Event) -> None:
    """What becomes of the events of a turn that is shown already."""
