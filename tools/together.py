"""Works done side by side, where the first that fails stops the others and is what went wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager


@asynccontextmanager
async def tasks() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks, all of which have ended behind the block.

    Raises:
        Exception: The first failure in the block or in a task, as it was raised; a group says more than anybody needs.
    """
    async with AsyncExitStack() as stack:
        stack.push(_alone)
        yield await stack.enter_async_context(asyncio.TaskGroup())


def _alone(kind: object, error: object, trace: object) -> None:
    """Let the first of several failures stand for them."""
    if isinstance(error, ExceptionGroup):
        raise error.exceptions[0] from error
