"""What happens to a file that has come with an order: it is recognised, and its summary is begun, once.

Every step can be taken again, in any order, as events come more than once and may overtake each other: the reading is
one job for one file, and an order that was begun waits no more.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from channels.drops.events import Place
from channels.drops.orders import Orders, digest_of
from switchboard import BackendError, Blob, Job, Unreadable
from tools.reading.textract.limits import HEAD, taken
from tools.reading.textract.reader import Notify, TextractReader
from tools.reading.textract.records import File

log = logging.getLogger("switchboard.channels")

Outcome = Literal["ignored", "refused", "gone", "known", "reading", "begun"]
"""No order; an order for another place; no file; nothing that waits; being recognised, and heard of again; begun."""


class Bucket(Protocol):
    """The part of `stores.s3.S3BlobStore` that is needed."""

    def place(self, digest: str, *, owner: str) -> tuple[str, str]:
        """Bucket and key of an owner's file."""
        ...

    async def order(self, key: str) -> str:
        """What came with a file as the name of its order."""
        ...

    async def head(self, digest: str, *, owner: str, size: int) -> bytes:
        """The first bytes of an owner's file."""
        ...

    async def stat(self, digest: str, *, owner: str) -> Blob | None:
        """What is known of an owner's file."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A file that is there, and the orders that wait for it."""

    file: File
    size: int
    jobs: Sequence[Job]


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDesk:
    """Takes files.

    Attributes:
        ahead: Recognises files before anybody waits; ``None`` where the settings name another reader.
        notify: Who is told when it is done; without, whoever summarises waits for it.
    """

    bucket: Bucket
    orders: Orders
    tenant: str
    ahead: TextractReader | None = None
    notify: Notify | None = None

    async def take(self, place: Place) -> Outcome:
        """A file is there.

        Raises:
            BackendError: Something does not answer; try again.
        """
        found = await self._ordered(place)
        if isinstance(found, str):
            return found
        if self.ahead and self.notify and found.file.media_type and await self._started(self.ahead, found):
            await self.orders.hold(found.jobs)
            return "reading"
        await self.orders.begin(found.jobs)
        return "begun"

    async def finish(self, place: Place) -> Outcome:
        """A file was recognised, or could not be. Raises as `take`."""
        found = await self._ordered(place)
        if isinstance(found, str):
            return found
        if self.ahead:
            try:
                await self.ahead.finish(found.file)
            except Unreadable as error:
                log.info("a file that was ordered can't be read (%s); its summary will say so", error.code)
            except BackendError as error:
                if not error.retryable:
                    raise
                log.warning("what was read could not be fetched, which is left to the worker: %s", error)
        await self.orders.begin(found.jobs)
        return "begun"

    async def _ordered(self, place: Place) -> Ordered | Outcome:
        """The file, and the orders that wait for it; or why there is nothing to do.

        What came with the file is anybody's word: it has to name an order of ours whose own file belongs to this place.
        """
        name = await self.bucket.order(place.key)
        job = await self.orders.jobs.get(name) if name else None
        if job is None:
            return "ignored"
        digest, owner = digest_of(job), job.conversation.key
        here = bool(digest) and (place.bucket, place.key) == self.bucket.place(digest, owner=owner)
        if job.conversation.tenant != self.tenant or not here:
            log.warning("a file came with the order of another place")
            return "refused"
        waiting = await self.orders.waiting(job)
        if not waiting:
            return "known"
        if (blob := await self.bucket.stat(digest, owner=owner)) is None:
            return "gone"
        head = await self.bucket.head(digest, owner=owner, size=HEAD) if blob.size else b""
        file = File(name=blob.name, digest=digest, media_type=taken(head), owner=owner)
        return Ordered(file=file, size=blob.size, jobs=waiting)

    async def _started(self, ahead: TextractReader, found: Ordered) -> bool:
        """Whether the topic will tell of the file; if not, whoever summarises reads it, and says what is wrong."""
        try:
            return await ahead.begin(found.file, size=found.size, notify=self.notify)
        except Unreadable:
            return False
        except BackendError as error:
            if not error.retryable:
                raise
            log.warning("reading could not be begun and is left to the worker: %s", error)
            return False
