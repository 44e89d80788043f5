"""What can be ordered of jobs, wherever they run: to begin one, to cancel it, to try it once more."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from agent import jobs as rules
from switchboard.errors import ConfigError, SwitchboardError
from switchboard.events import JobStarted
from switchboard.messages import Message
from switchboard.queues import JobQueue
from switchboard.storage import Job, JobStore
from switchboard.tools import JobStarter

log = logging.getLogger("switchboard.agent")


class _Rule(Protocol):
    def __call__(self, job: Job, *, now: float) -> Job | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Writes orders into the store and has workers look."""

    jobs: JobStore
    queue: JobQueue
    clock: Callable[[], float] = time.time

    def starter(self, message: Message, kinds: Collection[str]) -> JobStarter:
        """What a tool that is called in a message's turn begins jobs with."""

        async def start(kind: str, arguments: Mapping[str, Any], *, text: str) -> JobStarted:
            if kind not in kinds:
                fix = f"Installed are: {', '.join(sorted(kinds)) or 'none'}."
                raise ConfigError(f"There is no kind of job called {kind!r}.", fix=fix, where="switchboard.jobs")
            job = await self.begin(message, kind, arguments)
            return JobStarted(job_id=job.id, text=text)

        return start

    async def begin(self, message: Message, kind: str, arguments: Mapping[str, Any]) -> Job:
        """Begin a job for a message, once per kind and arguments, however often that is asked for.

        Raises:
            TypeError: The arguments are not JSON.
            ValueError: Likewise; a number may be infinite, say.
        """
        canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), allow_nan=False)
        job = Job(
            id=identity(message, kind, canonical),
            conversation=message.conversation,
            message_id=message.id,
            principal=message.principal,
            kind=kind,
            arguments=canonical,
            due_at=self.clock(),
            push=message.push,
            created_at=self.clock(),
        )
        await self.jobs.create(job)
        await self.announce(job.id)
        return job

    async def cancel(self, job_id: str) -> Job | None:
        """Ask for a job to stop. Returns it as it is then; ``None`` if it is unknown, or has come to its end."""
        return await self._change(job_id, rules.cancel)

    async def retry(self, job_id: str) -> Job | None:
        """Try a job once more. Returns it as it is then; ``None`` if it is unknown, at work, or ended well."""
        return await self._change(job_id, rules.retry)

    async def announce(self, job_id: str, *, delay_seconds: float = 0) -> None:
        """Have some worker look at a job. If that fails, one finds it by itself, only later."""
        try:
            await self.queue.send(job_id, delay_seconds=delay_seconds)
        except SwitchboardError as error:
            log.warning("no notice could be given of job %s: %s", job_id, error)

    async def _change(self, job_id: str, rule: _Rule) -> Job | None:
        while (job := await self.jobs.get(job_id)) is not None:
            after = rule(job, now=self.clock())
            if after is None:
                return None
            if await self.jobs.update(after):
                await self.announce(job_id)
                return after
        return None


def identity(message: Message, kind: str, arguments: str) -> str:
    """The id of a job: the same when a turn that a crash cut short is run again and begins it again."""
    name = json.dumps([message.conversation.key, message.id, kind, arguments])
    return hashlib.sha256(name.encode()).hexdigest()[:32]
