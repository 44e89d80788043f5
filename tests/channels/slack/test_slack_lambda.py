"""The Lambda function: what is signed is queued before it is acknowledged, and late work is not lost."""

import base64
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels.slack import texts
from channels.slack.desk import Desk
from channels.slack.handler import LambdaHandler
from channels.slack.queued import QueuedHouse
from stores.memory import MemoryBlobStore, MemoryConversationStore
from stores.queue import MemoryQueue
from switchboard import BackendError, Catalogue, Message
from switchboard.storage import Feedback
from switchboard.testing.slack import FakeSlack
from tests.channels.slack.shared import NAMES, make, payload
from tests.channels.slack.test_slack_http import NOW, request_for, signed

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("langgraph", "langchain_core", "numpy", "onnxruntime", "slack_sdk", "slack_bolt", "starlette", "markdown_it")


class Function:
    """The handler with a queue in memory."""

    def __init__(self, slack: FakeSlack) -> None:
        self.queue = MemoryQueue()
        self.stopped: list[str] = []
        self.rated: list[Feedback] = []
        self.now = float(NOW)
        house = QueuedHouse(
            queue=self.queue,
            stored=MemoryConversationStore,
            files=MemoryBlobStore,
            ordering=lambda: self,
            listing=self._catalogue,
        )
        channel = make(slack)
        self.handler = LambdaHandler(lambda: Desk(channel=channel, house=house), now=lambda: self.now)

    async def stop(self, conversation: object, message_id: str) -> bool:
        self.stopped.append(message_id)
        return True

    async def cancel_job(self, conversation: object, job_id: str) -> bool:
        self.stopped.append(job_id)
        return True

    async def rate(self, conversation: object, message_id: str, feedback: Feedback) -> bool:
        self.rated.append(feedback)
        return True

    async def _catalogue(self, principal: object) -> Catalogue:
        return Catalogue(documents=1, suggestions=(), model="")

    def queued(self) -> list[Message]:
        """What is in the queue."""
        deliveries = self.handler._runner.run(self.queue.receive(limit=10))
        return [delivery.message for delivery in deliveries]

    def call(self, name: str, **how: Any) -> dict[str, Any]:
        body, kind = request_for(payload(name), form=not name.startswith(("app", "message", "url")))
        return self.handler(event(body, signed(body, kind, **how)), None)


def event(body: bytes, headers: dict[str, str], *, encoded: bool = False) -> dict[str, Any]:
    """A request as an HTTP API passes it on."""
    text = base64.b64encode(body).decode() if encoded else body.decode()
    request = {"http": {"method": "POST", "path": "/slack/events"}, "requestId": "r1", "stage": "$default"}
    return {
        "version": "2.0",
        "rawPath": "/slack/events",
        "headers": headers,
        "requestContext": request,
        "body": text,
        "isBase64Encoded": encoded,
    }


@pytest.fixture
def function(slack: FakeSlack) -> Iterator[Function]:
    made = Function(slack)
    yield made
    made.handler._runner.close()


def test_a_question_is_in_the_queue_before_it_is_acknowledged(function: Function) -> None:
    assert function.call("app_mention")["statusCode"] == 200
    (message,) = function.queued()
    assert (message.text, message.push) == ("what is the travel allowance?", True)


def test_r20_retries_and_the_other_event_of_a_post_are_queued_once(function: Function) -> None:
    for name in ("app_mention", "app_mention", "message_channel_mention"):
        assert function.call(name)["statusCode"] == 200
    assert len(function.queued()) == 1


def test_r21_a_message_that_is_worked_on_late_is_still_answered(function: Function) -> None:
    """What is in the queue is not verified again, so its age is no matter."""
    function.call("app_mention")
    function.now += 400
    assert len(function.queued()) == 1


def test_a_queue_that_fails_makes_slack_ask_again(function: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(message: Message) -> None:
        raise BackendError(service="sqs", operation="SendMessage", code="ServiceUnavailable", retryable=True)

    with monkeypatch.context() as patch:
        patch.setattr(function.queue, "send", broken)
        assert function.call("app_mention")["statusCode"] == 500
        said = json.loads(function.call("slash_command")["body"])
        assert said == {"response_type": "ephemeral", "text": texts.UNAVAILABLE}
    assert function.call("app_mention")["statusCode"] == 200


@pytest.mark.parametrize("how", [{"secret": "another"}, {"at": NOW - 400}], ids=["forged", "old"])
def test_what_is_not_slacks_gets_no_reply(function: Function, how: dict[str, Any]) -> None:
    answer = function.call("url_verification", **how)
    assert (answer["statusCode"], answer["body"]) == (401, "")


@pytest.mark.parametrize("name", NAMES)
def test_each_payload_is_taken(function: Function, name: str) -> None:
    assert function.call(name)["statusCode"] == 200


def test_the_challenge_is_answered(function: Function) -> None:
    assert function.call("url_verification")["body"] == "a-challenge-of-slack"


def test_stop_reaches_a_turn_that_runs_elsewhere(function: Function) -> None:
    function.call("block_actions_stop")
    assert function.stopped == ["T0TEAM/D0ANN/1767225600.000100"]


def test_an_opinion_reaches_the_store(function: Function) -> None:
    function.call("block_actions_feedback")
    function.call("view_submission_comment")
    assert [(one.verdict, one.comment) for one in function.rated] == [
        ("good", ""),
        ("bad", "That is last year's figure."),
    ]


def test_an_encoded_body_is_read(function: Function) -> None:
    body, kind = request_for(payload("app_mention"), form=False)
    assert function.handler(event(body, signed(body, kind), encoded=True), None)["statusCode"] == 200
    assert len(function.queued()) == 1


@pytest.mark.parametrize(
    "changed",
    [{"body": None}, {"body": 7}, {"body": "not base64!", "isBase64Encoded": True}, {"headers": None}, {"headers": []}],
)
def test_a_malformed_event_is_refused(function: Function, changed: dict[str, Any]) -> None:
    body, kind = request_for(payload("app_mention"), form=False)
    assert function.handler({**event(body, signed(body, kind)), **changed}, None)["statusCode"] in (400, 401)


def test_mutated_events_are_refused_or_taken(function: Function) -> None:
    chance = random.Random(3)
    for _ in range(300):
        changed = payload(chance.choice(NAMES))
        changed[chance.choice(list(changed))] = chance.choice([None, 1, [], {}, "x"])
        body, kind = request_for(changed, form=bool(chance.randint(0, 1)))
        assert function.handler(event(body, signed(body, kind)), None)["statusCode"] in (200, 400)


def test_a_question_is_taken_without_importing_anything_heavy() -> None:
    code = (
        "import sys, channels.slack.handler, channels.slack.channel, channels.slack.queued, channels.slack.settings;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
