"""What a running turn owes to others: its events stored, its lease renewed, and an ear for what is asked elsewhere."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from agent import inbox
from agent.quotas import Places
from agent.recording import Recorder
from switchboard.errors import Fenced, SwitchboardError
from switchboard.storage import Lease, Turn

if TYPE_CHECKING:
    from agent.parts import Parts

log = logging.getLogger("switchboard.agent")


class Upkeep:
    """Runs beside a turn until it is cancelled or the lease is lost.

    Attributes:
        lease: As last renewed.
        lost: Whether somebody else owns the conversation; then ``stop`` is set, too.
    """

    def __init__(
        self, parts: "Parts", turn: Turn, lease: Lease, *, recorder: Recorder, stop: asyncio.Event, places: Places
    ) -> None:
        self.lease = lease
        self.lost = False
        self._parts = parts
        self._message = turn.message
        self._recorder = recorder
        self._stop = stop
        self._places = places

    async def run(self) -> None:
        """Flush events, hear a stop from another machine, renew the lease at a third of its length."""
        turns = self._parts.settings.turn
        chores = [
            _Every(turns.flush_seconds, self._flush),
            _Every(turns.stop_seconds, self._look),
            _Every(turns.lease_seconds / 3, self._renew),
        ]
        while True:
            await asyncio.sleep(max(0.0, min(chore.at for chore in chores) - time.monotonic()))
            for chore in chores:
                try:
                    await chore.run()
                except Fenced:
                    self.lost = True
                    self._stop.set()
                    return
                except SwitchboardError as error:
                    log.warning("upkeep of a turn failed, will try again: %s", error)

    async def _flush(self) -> None:
        if fresh := self._recorder.unstored():
            message = self._message
            await self._parts.conversations.append_events(message.conversation, message.id, self.lease.fence, fresh)
            self._recorder.stored(len(fresh))

    async def _look(self) -> None:
        state = (await self._parts.conversations.read(self._message.conversation)).inbox
        inbox.held(state, self.lease, "look")
        if inbox.must_stop(state, self.lease):
            self._stop.set()

    async def _renew(self) -> None:
        while True:
            state = (await self._parts.conversations.read(self._message.conversation)).inbox
            change, longer = inbox.renew(
                state, self.lease, now=self._parts.clock(), lease_seconds=self._parts.settings.turn.lease_seconds
            )
            if await self._parts.conversations.commit(self._message.conversation, change):
                self.lease = longer
                break
        await self._places.renew(now=self._parts.clock())


class _Every:
    """A chore and when it is next done, in seconds on ``time.monotonic``."""

    def __init__(self, seconds: float, chore: Callable[[], Awaitable[None]]) -> None:
        self.at = time.monotonic() + seconds
        self._seconds = seconds
        self._chore = chore

    async def run(self) -> None:
        """Do the chore if it is time."""
        if time.monotonic() >= self.at:
            self.at = time.monotonic() + self._seconds
            await self._chore()
