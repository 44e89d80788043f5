"""Orders: a file that is still to come, and what is to become of it, kept by us as a job that waits for the file.

The job says whose the file is, where in the store its place is and what is wanted. The file brings no more than the
job's name, which is worth nothing at any other place. Whoever hears of the file brings the job forward; should nobody
hear of it, the job comes up by itself once the file must be there.

    placed    the job is due when the slowest sender must be done
    arrived   due at once; or, while the file is being recognised, when that must be done
    due       a worker takes it, as any other: the file is there, or the person is told that it is not
"""

import hashlib
import json
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from channels.drops import texts
from stores.s3 import VALID
from switchboard import (
    Attachment,
    BackendError,
    BadInput,
    BlobStore,
    Conversation,
    Job,
    MessageId,
    Principal,
    SwitchboardError,
    TooMuch,
)
from switchboard.queues import JobQueue
from switchboard.quotas import QuotaStore, quota_key
from switchboard.storage import JobStore
from switchboard.uploading import GivesAddresses, UploadAddress
from tools.retrieval.attached import attached_source
from tools.summaries.job import KIND
from tools.summaries.locating import reference
from tools.summaries.making import Wish, arguments

log = logging.getLogger("switchboard.channels")

SLOWEST = 125_000.0
"""Bytes a second of the slowest sender who is waited for."""
READING_SECONDS = 900.0
"""After so long a file counts as recognised, though nobody has heard of it: the worker looks then."""
WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A summary of a file that is still to come.

    Attributes:
        id: The sender's own; the same is the same order, however often it is placed.
        file: As it will be, to the byte.
        push: Whether the result has to be sent, see `switchboard.Message.push`; otherwise it is kept to be fetched.
    """

    id: MessageId
    conversation: Conversation
    principal: Principal
    file: Attachment
    wish: Wish = field(default_factory=Wish)
    push: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An order that was taken. ``address`` is where the file can be sent to; ``None`` where it need not be."""

    job: Job
    address: UploadAddress | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Takes orders, and brings them forward.

    Attributes:
        model: What writes summaries; empty where they are quoted.
        most_per_minute: Orders and messages of one person together; 0 for any number.
        clock: Seconds since the epoch.
    """

    jobs: JobStore
    queue: JobQueue
    blobs: BlobStore
    quotas: QuotaStore
    most_per_minute: int = 0
    model: str = ""
    clock: Callable[[], float] = time.time

    async def place(self, order: Order) -> Placed:
        """Take an order, once. One whose file is there begins at once.

        Raises:
            BadInput: Files can't be sent past us here, or the id is another order's.
            TooMuch: The person has sent too much for now.
            BackendError: It may not have been taken.
        """
        wanted = self._job(order)
        job = await self.jobs.get(wanted.id)
        if job and (job.arguments, job.principal) != (wanted.arguments, wanted.principal):
            raise BadInput(texts.OTHER_ORDER, status=409)
        there = await self.blobs.stat(order.file.digest, owner=order.conversation.key)
        needed = there is None and (job is None or waits(job))
        address = await self._address(order, wanted.id) if needed else None
        if job is None:
            await self._count(order)
            await self.jobs.create(wanted)
        if there is not None:
            await self.begin([job or wanted])
        return Placed(job=await self.jobs.get(wanted.id) or wanted, address=address)

    async def waiting(self, job: Job) -> Sequence[Job]:
        """All orders that wait for the same file as this."""
        found = await self.jobs.list_jobs(conversation=job.conversation, states=frozenset({"queued"}))
        return [one for one in found if waits(one) and digest_of(one) == digest_of(job)]

    async def begin(self, jobs: Sequence[Job]) -> None:
        """Have orders worked on, if they still wait."""
        for job in jobs:
            if await self._move(job, self.clock(), text=""):
                await self._announce(job)

    async def hold(self, jobs: Sequence[Job]) -> None:
        """Let orders wait until their file must be recognised."""
        for job in jobs:
            await self._move(job, self.clock() + READING_SECONDS, text=texts.RECOGNISING)

    async def _address(self, order: Order, name: str) -> UploadAddress:
        if not isinstance(self.blobs, GivesAddresses):
            raise BadInput(texts.NO_ADDRESS, status=501)
        file, owner = order.file, order.conversation.key
        return await self.blobs.upload_address(
            file.digest, size=file.size, owner=owner, name=file.name, media_type=file.media_type, order=name
        )

    async def _move(self, job: Job, due_at: float, *, text: str) -> bool:
        """Write when an order is due, and what it waits for. Returns whether it still waited."""
        while (found := await self.jobs.get(job.id)) is not None and waits(found):
            if await self.jobs.update(replace(found, due_at=due_at, text=text, version=found.version + 1)):
                return True
        return False

    async def _announce(self, job: Job) -> None:
        try:
            await self.queue.send(job.id)
        except SwitchboardError as error:
            log.warning("no notice could be given of job %s, it is found later: %s", job.id, error)

    async def _count(self, order: Order) -> None:
        """Count an order as a message of the person; where nobody can count, nobody is refused."""
        if not self.most_per_minute:
            return
        proof, now = "verified" if order.principal.verified else "claimed", self.clock()
        key = quota_key("messages", order.conversation.tenant, proof, order.principal.id)
        holder, until = f"{order.conversation.key} {order.id}", now + WINDOW_SECONDS
        try:
            free = await self.quotas.take(key, holder, most=self.most_per_minute, now=now, until=until)
        except BackendError as error:
            log.warning("an order could not be counted: %s", error)
            return
        if free is not None:
            seconds = max(1, math.ceil(free - now))
            raise TooMuch(texts.too_many(seconds), retry_after=seconds)

    def _job(self, order: Order) -> Job:
        source = attached_source(order.file, conversation=order.conversation, principal=order.principal)
        now = self.clock()
        return Job(
            id=hashlib.sha256(json.dumps(["order", order.conversation.key, order.id]).encode()).hexdigest()[:32],
            conversation=order.conversation,
            message_id=order.id,
            principal=order.principal,
            kind=KIND,
            arguments=json.dumps(arguments(reference(source), order.wish, self.model), sort_keys=True),
            text=texts.waiting(order.file.name),
            due_at=now + VALID + order.file.size / SLOWEST,
            push=order.push,
            created_at=now,
        )


def waits(job: Job) -> bool:
    """Whether nobody has begun it."""
    return job.state == "queued" and job.attempts == 0 and not job.cancelling


def digest_of(job: Job) -> str:
    """The digest of the file that a summary is about; empty if a job is about no file of a conversation."""
    document: dict[str, Any] = json.loads(job.arguments).get("document", {}) if job.kind == KIND else {}
    return str(document.get("attached", {}).get("digest", ""))
