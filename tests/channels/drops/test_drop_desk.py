"""What becomes of a file where something is not as usual: another reader, no topic, a service that refuses."""

import time
from collections.abc import Mapping
from typing import Any, cast

import pytest

from channels.drops.desk import DropDesk
from channels.drops.events import Place
from channels.drops.orders import LIFE, Order, sign
from channels.drops.settings import DropSettings
from switchboard import BackendError, Blob, Conversation, JobStarted, JobStarter, Message, Principal
from tools.reading.textract.reader import Notify

SECRET = b"s" * 32
DIGEST = "0" * 64
ORDER = Order(
    conversation=Conversation(tenant="local", channel="gateway", room="room"),
    principal=Principal(id="ann", verified=True),
    digest=DIGEST,
    expires_at=time.time() + LIFE,
    focus="risks",
    push=False,
)
HERE = Place(bucket="bucket", key="key")
NOTIFY = Notify(topic="topic", role="role")


class Bucket:
    """A bucket with one PDF, or none."""

    def __init__(self, *, there: bool = True) -> None:
        self.there = there

    def place(self, digest: str, *, owner: str) -> tuple[str, str]:
        return HERE.bucket, HERE.key

    async def order(self, key: str) -> str:
        return sign(SECRET, ORDER)

    async def head(self, digest: str, *, owner: str, size: int) -> bytes:
        return b"%PDF-1.7"

    async def stat(self, digest: str, *, owner: str) -> Blob | None:
        return Blob(digest=digest, size=8, name="a.pdf") if self.there else None

    async def close(self) -> None:
        return None


class Ahead:
    """A reader that reads ahead, or can't."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.begun: list[str] = []

    async def begin(self, file: Any, *, size: int, notify: Notify | None = None) -> bool:
        if self.failure:
            raise self.failure
        self.begun.append(file.name)
        return True

    async def finish(self, file: Any) -> bool:
        if self.failure:
            raise self.failure
        return True


class Jobs:
    """Notes the jobs that were begun."""

    def __init__(self) -> None:
        self.begun: list[tuple[Message, Mapping[str, Any]]] = []

    def starter(self, message: Message) -> JobStarter:
        async def start(kind: str, arguments: Mapping[str, Any], *, text: str) -> JobStarted:
            self.begun.append((message, arguments))
            return JobStarted(job_id="job", text=text)

        return start


def desk(
    jobs: Jobs, bucket: Bucket | None = None, ahead: Ahead | None = None, notify: Notify | None = NOTIFY
) -> DropDesk:
    return DropDesk(
        bucket=bucket or Bucket(),
        secret=SECRET,
        tenant="local",
        starter=jobs.starter,
        ahead=cast("Any", ahead),
        notify=notify,
        model="bedrock:some",
    )


async def test_with_another_reader_the_summary_is_begun_at_once() -> None:
    jobs = Jobs()
    assert await desk(jobs).take(HERE) == "begun"
    ((message, arguments),) = jobs.begun
    assert (message.id, message.push, message.principal) == (f"drop:{DIGEST}", False, ORDER.principal)
    assert (arguments["focus"], arguments["model"]) == ("risks", "bedrock:some")
    assert arguments["document"]["attached"]["digest"] == DIGEST


async def test_without_a_topic_nothing_is_read_ahead() -> None:
    jobs, ahead = Jobs(), Ahead()
    assert await desk(jobs, ahead=ahead, notify=None).take(HERE) == "begun"
    assert ahead.begun == []


async def test_with_another_reader_a_notice_begins_the_summary() -> None:
    assert await desk(Jobs()).finish(HERE) == "begun"


async def test_a_file_that_goes_while_it_is_looked_at_is_gone() -> None:
    jobs = Jobs()
    missing = desk(jobs, Bucket(there=False), Ahead())
    assert (await missing.take(HERE), await missing.finish(HERE), jobs.begun) == ("gone", "gone", [])


async def test_a_failure_of_our_setup_is_an_error_and_not_a_summary() -> None:
    jobs = Jobs()
    refusing = desk(jobs, ahead=Ahead(BackendError(service="textract", operation="start", code="AccessDenied")))
    for step in (refusing.take, refusing.finish):
        with pytest.raises(BackendError, match="AccessDenied"):
            await step(HERE)
    assert jobs.begun == []


@pytest.mark.parametrize(
    ("table", "message"),
    [({"secret": "short"}, "at least 32"), ({"topic": "arn"}, "topic and role"), ({"role": "arn"}, "topic and role")],
)
def test_settings_that_can_not_work_are_told(table: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DropSettings(**cast("Any", table))
