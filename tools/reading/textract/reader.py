"""The reader ``textract``: what Textract takes goes there, once; everything else is read here."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from stores.aws import AwsError
from switchboard import BackendError, Blob, Unreadable
from tools.reading.backend import Document, Progress, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.pool import ReadingPool
from tools.reading.process import Lost, Worker
from tools.reading.reasons import unreadable
from tools.reading.textract.limits import LARGEST_AT_ONCE, PDF, check_pages, check_size, taken
from tools.reading.textract.recognising import Recogniser, Sent, refused
from tools.reading.textract.records import File, Records, Request, Wanted
from tools.reading.textract.service import Expired, Textract
from tools.reading.words import display_name, title_from_name

T = TypeVar("T")
WORKERS = 8
"""Files at a time; most of the time of each is waiting."""
PAGE_SECONDS = 2.0
"""That a page may take, besides the settings' time for a file."""


class Files(Protocol):
    """The blob store in the bucket that Textract reads from; see `stores.s3.S3BlobStore`."""

    def place(self, digest: str, *, owner: str) -> tuple[str, str]:
        """Bucket and key of the owner's bytes, whether they are there or not."""
        ...

    async def stat(self, digest: str, *, owner: str) -> Blob | None:
        """What is known of them, if they are there."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told when a job is done: an SNS topic, and the role by which Textract may tell it, by their ARNs."""

    topic: str
    role: str


class TextractReader:
    """See `tools.reading.backend.Reader`.

    Args:
        others: Reads what Textract does not take, and counts pages.
        layers: Reads the text layers of PDF files and recognises nothing, where Textract gets scanned pages alone.
        wanted: What Textract is asked for besides words.
    """

    workers = WORKERS

    def __init__(
        self,
        textract: Textract,
        files: Files,
        records: Records,
        others: ReadingPool,
        *,
        layers: ReadingPool | None = None,
        wanted: Wanted,
    ) -> None:
        self._textract, self._files, self._records, self._others = textract, files, records, others
        self._layers, self._wanted = layers, wanted
        self._limits: ReadingLimits = others.limits
        self._recogniser = Recogniser(textract, records, limits=others.limits)

    @property
    def quality(self) -> str:
        """What to expect of it, for whoever sets it up."""
        kinds = "scans in PDF" if self._layers else "PDF"
        return f"{kinds}, TIFF, PNG and JPEG by Amazon Textract; other files here"

    async def read(
        self, source: Path | bytes, *, name: str, progress: Progress | None = None, owner: str = ""
    ) -> Document:
        """Read a file; see `Reader.read`."""
        data = await asyncio.to_thread(_bytes, source, Budget(display_name(name), self._limits))
        media_type = taken(data)
        if not media_type:
            return await self._others.read(source, name=name, progress=progress, owner=owner)
        digest = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        file = File(name=display_name(name), digest=digest, media_type=media_type, owner=owner)
        tell: Progress = progress or (lambda done, total: None)
        document = await self._records.document(file)
        if document is None:
            check_size(file.name, media_type, len(data), own=self._limits.size)
            document = await self._read(file, data, tell)
        tell(len(document.pages), len(document.pages))
        return _named(document, file.name)

    async def begin(self, file: File, *, size: int, notify: Notify | None = None) -> bool:
        """Have a file read that is in the bucket as its owner's, without waiting for it.

        Returns:
            Whether its end will be told; not if it was read before, is being read for somebody who waits, or has to be
            looked into first, as only some of its pages are for Textract.

        Raises:
            Unreadable: It is too large.
            BackendError: Textract does not take it now.
        """
        if self._is_parted(file) or await self._records.document(file) is not None:
            return False
        check_size(file.name, file.media_type, size, own=self._limits.size)
        bucket, key = self._files.place(file.digest, owner=file.owner)
        told = notify or Notify(topic="", role="")
        wanted = Request(bucket=bucket, key=key, wanted=self._wanted, topic=told.topic, role=told.role)
        try:
            request = await self._recogniser.started(file, await self._records.claim(file, wanted), Sent())
        except AwsError as error:
            raise refused(file.name, error) from error
        return bool(request.topic)

    async def finish(self, file: File) -> bool:
        """Fetch and keep what came of `begin`, waiting for it if need be. Returns whether it is kept.

        Raises:
            Unreadable: It can't be read.
            BackendError: Textract does not answer.
        """
        if await self._records.document(file) is not None:
            return True
        request = await self._records.request(file)
        if request is None or not request.job or request.pages:
            return False  # begins nothing: a job that fails is told of as well, and would begin the next for ever
        reading = self._recogniser.assembled(file, request, Sent(), lambda done, total: None)
        try:
            await self._kept(file, reading, pages=0)
        except Expired:
            return False
        return True

    async def forget(self, owner: str) -> int:
        """Remove what is kept on behalf of an owner; see `Reader.forget`."""
        count = await self._records.forget(owner) + await self._others.forget(owner)
        return count + (await self._layers.forget(owner) if self._layers else 0)

    async def close(self) -> None:
        """Let go of processes and connections."""
        for part in (self._textract, self._files, self._records, self._others, self._layers):
            if part is not None:
                await part.close()

    def _is_parted(self, file: File) -> bool:
        return self._layers is not None and file.media_type == PDF

    async def _read(self, file: File, data: bytes, tell: Progress) -> Document:
        sent = await self._sent(file, data, tell)
        if isinstance(sent, Document):
            return sent
        known = await self._records.request(file)
        if known is None and sent.pages == 1 and sent.body is not None:
            page = await sent.body()
            if len(page) <= LARGEST_AT_ONCE:
                reading = self._recogniser.at_once(file, self._wanted, sent, page)
                return await self._kept(file, reading, pages=1)
        request = await self._asked(file, known, sent)
        reading = self._recogniser.fetched(file, request, sent, tell)
        return await self._kept(file, reading, pages=sent.pages)

    async def _sent(self, file: File, data: bytes, tell: Progress) -> Sent | Document:
        """What Textract gets of a file; the document itself where it need not get anything."""

        async def whole() -> bytes:
            return data

        if self._layers is None or file.media_type != PDF:
            return self._checked(file, Sent(pages=await self._pages(data, file.name), body=whole))
        base = await self._layers.read(data, name=file.name, progress=tell, owner=file.owner)
        scans = tuple(page.number for page in base.pages if page.method == "ocr")
        if not scans:
            return base
        if len(scans) == len(base.pages):
            return self._checked(file, Sent(pages=len(scans), body=whole))

        async def some() -> bytes:
            return await self._extracted(data, file.name, scans)

        return self._checked(file, Sent(pages=len(scans), body=some, base=base, numbers=scans))

    def _checked(self, file: File, sent: Sent) -> Sent:
        check_pages(file.name, sent.pages, own=self._limits.pages)
        return sent

    async def _asked(self, file: File, known: Request | None, sent: Sent) -> Request:
        """What was asked before; or what is to be asked: of the file where its owner has it, or where it is put."""
        if known and known.pages == sent.numbers:
            return known
        whole = file.owner and not sent.numbers
        there = whole and await self._files.stat(file.digest, owner=file.owner)
        bucket, key = self._files.place(file.digest, owner=file.owner) if there else self._records.staging(file)
        request = Request(bucket=bucket, key=key, wanted=self._wanted, pages=sent.numbers, staged=not there)
        if known is None:
            return await self._records.claim(file, request)
        request = replace(request, attempt=known.attempt + 1)  # other pages than before, as we read differently now
        await self._records.started(file, request)
        return request

    async def _kept(self, file: File, reading: Awaitable[Document], *, pages: int) -> Document:
        """Wait for a reading, and keep what comes of it."""
        try:
            async with asyncio.timeout(self._limits.seconds + PAGE_SECONDS * pages):
                document = await reading
        except TimeoutError:
            raise BackendError(service="textract", operation="wait", code="slow", retryable=True) from None
        await self._records.read(file, document)
        return document

    async def _pages(self, data: bytes, name: str) -> int:
        """How many pages a file has, counted in another process.

        Raises:
            Unreadable: It can't be opened, and why.
        """

        async def count(worker: Worker) -> int:
            return (await worker.open(data, name)).count

        return await self._worked(count, name)

    async def _extracted(self, data: bytes, name: str, numbers: Sequence[int]) -> bytes:
        """Some pages as a file of their own, made in another process."""

        async def extract(worker: Worker) -> bytes:
            await worker.open(data, name)
            return await worker.extract([number - 1 for number in numbers])

        pages = await self._worked(extract, name)
        check_size(name, PDF, len(pages), own=self._limits.size)
        return pages

    async def _worked(self, work: Callable[[Worker], Awaitable[T]], name: str) -> T:
        worker = await self._others.take()
        healthy = False
        try:
            done = await work(worker)
            healthy = True
        except Unreadable:
            healthy = True
            raise
        except Lost as error:
            raise unreadable(name, "crashed") from error
        finally:
            await self._others.give_back(worker, healthy=healthy)
        return done


def _bytes(source: Path | bytes, budget: Budget) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        budget.check_size(source.stat().st_size)
        return source.read_bytes()
    except OSError as error:
        raise unreadable(budget.name, "missing") from error


def _named(document: Document, name: str) -> Document:
    """The document under the name that it has now."""
    return replace(document, name=name, title=document.title or title_from_name(name))
