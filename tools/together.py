"""Works done side by side, where the first that fails stops the others and is what went wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def tasks() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks, all of which have ended behind the block.

    Raises:
        Exception: The first failure in the block or in a task, as it was raised; a group says more than anybody needs.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
