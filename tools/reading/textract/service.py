"""Textract itself: jobs begun, waited for and fetched, patiently where it is busy."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from stores.aws import AwsError
from switchboard import SwitchboardError
from tools.reading.textract.records import Request, Wanted

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
"""Seconds between two questions; each pause is half as long again as the one before."""
TRIES = 12
"""Of a call that is throttled or fails for a moment, each after the SDK's own."""
MOST_BLOCKS = 1_000

Pause = Callable[[float], Awaitable[None]]
Status = Literal["SUCCEEDED", "PARTIAL_SUCCESS", "FAILED"]


class Calls(Protocol):
    """The part of `stores.aws.AwsClient` that is needed."""

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Run an operation. Raises `stores.aws.AwsError`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Expired(SwitchboardError):
    """Textract does not know the job, or does no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some of a job's results.

    Attributes:
        pages: How many the document has.
        blocks: As the service gives them.
        missing: Numbers of pages that it could not read.
        message: Why it failed.
    """

    status: Status
    pages: int = 0
    blocks: Sequence[Mapping[str, Any]] = ()
    missing: tuple[int, ...] = ()
    message: str = ""


class Textract:
    """The service.

    Args:
        pause: Waits for so many seconds.
        jitter: Between 0 and 1, random, so that those who wait do not all come back together.
    """

    def __init__(
        self, client: Calls, *, pause: Pause = asyncio.sleep, jitter: Callable[[], float] = random.random
    ) -> None:
        self._client = client
        self._pause = pause
        self._jitter = jitter

    async def start(self, request: Request) -> str:
        """Have a file read. Returns the job: the same for the same request, however often it is made.

        Raises:
            AwsError: It is refused, or the service stays busy.
        """
        asked: dict[str, Any] = {
            "DocumentLocation": {"S3Object": {"Bucket": request.bucket, "Name": request.key}},
            "ClientRequestToken": request.token,
        }
        if request.topic:
            asked["NotificationChannel"] = {"SNSTopicArn": request.topic, "RoleArn": request.role}
        analysis = request.wanted.parameters
        for question in analysis.get("QueriesConfig", {}).get("Queries", ()):
            question["Pages"] = ["*"]  # otherwise the first page alone is asked
        operation = "start_document_analysis" if analysis else "start_document_text_detection"
        return str((await self._call(operation, **asked, **analysis))["JobId"])

    async def at_once(self, wanted: Wanted, data: bytes) -> Batch:
        """What is found on a file of one page, without a job.

        Raises:
            AwsError: It is refused, or the service stays busy.
        """
        analysis = wanted.parameters
        operation = "analyze_document" if analysis else "detect_document_text"
        answer = await self._call(operation, Document={"Bytes": data}, **analysis)
        return Batch(status="SUCCEEDED", pages=1, blocks=answer.get("Blocks") or ())

    async def results(self, request: Request) -> AsyncGenerator[Batch, None]:
        """What came of the job, piece by piece, as soon as it is done.

        Raises:
            Expired: The service does not know it.
            AwsError: The service stays busy.
        """
        operation = "get_document_analysis" if request.wanted.parameters else "get_document_text_detection"
        token: dict[str, str] = {}
        pause = FIRST_PAUSE
        while True:
            answer = await self._get(operation, request.job, token)
            if answer["JobStatus"] == "IN_PROGRESS":
                await self._wait(pause)
                pause = min(pause * 1.5, LONGEST_PAUSE)
                continue
            yield _batch(answer)
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    async def _get(self, operation: str, job: str, token: Mapping[str, str]) -> dict[str, Any]:
        try:
            return await self._call(operation, JobId=job, MaxResults=MOST_BLOCKS, **token)
        except AwsError as error:
            if error.code == "InvalidJobIdException":
                raise Expired from error
            raise

    async def _call(self, operation: str, **asked: Any) -> dict[str, Any]:
        pause = FIRST_PAUSE
        for _ in range(TRIES - 1):
            try:
                return await self._client.call(operation, **asked)
            except AwsError as error:
                if not error.retryable:
                    raise
            await self._wait(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
        return await self._client.call(operation, **asked)

    async def _wait(self, seconds: float) -> None:
        await self._pause(seconds * (0.5 + self._jitter() / 2))


def _batch(answer: Mapping[str, Any]) -> Batch:
    warnings = answer.get("Warnings") or ()
    return Batch(
        status=answer["JobStatus"],
        pages=int((answer.get("DocumentMetadata") or {}).get("Pages") or 0),
        blocks=answer.get("Blocks") or (),
        missing=tuple(int(page) for warning in warnings for page in warning.get("Pages") or ()),
        message=str(answer.get("StatusMessage") or ""),
    )
