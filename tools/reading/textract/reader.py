"""The reader ``textract``: what Textract takes goes there, once; everything else is read here."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from stores.aws import AwsError
from switchboard import BackendError, Blob, Unreadable
from tools.reading.backend import Document, Progress, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.pool import ReadingPool
from tools.reading.process import Lost
from tools.reading.reasons import unreadable
from tools.reading.textract.assembling import Assembly, Failed
from tools.reading.textract.limits import check_pages, check_size, taken
from tools.reading.textract.records import File, Records, Request
from tools.reading.textract.service import Expired, Textract
from tools.reading.words import display_name, title_from_name

WORKERS = 8
"""Files at a time; most of the time of each is waiting."""
PAGE_SECONDS = 2.0
"""That a page may take, besides the settings' time for a file."""
TELL_SECONDS = 1.0
ATTEMPTS = 2
"""Jobs for one reading: a second where the first is not known any more."""


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
        features: What Textract is asked for besides words.
    """

    workers = WORKERS
    quality = "PDF, TIFF, PNG and JPEG by Amazon Textract; other files here"

    def __init__(
        self, textract: Textract, files: Files, records: Records, others: ReadingPool, *, features: tuple[str, ...]
    ) -> None:
        self._textract, self._files, self._records, self._others = textract, files, records, others
        self._features = features
        self._limits: ReadingLimits = others.limits

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
            pages = await self._pages(data, file.name)
            check_pages(file.name, pages, own=self._limits.pages)
            request = await self._wanted(file)
            document = await self._kept(file, request, self._fetched(file, request, tell, pages, data), pages=pages)
        tell(len(document.pages), len(document.pages))
        return _named(document, file.name)

    async def begin(self, file: File, *, size: int, notify: Notify | None = None) -> bool:
        """Have a file read that is in the bucket as its owner's, without waiting for it.

        Returns:
            Whether its end will be told; not if it was read before, or is being read for somebody who waits.

        Raises:
            Unreadable: It is too large.
            BackendError: Textract does not take it now.
        """
        if await self._records.document(file) is not None:
            return False
        check_size(file.name, file.media_type, size, own=self._limits.size)
        bucket, key = self._files.place(file.digest, owner=file.owner)
        told = notify or Notify(topic="", role="")
        wanted = Request(bucket=bucket, key=key, features=self._features, topic=told.topic, role=told.role)
        request = await self._started(file, await self._records.claim(file, wanted))
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
        if request is None or not request.job:
            return False  # begins nothing: a job that fails is told of as well, and would begin the next for ever
        try:
            await self._kept(file, request, self._assembled(file, request, lambda done, total: None, 0), pages=0)
        except Expired:
            return False
        return True

    async def forget(self, owner: str) -> int:
        """Remove what is kept on behalf of an owner; see `Reader.forget`."""
        return await self._records.forget(owner) + await self._others.forget(owner)

    async def close(self) -> None:
        """Let go of processes and connections."""
        for part in (self._textract, self._files, self._records, self._others):
            await part.close()

    async def _wanted(self, file: File) -> Request:
        """What was asked before; or what is to be asked: of the file where its owner has it, or where it is put."""
        if known := await self._records.request(file):
            return known
        there = file.owner and await self._files.stat(file.digest, owner=file.owner)
        bucket, key = self._files.place(file.digest, owner=file.owner) if there else self._records.staging(file)
        request = Request(bucket=bucket, key=key, features=self._features, staged=not there)
        return await self._records.claim(file, request)

    async def _kept(self, file: File, request: Request, reading: Awaitable[Document], *, pages: int) -> Document:
        """Wait for a reading, and keep what comes of it."""
        try:
            async with asyncio.timeout(self._limits.seconds + PAGE_SECONDS * pages):
                document = await reading
            await self._records.read(file, document)
        except TimeoutError:
            raise BackendError(service="textract", operation="wait", code="slow", retryable=True) from None
        except Unreadable:
            await self._unstaged(file, request)
            raise
        await self._unstaged(file, request)
        return document

    async def _unstaged(self, file: File, request: Request) -> None:
        """Take away what was there only to be read, once nobody reads it any more."""
        if request.staged:
            await self._records.unstage(file)

    async def _fetched(self, file: File, request: Request, tell: Progress, pages: int, data: bytes) -> Document:
        """What comes of the job of a request, begun if need be; of another if that is not known any more."""
        for _ in range(ATTEMPTS):
            request = await self._started(file, request, data)
            with suppress(Expired):
                return await self._assembled(file, request, tell, pages)
            request = request.next
        raise BackendError(service="textract", operation="get", code="expired", retryable=True)

    async def _started(self, file: File, request: Request, data: bytes | None = None) -> Request:
        """The request with its job."""
        if request.job:
            return request
        if request.staged and data is not None:
            await self._records.stage(file, data)
        try:
            started = replace(request, job=await self._textract.start(request))
        except AwsError as error:
            raise _refused(file.name, error) from error
        await self._records.started(file, started)
        return started

    async def _assembled(self, file: File, request: Request, tell: Progress, pages: int) -> Document:
        assembly = Assembly(file=file, laid_out="LAYOUT" in request.features, limits=self._limits, total=pages)
        try:
            async with _telling(assembly, tell), aclosing(self._textract.results(request)) as batches:
                async for batch in batches:
                    await asyncio.to_thread(assembly.add, batch)
            return await asyncio.to_thread(assembly.document)
        except (Expired, Failed):
            await self._records.failed(file, request)  # or the same failure would be fetched for ever
            raise

    async def _pages(self, data: bytes, name: str) -> int:
        """How many pages a file has, counted in another process.

        Raises:
            Unreadable: It can't be opened, and why.
        """
        worker = await self._others.take()
        healthy = False
        try:
            opening = await worker.open(data, name)
            healthy = True
        except Unreadable:
            healthy = True
            raise
        except Lost as error:
            raise unreadable(name, "crashed") from error
        finally:
            await self._others.give_back(worker, healthy=healthy)
        return opening.count


@asynccontextmanager
async def _telling(assembly: Assembly, tell: Progress) -> AsyncIterator[None]:
    """Say how far it is from time to time, as long as the block lasts."""

    async def told() -> None:
        while True:
            tell(assembly.done, assembly.total)
            await asyncio.sleep(TELL_SECONDS)

    task = asyncio.create_task(told())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _bytes(source: Path | bytes, budget: Budget) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        budget.check_size(source.stat().st_size)
        return source.read_bytes()
    except OSError as error:
        raise unreadable(budget.name, "missing") from error


def _refused(name: str, error: AwsError) -> Exception:
    """What a refusal of the service means: something about the file, or about our setup."""
    match error.code:
        case "UnsupportedDocumentException" | "BadDocumentException":
            return unreadable(name, "damaged")
        case "DocumentTooLargeException":
            reason = "it is larger, or has more pages, than the service takes that recognises text; split it"
            return unreadable(name, "too_large", reason)
    return error


def _named(document: Document, name: str) -> Document:
    """The document under the name that it has now."""
    return replace(document, name=name, title=document.title or title_from_name(name))
