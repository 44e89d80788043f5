"""The functions: a platform's request goes into the queue, and what is in the queue is answered."""

import asyncio
import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent import inbox
from channels.receiving import Posted
from infra.functions import answer, receive, tidy
from stores.dynamodb import DynamoConversationStore, Table
from switchboard import Limits, Message, Receipt, Refused, Reply
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.plugins import Setup
from switchboard.settings import load
from tests.aws import REGION, World, a_world

HERE = Conversation(tenant="local", channel="posting", room="room")


class Posting:
    """A channel whose requests are signed with a word."""

    name = "posting"
    limits = Limits()

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def parse(self, payload: Posted) -> list[Message]:
        if payload.headers.get("x-signature") != "ours":
            raise Refused("Who are you?", policy="signature")
        somebody = Principal(id="ann", verified=True)
        name, _, text = payload.body.decode().partition(" ")
        return [Message(id=MessageId(name), conversation=HERE, principal=somebody, text=text, push=True)]

    def render(self, reply: Reply) -> list[str]:
        return [reply.text]

    async def send(self, message: Message, parts: list[str], *, again: bool = False) -> Receipt:
        self.sent += [(message.id, part) for part in parts]
        return Receipt(delivered=True, platform_id="1")


@dataclass
class Left:
    """The time that a function has left."""

    seconds: float = 30.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1_000)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    with a_world() as world:
        environment = {
            "PROFILE": "aws",
            "DATA_DIR": str(tmp_path),
            "BACKENDS__CHAT_MODEL": "embedded",
            "BACKENDS__RETRIEVER": "embedded",
            "AWS__REGION": REGION,
            "AWS__ENDPOINT": world.endpoint,
            "AWS__TABLE": world.table().name,
            "AWS__BUCKET": world.bucket(),
            "AWS__QUEUE_URL": world.queue(),
            "AWS__JOB_QUEUE_URL": world.queue(fifo=False),
        }
        for name, value in environment.items():
            monkeypatch.setenv(f"SWITCHBOARD_{name}", value)
        monkeypatch.setenv("CHANNEL", "posting")
        monkeypatch.setenv("CHANNELS", "posting")
        posting = Posting()
        monkeypatch.setattr(Setup, "channel", lambda setup, name: posting)
        yield world
        receive._runner.run(receive._receiver.forget())
        answer._runner.run(answer._kept.forget())
        tidy._runner.run(tidy._kept.forget())


def request(body: str, *, signature: str = "ours") -> dict[str, Any]:
    """An event as an HTTP API sends it."""
    return {
        "version": "2.0",
        "rawPath": "/posting",
        "headers": {"X-Signature": signature, "content-type": "text/plain"},
        "body": body,
        "isBase64Encoded": False,
    }


def batch(world: World, url: str) -> dict[str, Any]:
    """What is in the queue, as SQS calls a function with it."""
    entries = world.sdk("sqs").receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId", "ApproximateReceiveCount"]
    )
    return {
        "Records": [
            {
                "messageId": entry["MessageId"],
                "receiptHandle": entry["ReceiptHandle"],
                "body": entry["Body"],
                "attributes": entry["Attributes"],
            }
            for entry in entries.get("Messages", [])
        ]
    }


def sent() -> list[tuple[str, str]]:
    """What the channel has sent."""
    found: list[tuple[str, str]] = Setup.channel(None, "posting").sent  # type: ignore[arg-type]
    return found


def queue_url() -> str:
    return os.environ["SWITCHBOARD_AWS__QUEUE_URL"]


def test_a_request_becomes_a_message_in_the_queue(world: World) -> None:
    assert receive.handler(request("m0 Hello"), None)["statusCode"] == 200
    (record,) = batch(world, queue_url())["Records"]
    assert '"Hello"' in record["body"]


def test_a_body_in_base64_is_decoded(world: World) -> None:
    event = {**request(base64.b64encode(b"m0 Hello").decode()), "isBase64Encoded": True}
    assert receive.handler(event, None)["statusCode"] == 200
    (record,) = batch(world, queue_url())["Records"]
    assert '"Hello"' in record["body"]


@pytest.mark.parametrize(("body", "encoded"), [("m0 \u00e4?", True), ("abc", True), ("\ud800", False)])
def test_a_body_that_is_not_what_its_encoding_says_is_malformed(world: World, body: str, encoded: bool) -> None:
    assert receive.handler({**request(body), "isBase64Encoded": encoded}, None)["statusCode"] == 400


def test_a_request_that_is_not_signed_is_turned_away(world: World) -> None:
    answered = receive.handler(request("m0 Hello", signature="theirs"), None)
    assert (answered["statusCode"], answered["body"]) == (403, "Who are you?")
    assert batch(world, queue_url()) == {"Records": []}


def test_a_request_without_headers_or_a_body_is_not_signed(world: World) -> None:
    assert receive.handler({"headers": None, "body": None}, None)["statusCode"] == 403


def test_what_is_in_the_queue_is_answered_and_the_reply_sent_before_the_function_is_frozen(world: World) -> None:
    receive.handler(request("m0 Hello"), None)
    assert answer.handler(batch(world, queue_url()), Left()) == {"batchItemFailures": []}
    (turn,) = answer._runner.run(transcript(world))
    assert (turn.message.text, turn.state, turn.delivered) == ("Hello", "done", True)
    assert sent() == [("m0", turn.reply.text)]


def test_why_a_message_is_not_taken_is_sent(world: World) -> None:
    receive.handler(request("m0 "), None)
    assert answer.handler(batch(world, queue_url()), Left()) == {"batchItemFailures": []}
    assert sent() == [("m0", "Your message is empty. Type a question, or attach a file and say what you want to know.")]


def test_what_the_functions_time_does_not_reach_for_comes_again(world: World) -> None:
    receive.handler(request("m0 Hello"), None)
    event = batch(world, queue_url())
    (record,) = event["Records"]
    again = {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    assert answer.handler(event, Left(answer.MARGIN_SECONDS)) == again
    assert len(batch(world, queue_url())["Records"]) == 1


async def transcript(world: World) -> Any:
    table = Table(world.client("dynamodb"), os.environ["SWITCHBOARD_AWS__TABLE"])
    store = DynamoConversationStore(table)
    try:
        return await store.transcript(HERE)
    finally:
        await store.close()


def test_what_a_dead_worker_left_is_answered_and_sent_when_the_schedule_comes(world: World) -> None:
    message = Message(
        id=MessageId("m0"), conversation=HERE, principal=Principal(id="ann", verified=True), text="Hello", push=True
    )

    async def die() -> None:
        store = Setup(load()).backend("conversations")
        begun = inbox.offer(
            await store.read(HERE, message.id), message, now=1.0, worker="dead", lease_seconds=30.0, busy="queue"
        )
        assert begun.change is not None
        assert await store.commit(HERE, begun.change)
        await store.close()

    asyncio.run(die())
    tidy.handler({"source": "aws.scheduler"}, Left())
    assert [name for name, _ in sent()] == ["m0"]
    tidy.handler({}, Left())
    assert [name for name, _ in sent()] == ["m0"]
