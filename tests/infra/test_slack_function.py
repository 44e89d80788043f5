"""The function that Slack calls, with Amazon's stores and queue: a question goes in, an order reaches what runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import inbox
from channels.slack.handler import LambdaHandler
from infra.functions import slack as function
from stores.dynamodb import DynamoConversationStore
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.storage import Job
from switchboard.testing.slack import FakeSlack
from tests.aws import REGION, World, a_world
from tests.channels.slack.shared import SECRET, message, payload
from tests.channels.slack.test_slack_http import NOW, request_for, signed
from tests.channels.slack.test_slack_lambda import event


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    with a_world() as world, FakeSlack() as slack:
        environment = {
            "PROFILE": "aws",
            "DATA_DIR": str(tmp_path),
            "TENANT": "acme",
            "BACKENDS__CHAT_MODEL": "embedded",
            "BACKENDS__RETRIEVER": "embedded",
            "AWS__REGION": REGION,
            "AWS__ENDPOINT": world.endpoint,
            "AWS__TABLE": world.table().name,
            "AWS__BUCKET": world.bucket(),
            "AWS__QUEUE_URL": world.queue(),
            "AWS__JOB_QUEUE_URL": world.queue(fifo=False),
            "CHANNELS__SLACK__SIGNING_SECRET": SECRET,
            "CHANNELS__SLACK__BOT_TOKEN": slack.token,
            "CHANNELS__SLACK__API_URL": slack.api_url,
        }
        for name, value in environment.items():
            monkeypatch.setenv(f"SWITCHBOARD_{name}", value)
        yield world


@pytest.fixture
def handler(world: World) -> Iterator[LambdaHandler]:
    made = LambdaHandler(lambda: function._kept.current().desk, now=lambda: NOW)
    yield made
    made._runner.run(function._kept.forget())
    made._runner.close()


def call(handler: LambdaHandler, name: str, value: str = "") -> int:
    loaded = payload(name)
    if value:
        loaded["actions"][0]["value"] = value
        loaded["actions"][0]["action_id"] = "sb-cancel-job"
    body, kind = request_for(loaded, form=not name.startswith("app"))
    status: int = handler(event(body, signed(body, kind)), None)["statusCode"]
    return status


def test_a_mention_is_in_the_queue(world: World, handler: LambdaHandler) -> None:
    assert call(handler, "app_mention") == 200
    received = world.sdk("sqs").receive_message(QueueUrl=load().aws.queue_url)
    (entry,) = received["Messages"]
    assert "what is the travel allowance?" in entry["Body"]


def test_stop_is_written_where_the_turn_runs(world: World, handler: LambdaHandler) -> None:
    store: DynamoConversationStore = Setup(load()).backend("conversations")
    asked = message(room="T0TEAM/D0ANN", thread="", id="T0TEAM/D0ANN/1767225600.000100")

    async def begin() -> None:
        snapshot = await store.read(asked.conversation, asked.id)
        decision = inbox.offer(snapshot, asked, now=1.0, worker="w", lease_seconds=30.0, busy="queue")
        assert decision.change is not None
        assert await store.commit(asked.conversation, decision.change)

    async def stopped() -> str | None:
        return (await store.read(asked.conversation)).inbox.stop

    handler._runner.run(begin())
    assert call(handler, "block_actions_stop") == 200
    assert handler._runner.run(stopped()) == asked.id
    assert call(handler, "block_actions_stop") == 200


def test_only_a_job_of_the_same_conversation_is_cancelled(world: World, handler: LambdaHandler) -> None:
    jobs = Setup(load()).backend("jobs")
    here, there = message(room="T0TEAM/D0ANN", thread=""), message(room="T0TEAM/D0BOB", thread="")

    async def begin() -> None:
        for name, asked in (("j1", here), ("j2", there)):
            job = Job(
                id=name,
                conversation=asked.conversation,
                message_id=asked.id,
                principal=asked.principal,
                kind="k",
                state="running",
                due_at=1.0,
                version=1,
            )
            assert await jobs.create(job)

    async def cancelling(name: str) -> bool:
        job = await jobs.get(name)
        return bool(job and job.cancelling)

    handler._runner.run(begin())
    for name in ("j1", "j2"):
        assert call(handler, "block_actions_stop", name) == 200
    assert handler._runner.run(cancelling("j1"))
    assert not handler._runner.run(cancelling("j2"))


def test_the_home_tab_tells_what_is_in_the_library(world: World, handler: LambdaHandler) -> None:
    assert call(handler, "app_home_opened") == 200


def test_a_signing_secret_that_is_kept_elsewhere_is_the_one_that_counts(
    world: World, handler: LambdaHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.sdk("secretsmanager").create_secret(Name="chat/slack", SecretString=json.dumps({"signing": "another"}))
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SLACK__SIGNING_SECRET", "secretsmanager:chat/slack#signing")
    assert call(handler, "app_mention") == 401
    monkeypatch.setattr("infra.functions.starting.REFRESH_SECONDS", 0.0)
    world.sdk("secretsmanager").put_secret_value(SecretId="chat/slack", SecretString=json.dumps({"signing": SECRET}))
    assert call(handler, "app_mention") == 200
