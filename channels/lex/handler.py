"""The fulfilment and dialog code hook as AWS Lambda calls it: one event loop for all the calls of a process."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from channels.lex.answering import Fulfilment
from channels.lex.responses import Response


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the call."""
        ...


class LambdaHandler:
    """Called as ``handler(event, context)``.

    What answers is made at the first call, in the loop that all calls run in: connections of one call serve the next.

    Args:
        make: Makes what answers.
    """

    def __init__(self, make: Callable[[], Fulfilment]) -> None:
        self._make = make
        self._runner: asyncio.Runner | None = None
        self._fulfilment: Fulfilment | None = None

    def __call__(self, event: object, context: LambdaContext) -> Response:
        """Answer one call."""
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(self._answer(event, context.get_remaining_time_in_millis() / 1_000))

    def close(self) -> None:
        """End the loop; what runs in it is cancelled."""
        if self._runner is not None:
            self._runner.close()

    async def _answer(self, event: object, seconds: float) -> Response:
        if self._fulfilment is None:
            self._fulfilment = self._make()
        return await self._fulfilment.answer(event, seconds=seconds)
