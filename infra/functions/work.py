"""The Lambda function that the queue of jobs calls: it starts a Fargate task with a worker, which does what is due.

Its event source mapping needs ``ReportBatchItemFailures``. Variables say what is started: ``CLUSTER``,
``TASK_DEFINITION``, ``CONTAINER``, ``SUBNETS`` and ``SECURITY_GROUPS`` (with commas), ``ASSIGN_PUBLIC_IP``
(``ENABLED`` where the subnets have no way out), ``MOST_WORKERS`` (4), and ``CHANNELS`` through which workers send.
"""

import asyncio
import hashlib
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.functions.starting import Started
from stores.aws import AwsClient, AwsError
from switchboard.errors import ConfigError
from switchboard.settings import Settings
from switchboard.storage import Job, JobStore

if TYPE_CHECKING:
    from stores.sqs_jobs import SqsJobQueue

log = logging.getLogger("switchboard.functions")

STARTED_BY = "switchboard"
MOST_WORKERS = 4

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Starts workers, as many as may be."""

    client: AwsClient
    cluster: str
    definition: str
    container: str
    network: Mapping[str, Any]
    command: tuple[str, ...]
    most: int

    async def start(self, job: Job) -> bool:
        """Start a worker for a job: once for each time that the job has come up. Returns whether there is one."""
        if await self._running() >= self.most:
            return False
        try:
            answer = await self.client.call(
                "run_task",
                cluster=self.cluster,
                taskDefinition=self.definition,
                launchType="FARGATE",
                count=1,
                networkConfiguration={"awsvpcConfiguration": dict(self.network)},
                overrides={"containerOverrides": [{"name": self.container, "command": list(self.command)}]},
                startedBy=STARTED_BY,
                clientToken=_token(job),
            )
        except AwsError as error:
            if error.code == "ConflictException":
                return True  # it was started before, in other words
            log.warning("no worker could be started: %s", error)
            return False
        for failure in answer.get("failures", []):
            log.warning("no worker could be started: %s", failure.get("reason"))
        return bool(answer.get("tasks"))

    async def _running(self) -> int:
        family = self.definition.rpartition("/")[2].partition(":")[0]
        found = await self.client.call("list_tasks", cluster=self.cluster, family=family, desiredStatus="RUNNING")
        return len(found["taskArns"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a warm function has from the call before."""

    jobs: JobStore
    queue: "SqsJobQueue"
    workers: Workers


def handler(event: Mapping[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
    """Start a worker for each job of an event that has something to do; tell SQS which notices are to come again."""
    failed = _runner.run(_started(event))
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


async def _started(event: Mapping[str, Any]) -> list[str]:
    kept = await _kept()
    notices, failed = kept.queue.notices(event)
    for notice in notices:
        job = await kept.jobs.get(notice.job_id)
        if job is not None and _has_to_be_done(job) and not await kept.workers.start(job):
            failed.append(notice.id)
    return failed


def _has_to_be_done(job: Job) -> bool:
    """Whether a worker would find something to do: not for a job that is over, or in the hands of another."""
    return job.due_at > 0 and (job.state == "queued" or job.due_at <= time.time())


def _token(job: Job) -> str:
    """The same for each notice of a job until a worker has taken it; then, if it comes up again, another."""
    return hashlib.sha256(json.dumps([job.id, job.fence, job.state]).encode()).hexdigest()


def _made(settings: Settings) -> Kept:
    from switchboard.plugins import Setup

    setup = Setup(settings)
    return Kept(jobs=setup.backend("jobs"), queue=setup.backend("job_queue"), workers=_workers(settings))


def _workers(settings: Settings) -> Workers:
    channels = [name for name in os.environ.get("CHANNELS", "").split(",") if name]
    network: dict[str, Any] = {
        "subnets": _variable("SUBNETS").split(","),
        "assignPublicIp": os.environ.get("ASSIGN_PUBLIC_IP", "DISABLED"),
    }
    if groups := os.environ.get("SECURITY_GROUPS", ""):
        network["securityGroups"] = groups.split(",")
    return Workers(
        client=AwsClient("ecs", region=settings.aws.region, endpoint=settings.aws.endpoint),
        cluster=_variable("CLUSTER"),
        definition=_variable("TASK_DEFINITION"),
        container=_variable("CONTAINER"),
        network=network,
        command=("worker", "--once", *(part for name in channels for part in ("--channel", name))),
        most=int(os.environ.get("MOST_WORKERS", MOST_WORKERS)),
    )


def _variable(name: str) -> str:
    if not (value := os.environ.get(name, "")):
        raise ConfigError("It is not set.", fix=f"Set the function's variable {name}.", where=name)
    return value


async def _close(kept: Kept) -> None:
    await kept.jobs.close()
    await kept.queue.close()
    await kept.workers.client.close()


_kept = Started(_made, _close)
