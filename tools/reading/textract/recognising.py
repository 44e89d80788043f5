"""One file on its way through Textract: asked for once, waited for, put together, and another job where one is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace

from stores.aws import AwsError
from switchboard import BackendError, Unreadable
from tools.reading.backend import Document, Progress, ReadingLimits
from tools.reading.reasons import unreadable
from tools.reading.textract.assembling import Assembly, Failed
from tools.reading.textract.records import File, Records, Request, Wanted
from tools.reading.textract.service import Expired, Textract

TELL_SECONDS = 1.0
ATTEMPTS = 3
"""Jobs for one reading: another where one is not known any more, or can't find its file."""
_SPENT = "IdempotentParameterMismatchException"
_NO_FILE = "InvalidS3ObjectException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What Textract gets of a file.

    Attributes:
        pages: How many those are; 0 where nobody has counted.
        body: Gives them; ``None`` where only what is in the bucket can be read.
        base: What was read here of the others.
        numbers: Which pages they are; empty for all.
    """

    pages: int = 0
    body: Callable[[], Awaitable[bytes]] | None = None
    base: Document | None = None
    numbers: tuple[int, ...] = ()


class Recogniser:
    """Has files recognised.

    Args:
        records: What is remembered of them.
    """

    def __init__(self, textract: Textract, records: Records, *, limits: ReadingLimits) -> None:
        self._textract, self._records, self._limits = textract, records, limits

    async def at_once(self, file: File, wanted: Wanted, sent: Sent, data: bytes) -> Document:
        """A file of one page, without a job."""
        assembly = self._assembly(file, wanted, sent)
        try:
            assembly.add(await self._textract.at_once(wanted, data))
        except AwsError as error:
            raise refused(file.name, error) from error
        return await asyncio.to_thread(assembly.document)

    async def fetched(self, file: File, request: Request, sent: Sent, tell: Progress) -> Document:
        """What comes of the job of a request, begun if need be; of another if that came to nothing."""
        for _ in range(ATTEMPTS):
            try:
                request = await self.started(file, request, sent)
                return await self.assembled(file, request, sent, tell)
            except Expired:
                request = request.next
            except AwsError as error:
                if (other := self._instead(file, request, sent, error)) is None:
                    raise refused(file.name, error) from error
                request = other
                await self._records.started(file, request)
        raise BackendError(service="textract", operation="get", code="expired", retryable=True)

    async def started(self, file: File, request: Request, sent: Sent) -> Request:
        """The request with its job. Raises as the service does."""
        if request.job:
            return request
        if request.staged and sent.body is not None:
            await self._records.stage(file, await sent.body())
        started = replace(request, job=await self._textract.start(request))
        await self._records.started(file, started)
        return started

    async def assembled(self, file: File, request: Request, sent: Sent, tell: Progress) -> Document:
        """What comes of a job that was started. What was put somewhere only to be read goes then.

        Raises:
            Expired, Failed: It came to nothing, which is written down: the next request is another.
        """
        assembly = self._assembly(file, request.wanted, sent)
        try:
            async with _telling(assembly, tell), aclosing(self._textract.results(request)) as batches:
                async for batch in batches:
                    await asyncio.to_thread(assembly.add, batch)
            document = await asyncio.to_thread(assembly.document)
        except Expired:
            await self._records.failed(file, request)
            raise
        except Unreadable as error:
            if isinstance(error, Failed):
                await self._records.failed(file, request)  # or the same failure would be fetched for ever
            await self._unstaged(file, request)
            raise
        await self._unstaged(file, request)
        return document

    async def _unstaged(self, file: File, request: Request) -> None:
        if request.staged:
            await self._records.unstage(file)

    def _assembly(self, file: File, wanted: Wanted, sent: Sent) -> Assembly:
        return Assembly(
            file=file,
            laid_out=wanted.laid_out,
            limits=self._limits,
            base=sent.base,
            numbers=sent.numbers,
            total=sent.pages,
        )

    def _instead(self, file: File, request: Request, sent: Sent, error: AwsError) -> Request | None:
        """What to ask where a request can never be answered, though another may; ``None`` if there is no other.

        Its token may be spent on other words, those of another version of ours; or its file is not in the bucket any
        more, while whoever asks has it.
        """
        if error.code == _SPENT:
            return request.next
        if error.code == _NO_FILE and sent.body is not None and not request.staged:
            bucket, key = self._records.staging(file)
            return replace(request.next, bucket=bucket, key=key, staged=True)
        return None


def refused(name: str, error: AwsError) -> Exception:
    """What a refusal of the service means: something about the file, or about our setup."""
    match error.code:
        case "UnsupportedDocumentException" | "BadDocumentException":
            return unreadable(name, "damaged")
        case "DocumentTooLargeException":
            reason = "it is larger, or has more pages, than the service takes that recognises text; split it"
            return unreadable(name, "too_large", reason)
    return error


@asynccontextmanager
async def _telling(assembly: Assembly, tell: Progress) -> AsyncIterator[None]:
    """Say how far it is from time to time, as long as the block lasts."""

    async def told() -> None:
        while True:
            tell(*assembly.progress)
            await asyncio.sleep(TELL_SECONDS)

    task = asyncio.create_task(told())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
