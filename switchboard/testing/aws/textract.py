"""A fake of Amazon Textract: jobs with tokens, states and pages of results, and the two operations that answer at once.

What it finds is what a test says, or what reading the file by other means finds. A job that was started runs for some
calls, or until `FakeTextract.finish`; then the topic that was named is told.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from switchboard.testing.aws.service import FakeService, Parameters, ServiceFault
from switchboard.testing.aws.textract_blocks import answered, blocks, featured

Objects: TypeAlias = Callable[[str, str], bytes | None]
"""Gives what a bucket has under a key."""
Publish: TypeAlias = Callable[[str, str], None]
"""Sends a text to a topic, by its ARN."""
Status: TypeAlias = Literal["IN_PROGRESS", "SUCCEEDED", "FAILED", "PARTIAL_SUCCESS"]

LARGEST = 500 << 20
LARGEST_PICTURE = LARGEST_AT_ONCE = 10 << 20
MOST_PAGES = 3_000
MOST_BLOCKS = 1_000
MOST_QUERIES, MOST_QUERIES_AT_ONCE = 30, 15
KEPT_SECONDS = 7 * 86_400
VERSION = "1.0"
KINDS = {b"%PDF-": "pdf", b"II*\0": "tiff", b"MM\0*": "tiff", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
DETECTION, ANALYSIS = "StartDocumentTextDetection", "StartDocumentAnalysis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is found in a document.

    Attributes:
        blocks: As Textract gives them for all features; who asks for fewer gets fewer.
        answers: By question, what every page that is asked answers.
        warnings: Of a partial success: ``{"ErrorCode": ..., "Pages": [...]}``.
        message: Why it failed.
    """

    blocks: Sequence[Parameters] = ()
    pages: int = 1
    status: Status = "SUCCEEDED"
    answers: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[Parameters] = ()
    message: str = ""


@dataclass(slots=True, kw_only=True)
class _Job:
    """A job that was started."""

    id: str
    operation: str
    given: Parameters
    found: Found
    started_at: float
    left: int
    done: bool = False


def read(data: bytes) -> Found:
    """What the embedded reader finds in a file, as if Textract had found it."""
    from tools.reading.backend import ReadingLimits
    from tools.reading.embedded import EmbeddedReader

    document = EmbeddedReader().read(data, name="document", limits=ReadingLimits())
    return Found(blocks=blocks(document), pages=len(document.pages))


class FakeTextract(FakeService):
    """Textract.

    Args:
        objects: Where documents are.
        finds: What is found in one.
        polls: How often a job is asked for before it is done; ``None`` for until `finish` is called.
        most_jobs: At a time.
        publish: Tells a topic that a job is done.
        clock: Seconds since the epoch.

    Attributes:
        started: How many jobs were really started: what would have been paid for.
        finds, polls: As given, for the jobs that are started from now on.
    """

    def __init__(
        self,
        *,
        objects: Objects = lambda bucket, key: None,
        finds: Callable[[bytes], Found] = read,
        polls: int | None = 1,
        most_jobs: int = 100,
        publish: Publish = lambda topic, text: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(
            "textract",
            {
                DETECTION: lambda given: self._start(DETECTION, given),
                ANALYSIS: lambda given: self._start(ANALYSIS, given),
                "GetDocumentTextDetection": lambda given: self._get(DETECTION, given),
                "GetDocumentAnalysis": lambda given: self._get(ANALYSIS, given),
                "DetectDocumentText": lambda given: self._at_once(given, "DetectDocumentTextModelVersion"),
                "AnalyzeDocument": lambda given: self._at_once(given, "AnalyzeDocumentModelVersion"),
            },
        )
        self.started = 0
        self._objects = objects
        self.finds, self.polls = finds, polls
        self._most_jobs, self._publish, self._clock = most_jobs, publish, clock
        self._jobs: dict[str, _Job] = {}
        self._tokens: dict[tuple[str, str], tuple[Parameters, str]] = {}

    def finish(self, *, times: int = 1) -> None:
        """Let all jobs come to their end, and tell the topics so many times, as SNS delivers at least once."""
        with self.lock:
            for job in self._jobs.values():
                if not job.done:
                    self._end(job, times)

    def _start(self, operation: str, given: Parameters) -> Parameters:
        _check_features(given, MOST_QUERIES)
        token = given.get("ClientRequestToken", "")
        if token and (operation, token) in self._tokens:
            before, job_id = self._tokens[operation, token]
            if before != given:
                raise ServiceFault("IdempotentParameterMismatchException", "The token was used for something else.")
            return {"JobId": job_id}
        if sum(not job.done for job in self._jobs.values()) >= self._most_jobs:
            raise ServiceFault("LimitExceededException", "Open jobs exceed the maximum.")
        found = self.finds(self._document(given["DocumentLocation"]["S3Object"]))
        if found.pages > MOST_PAGES:
            raise ServiceFault("DocumentTooLargeException", "It has too many pages.")
        self.started += 1
        job_id = hashlib.sha256(f"{operation} {self.started}".encode()).hexdigest()
        self._jobs[job_id] = _Job(
            id=job_id,
            operation=operation,
            given=given,
            found=found,
            started_at=self._clock(),
            left=-1 if self.polls is None else self.polls,
        )
        if token:
            self._tokens[operation, token] = (given, job_id)
        return {"JobId": job_id}

    def _get(self, operation: str, given: Parameters) -> Parameters:
        job = self._jobs.get(given["JobId"])
        if job is None or job.operation != operation or self._clock() > job.started_at + KEPT_SECONDS:
            raise ServiceFault("InvalidJobIdException", "Request has invalid Job Id")
        version = "DetectDocumentTextModelVersion" if operation == DETECTION else "AnalyzeDocumentModelVersion"
        if job.left == 0 and not job.done:
            self._end(job)
        if not job.done:
            job.left -= 1
            return {"JobStatus": "IN_PROGRESS", version: VERSION}
        found = job.found
        if found.status == "FAILED":
            return {"JobStatus": "FAILED", "StatusMessage": found.message or "INTERNAL_ERROR", version: VERSION}
        seen = _seen(found, job.given)
        first = _offset(job, given.get("NextToken", ""))
        last = first + min(given.get("MaxResults", MOST_BLOCKS), MOST_BLOCKS)
        page = {"NextToken": _token(job, last)} if last < len(seen) else {}
        warned = {"Warnings": list(found.warnings)} if found.warnings else {}
        return {
            "DocumentMetadata": {"Pages": found.pages},
            "JobStatus": found.status,
            "Blocks": seen[first:last],
            version: VERSION,
            **page,
            **warned,
        }

    def _at_once(self, given: Parameters, version: str) -> Parameters:
        _check_features(given, MOST_QUERIES_AT_ONCE)
        document = given["Document"]
        data = document["Bytes"] if "Bytes" in document else self._document(document["S3Object"])
        if len(data) > LARGEST_AT_ONCE:
            raise ServiceFault("DocumentTooLargeException", "It is too large to be read at once.")
        _kind(data)
        found = self.finds(data)
        if found.pages > 1:
            raise ServiceFault("UnsupportedDocumentException", "Request has unsupported document format")
        seen = _seen(found, given)
        return {"DocumentMetadata": {"Pages": found.pages}, "Blocks": seen, version: VERSION}

    def _document(self, place: Mapping[str, str]) -> bytes:
        data = self._objects(place["Bucket"], place["Name"])
        if data is None:
            raise ServiceFault("InvalidS3ObjectException", "Unable to get object metadata from S3.")
        if len(data) > (LARGEST_PICTURE if _kind(data) in ("png", "jpeg") else LARGEST):
            raise ServiceFault("DocumentTooLargeException", "It has too many bytes.")
        return data

    def _end(self, job: _Job, times: int = 1) -> None:
        job.done = True
        channel = job.given.get("NotificationChannel")
        if channel:
            place = job.given["DocumentLocation"]["S3Object"]
            notice = {
                "JobId": job.id,
                "Status": "FAILED" if job.found.status == "FAILED" else "SUCCEEDED",
                "API": job.operation,
                "JobTag": job.given.get("JobTag"),
                "Timestamp": int(self._clock() * 1_000),
                "DocumentLocation": {"S3ObjectName": place["Name"], "S3Bucket": place["Bucket"]},
            }
            for _ in range(times):
                self._publish(channel["SNSTopicArn"], json.dumps(notice))


def _kind(data: bytes) -> str:
    for start, kind in KINDS.items():
        if data.startswith(start):
            return kind
    raise ServiceFault("UnsupportedDocumentException", "Request has unsupported document format")


def _check_features(given: Parameters, most: int) -> None:
    if ("QUERIES" in given.get("FeatureTypes", ())) != ("QueriesConfig" in given):
        raise ServiceFault("InvalidParameterException", "Queries need a QueriesConfig, and the other way round.")
    if len(given.get("QueriesConfig", {}).get("Queries", ())) > most:
        raise ServiceFault("InvalidParameterException", f"There are more than {most} queries.")


def _seen(found: Found, given: Parameters) -> list[Parameters]:
    """What somebody gets who asked for this."""
    answering = answered(found.blocks, given.get("QueriesConfig", {}).get("Queries", ()), found.answers)
    return featured(answering, given.get("FeatureTypes", ()))


def _token(job: _Job, offset: int) -> str:
    return base64.b64encode(f"{job.id}:{offset}".encode()).decode()


def _offset(job: _Job, token: str) -> int:
    if not token:
        return 0
    try:
        job_id, _, offset = base64.b64decode(token, validate=True).decode().partition(":")
        if job_id == job.id:
            return int(offset)
    except ValueError:
        pass
    raise ServiceFault("InvalidParameterException", "Request has an invalid NextToken")
