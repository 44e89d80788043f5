"""Work that goes on beside a socket: one task for each key, not too many of them, all gone when the socket is."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Protocol, TypeAlias

Work: TypeAlias = Callable[[], Awaitable[None]]


class Guard(Protocol):
    """Runs work and turns its failure into a frame about a message."""

    def __call__(self, work: Work, about: str = "") -> Coroutine[None, None, None]:
        """Run it."""
        ...


class Tasks:
    """Guarded tasks by key, ``most`` of them."""

    def __init__(self, guard: Guard, *, most: int) -> None:
        self._guard = guard
        self._most = most
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, key: str) -> bool:
        """Whether work under this key is going on."""
        return key in self._tasks

    def start(self, key: str, work: Work, *, about: str) -> bool:
        """Do the work instead of what was done under the same key. Returns whether there was room."""
        before = self._tasks.pop(key, None)
        if before is not None:
            before.cancel()
        if len(self._tasks) >= self._most:
            return False
        task = asyncio.create_task(self._guard(work, about))
        self._tasks[key] = task
        task.add_done_callback(partial(self._ended, key))
        return True

    async def close(self) -> None:
        """Cancel everything."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
