"""What a function starts with: settings for a process that is frozen between calls, their secrets read now and then."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from stores.secrets import Read, referring, resolved
from switchboard.errors import ConfigError
from switchboard.settings import Settings, load

log = logging.getLogger("switchboard.functions")

REFRESH_SECONDS = 300.0
"""After so long secrets are read again, at the next call."""

T = TypeVar("T")


def settings(read: Read | None = None) -> Settings:
    """The settings as a function needs them.

    Nothing goes on once a function has answered: what takes longer is handed over, unless they say otherwise.

    Args:
        read: Reads a secret, by default from Amazon's services.

    Raises:
        ConfigError: Something in them is wrong, or a secret that they name can't be read.
    """
    found = resolved(load(), read)
    if "after_deadline" in found.turn.model_fields_set:
        return found
    return found.model_copy(update={"turn": found.turn.model_copy(update={"after_deadline": "hand_over"})})


@dataclass(frozen=True, slots=True, kw_only=True)
class _State(Generic[T]):
    """What was made, of which settings, and when their secrets were read last."""

    made: T
    used: Settings
    read_at: float


class Started(Generic[T]):
    """What a warm function has from the call before: made of the settings once, and anew when a secret has changed.

    Args:
        make: Makes it.
        close: Lets go of it, once there is another.
        read: Reads a secret, by default from Amazon's services.
        clock: Seconds; the time in which the process was frozen counts.
    """

    def __init__(
        self,
        make: Callable[[Settings], T],
        close: Callable[[T], Awaitable[None]],
        *,
        read: Read | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._make = make
        self._close = close
        self._read = read
        self._clock = clock
        self._state: _State[T] | None = None
        self._replaced: list[T] = []

    async def __call__(self) -> T:
        """`current`, when what it replaces is let go of."""
        made = self.current()
        await self._let_go()
        return made

    def current(self) -> T:
        """What there is, for whoever can't wait; the next who can lets go of what it has replaced.

        Raises:
            ConfigError: As `settings`, at the first call.
        """
        state = self._state
        if state is None:
            state = self._state = self._made_of(settings(self._read))
        elif self._clock() >= state.read_at + REFRESH_SECONDS:
            before, state = state, self._renewed(state)
            self._state = state
            if state.made is not before.made:
                self._replaced.append(before.made)
        return state.made

    async def forget(self) -> None:
        """Let go of what there is; the next call makes another."""
        if self._state is not None:
            self._replaced.append(self._state.made)
            self._state = None
        await self._let_go()

    async def _let_go(self) -> None:
        while self._replaced:
            await self._close(self._replaced.pop())

    def _made_of(self, used: Settings) -> _State[T]:
        return _State(made=self._make(used), used=used, read_at=self._clock())

    def _renewed(self, before: _State[T]) -> _State[T]:
        """What to go on with. A secret that can't be read again, or is no good, changes nothing."""
        same = replace(before, read_at=self._clock())
        try:
            used = settings(self._read) if referring(load()) else before.used
            return same if used == before.used else self._made_of(used)
        except ConfigError as error:
            log.warning("secrets could not be renewed, those from before go on: %s", error)
            return same
