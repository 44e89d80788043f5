"""What happens to a file that was dropped: its order is checked, it is recognised, and a summary is begun, once.

Every step can be taken again, in any order, as events come more than once and may overtake each other: the order is
signed, the reading is one job for one file, the summary one job for one file and wish.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from channels.drops.events import Place
from channels.drops.orders import Order, check
from switchboard import Attachment, BackendError, Blob, JobStarter, Message, MessageId, Refused, Unreadable
from tools.reading.textract.limits import HEAD, taken
from tools.reading.textract.reader import Notify, TextractReader
from tools.reading.textract.records import File
from tools.retrieval.attached import attached_source
from tools.summaries.job import begin
from tools.summaries.making import Wish

log = logging.getLogger("switchboard.channels")

Outcome = Literal["ignored", "refused", "gone", "reading", "begun"]
"""No order; none of ours; no file; being recognised, and heard of again; the summary has been begun."""


class Bucket(Protocol):
    """The part of `stores.s3.S3BlobStore` that is needed."""

    def place(self, digest: str, *, owner: str) -> tuple[str, str]:
        """Bucket and key of an owner's file."""
        ...

    async def order(self, key: str) -> str:
        """What came with a file as its order, unchecked."""
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
class DropDesk:
    """Takes files.

    Attributes:
        ahead: Recognises files before anybody waits; ``None`` where the settings name another reader.
        notify: Who is told when it is done; without, whoever summarises waits for it.
        starter: Begins jobs for a message.
        model: What writes summaries; empty where they are quoted.
        clock: Seconds since the epoch.
    """

    bucket: Bucket
    secret: bytes
    tenant: str
    starter: Callable[[Message], JobStarter]
    ahead: TextractReader | None = None
    notify: Notify | None = None
    model: str = ""
    clock: Callable[[], float] = field(default=time.time)

    async def take(self, place: Place) -> Outcome:
        """A file is there.

        Raises:
            BackendError: Something does not answer; try again.
        """
        found = await self._checked(place)
        if isinstance(found, str):
            return found
        order, blob = found
        file = await self._file(order, blob)
        if self.ahead and self.notify and file.media_type and await self._started(self.ahead, file, blob.size):
            return "reading"
        return await self._begun(order, blob)

    async def finish(self, place: Place) -> Outcome:
        """A file was recognised, or could not be. Raises as `take`."""
        found = await self._checked(place)
        if isinstance(found, str):
            return found
        order, blob = found
        if self.ahead:
            try:
                await self.ahead.finish(await self._file(order, blob))
            except Unreadable as error:
                log.info("a file that was dropped can't be read (%s); its summary will say so", error.code)
            except BackendError as error:
                if not error.retryable:
                    raise
                log.warning("what was read could not be fetched, which is left to the worker: %s", error)
        return await self._begun(order, blob)

    async def _checked(self, place: Place) -> tuple[Order, Blob] | Outcome:
        """The order of a file, and the file; or why there is nothing to do."""
        text = await self.bucket.order(place.key)
        if not text:
            return "ignored"
        try:
            order = check(self.secret, text, tenant=self.tenant, now=self.clock())
        except Refused:
            log.warning("a file came with an order that is not ours, or too old")
            return "refused"
        if (place.bucket, place.key) != self.bucket.place(order.digest, owner=order.conversation.key):
            log.warning("a file came with an order for another file or conversation")
            return "refused"
        blob = await self.bucket.stat(order.digest, owner=order.conversation.key)
        return "gone" if blob is None else (order, blob)

    async def _file(self, order: Order, blob: Blob) -> File:
        owner = order.conversation.key
        head = await self.bucket.head(order.digest, owner=owner, size=HEAD) if blob.size else b""
        return File(name=blob.name, digest=order.digest, media_type=taken(head), owner=owner)

    async def _started(self, ahead: TextractReader, file: File, size: int) -> bool:
        """Whether the topic will tell of the file; if not, whoever summarises reads it, and says what is wrong."""
        try:
            return await ahead.begin(file, size=size, notify=self.notify)
        except Unreadable:
            return False
        except BackendError as error:
            if not error.retryable:
                raise
            log.warning("reading could not be begun and is left to the worker: %s", error)
            return False

    async def _begun(self, order: Order, blob: Blob) -> Outcome:
        message = Message(
            id=MessageId(f"drop:{order.digest}"),
            conversation=order.conversation,
            principal=order.principal,
            text="",
            push=order.push,
        )
        file = Attachment(name=blob.name, media_type=blob.media_type, size=blob.size, digest=blob.digest)
        source = attached_source(file, conversation=order.conversation, principal=order.principal)
        wish = Wish(focus=order.focus, length=order.length, language=order.language)
        await begin(self.starter(message), source, wish, model=self.model, text="")
        return "begun"
