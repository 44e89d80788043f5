"""A store between the assistant and a real one, whose operations fail at random, as a service in trouble does."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from switchboard.errors import BackendError
from switchboard.storage import ConversationStore

OFTEN = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How operations fail.

    Attributes:
        code: As the store's error says.
        retryable: Likewise.
        answer_lost: Whether the operation is done all the same, and only its answer does not arrive.
        race_lost: Whether a write reports, instead of failing, that the version has moved.
    """

    code: str = ""
    retryable: bool = False
    answer_lost: bool = False
    race_lost: bool = False


THROTTLED = Trouble(code="throttled", retryable=True)
TIMED_OUT = Trouble(code="timeout", retryable=True, answer_lost=True)
FULL = Trouble(code="full")
RACE_LOST = Trouble(race_lost=True)


class Failing:
    """The same store, in trouble while `in_trouble` lasts. A worker does not close it when it goes."""

    def __init__(self, store: ConversationStore, trouble: Trouble, random: Random) -> None:
        self.failed = 0
        self._store = store
        self._trouble = trouble
        self._random = random
        self._share = 0.0

    @asynccontextmanager
    async def in_trouble(self, share: float = OFTEN) -> AsyncIterator[None]:
        """Let this share of all operations fail."""
        self._share = share
        yield
        self._share = 0.0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        operation = getattr(self._store, name)

        async def fails(*arguments: Any, **options: Any) -> Any:
            if self._random.random() >= self._share or (self._trouble.race_lost and name != "commit"):
                return await operation(*arguments, **options)
            self.failed += 1
            if self._trouble.race_lost:
                return False
            if self._trouble.answer_lost:
                await operation(*arguments, **options)
            raise BackendError(
                service="conversations", operation=name, code=self._trouble.code, retryable=self._trouble.retryable
            )

        return fails

    async def close(self) -> None:
        """Left to the test."""
