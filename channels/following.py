"""Following the jobs that are at work in this process, for channels that show how far they are."""

import asyncio
from abc import ABC, abstractmethod

from switchboard.assistant import Assistant
from switchboard.storage import Job


class Following(ABC):
    """Shows each job in a task of its own."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def follow(self, assistant: Assistant, job: Job) -> None:
        """Show a job from now on until its result is there. Safe to repeat."""
        if job.id not in self._tasks:
            task = asyncio.create_task(self._show(assistant, job))
            self._tasks[job.id] = task
            task.add_done_callback(lambda _: self._tasks.pop(job.id, None))

    async def close(self) -> None:
        """Show nothing more. The jobs go on."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @abstractmethod
    async def _show(self, assistant: Assistant, job: Job) -> None:
        """Show how far the job is, until it has ended."""
