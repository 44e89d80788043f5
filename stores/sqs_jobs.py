"""Notices of jobs in an SQS standard queue: each says no more than which job is to be looked at.

A body that can't be read stays in the queue, whose redrive policy moves it, after some attempts, to the dead-letter
queue where somebody sees it.
"""

import json
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from stores.aws import AwsClient
from stores.sqs import Entry, extend, receive, records, remove
from switchboard.queues import JobNotice

log = logging.getLogger("switchboard.stores")

LONGEST_DELAY = 900
"""Seconds. Who is told of a job too early finds that it is not due, and a later sweep tells of it again."""


class SqsJobQueue:
    """A `JobQueue` in an SQS standard queue, found by its address."""

    def __init__(self, client: AwsClient, url: str) -> None:
        self._client = client
        self._url = url

    async def send(self, job_id: str, *, delay_seconds: float = 0) -> None:
        """See `JobQueue.send`."""
        delay = min(LONGEST_DELAY, math.ceil(max(0.0, delay_seconds)))
        body = json.dumps({"job": job_id})
        await self._client.call("send_message", QueueUrl=self._url, MessageBody=body, DelaySeconds=delay)

    async def receive(self, *, limit: int = 10, wait_seconds: float = 0, hold_seconds: int = 60) -> Sequence[JobNotice]:
        """See `JobQueue.receive`."""
        if limit <= 0:
            return []
        entries = await receive(self._client, self._url, limit, wait_seconds, hold_seconds)
        return [notice for notice in map(_notice, entries) if notice is not None]

    def notices(self, event: Mapping[str, Any]) -> tuple[list[JobNotice], list[str]]:
        """The notices of an event by which SQS calls a Lambda function, and the ids of those that can't be read."""
        entries = records(event)
        found = [_notice(entry) for entry in entries]
        broken = [entry.id for entry, notice in zip(entries, found, strict=True) if notice is None]
        return [notice for notice in found if notice is not None], broken

    async def extend(self, notice: JobNotice, seconds: int) -> bool:
        """See `JobQueue.extend`."""
        return await extend(self._client, self._url, notice, seconds)

    async def done(self, notices: Sequence[JobNotice]) -> Sequence[JobNotice]:
        """See `JobQueue.done`."""
        return await remove(self._client, self._url, notices)

    async def close(self) -> None:
        """See `JobQueue.close`."""
        await self._client.close()


def _notice(entry: Entry) -> JobNotice | None:
    """A notice as it was received; ``None`` if it can't be read."""
    try:
        job_id = json.loads(entry.body)["job"]
    except (ValueError, TypeError, KeyError, RecursionError):
        job_id = None
    if not isinstance(job_id, str):
        log.warning("notice %s can't be read and is left in the queue", entry.id)
        return None
    return JobNotice(job_id=job_id, id=entry.id, handle=entry.handle)
