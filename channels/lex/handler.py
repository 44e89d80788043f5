"""The fulfilment and dialog code hook as AWS Lambda calls it: one event loop for all the calls of a process."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from channels.lex.answering import Fulfilment
from channels.lex.responses import Response

T = TypeVar("T")


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the call."""
        ...


class LambdaHandler:
    """Called as ``handler(event, context)``.

    Args:
        kept: Gives what answers; it is asked at each call, in the one loop that all calls run in.
    """

    def __init__(self, kept: Callable[[], Awaitable[Fulfilment]]) -> None:
        self._kept = kept
        self._runner: asyncio.Runner | None = None

    def __call__(self, event: object, context: LambdaContext) -> Response:
        """Answer one call."""
        return self._run(self._answer(event, context.get_remaining_time_in_millis() / 1_000))

    def prepare(self) -> None:
        """Have what answers made now, so that the first call need not wait for it."""
        self._run(self._made())

    def close(self) -> None:
        """End the loop; what runs in it is cancelled."""
        if self._runner is not None:
            self._runner.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    async def _answer(self, event: object, seconds: float) -> Response:
        return await (await self._kept()).answer(event, seconds=seconds)

    async def _made(self) -> None:
        await self._kept()
