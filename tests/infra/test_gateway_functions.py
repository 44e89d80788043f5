"""The functions of a WebSocket API with its real events, over DynamoDB and SQS: from ``$connect`` to the answer."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from agent.texts import HELP_SUGGESTION
from channels.gateway.desk import Desk
from channels.gateway.posting import GatewayPost, Gone
from channels.gateway.tickets import issue
from infra.functions import answer, connect, disconnect, frames
from switchboard import Principal
from switchboard.connections import Connection
from tests.aws import REGION, World, a_world
from tests.infra.test_functions import Left, batch

SECRET = "s" * 32
ANN = Principal(id="ann", verified=True)
ID = "FxAbCdEfDoECJ-A="
PAYLOADS = Path(__file__).parents[1] / "payloads" / "gateway"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The frames that the gateway was given for the client; put in ``{"type": "gone"}`` and it is gone."""
    frames: list[dict[str, Any]] = []

    async def send(post: GatewayPost, connection: Connection, text: str) -> None:
        if {"type": "gone"} in frames:
            raise Gone
        assert connection.endpoint == "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"
        frames.append(json.loads(text))

    monkeypatch.setattr(GatewayPost, "send", send)
    return frames


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    with a_world() as world:
        environment = {
            "PROFILE": "aws",
            "DATA_DIR": str(tmp_path),
            "BACKENDS__CHAT_MODEL": "embedded",
            "BACKENDS__RETRIEVER": "embedded",
            "AWS__REGION": REGION,
            "AWS__TABLE": world.table().name,
            "AWS__BUCKET": world.bucket(),
            "AWS__QUEUE_URL": world.queue(),
            "AWS__JOB_QUEUE_URL": world.queue(fifo=False),
            "CHANNELS__GATEWAY__SECRET": SECRET,
            "CHANNELS__GATEWAY__ORIGINS": "https://www.example.com",
        }
        for name, value in environment.items():
            monkeypatch.setenv(f"SWITCHBOARD_{name}", value)
        monkeypatch.setenv("CHANNELS", "gateway")
        yield world
        connect._runner.run(connect._kept.forget())
        frames._runner.run(frames._desk.forget())
        answer._runner.run(answer._kept.forget())


def event(name: str, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return found | changes


def open_socket(**changes: Any) -> int:
    ticket = issue(SECRET.encode(), ANN, tenant="local", now=time.time())
    found = connect.handler(event("connect", **{"queryStringParameters": {"ticket": ticket}, **changes}), None)
    return int(found["statusCode"])


def say(**frame: Any) -> int:
    return int(frames.handler(event("message", body=json.dumps(frame)), None)["statusCode"])


def test_from_connect_to_the_answer_and_back_again(world: World, sent: list[dict[str, Any]]) -> None:
    assert open_socket() == 200
    assert say(type="hello", v=1) == 200
    assert say(type="message", id="message-1", text="Hello") == 200
    assert [frame["type"] for frame in sent] == ["welcome", "accepted"]
    queue_url = os.environ["SWITCHBOARD_AWS__QUEUE_URL"]
    assert answer.handler(batch(world, queue_url), Left()) == {"batchItemFailures": []}
    events = [each for frame in sent for each in frame.get("events", [frame.get("event")]) if each]
    assert events[-1]["kind"] == "final"
    assert say(type="ack", message_id="message-1", seq=events[-1]["seq"]) == 200
    assert disconnect.handler(event("disconnect"), None) == {"statusCode": 200}
    assert say(type="ping") == 410


def test_a_message_is_taken_when_the_one_before_was(world: World, sent: list[dict[str, Any]]) -> None:
    open_socket()
    say(type="hello", v=1)
    say(type="message", id="message-1", text="Hello")
    say(type="message", id="message-2", text="Too early")
    say(type="message", id="message-3", text="In turn", after=sent[1]["next"])
    heard = [(frame["type"], frame["id"], frame.get("code")) for frame in sent[1:]]
    assert heard == [
        ("accepted", "message-1", None),
        ("error", "message-2", "out_of_order"),
        ("accepted", "message-3", None),
    ]


def test_an_answer_that_nobody_was_there_for_is_in_the_next_welcome(world: World, sent: list[dict[str, Any]]) -> None:
    open_socket()
    say(type="hello", v=1)
    say(type="message", id="message-1", text="Hello")
    conversation = sent[0]["conversation"]
    sent.append({"type": "gone"})
    answer.handler(batch(world, os.environ["SWITCHBOARD_AWS__QUEUE_URL"]), Left())
    sent.clear()
    assert say(type="ping") == 410
    open_socket()
    say(type="hello", v=1, conversation=conversation)
    (turn,) = sent[0]["history"]
    assert (turn["state"], turn["delivered"]) == ("done", False)


def test_hello_looks_into_the_library_without_loading_a_model(world: World, sent: list[dict[str, Any]]) -> None:
    open_socket()
    say(type="hello", v=1)
    assert (sent[0]["documents"], sent[0]["suggestions"], sent[0]["notice"]) == (0, [HELP_SUGGESTION], "")


def test_who_is_refused_at_the_door_can_say_nothing(world: World, sent: list[dict[str, Any]]) -> None:
    assert open_socket(headers={"Origin": "https://evil.example"}) == 403
    assert open_socket(queryStringParameters=None) == 401
    assert say(type="hello", v=1) == 410
    assert sent == []


def believe(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in {"issuer": "https://id.example", "audience": "chat", **settings}.items():
        monkeypatch.setenv(f"SWITCHBOARD_CHANNELS__GATEWAY__JWT__{name.upper()}", value)


def open_with_token(**claims: Any) -> int:
    whole = {"iss": "https://id.example", "aud": "chat", "exp": time.time() + 60, "sub": "ann", **claims}
    token = jwt.encode(whole, SECRET, headers={"kid": "one"})
    return open_socket(queryStringParameters=None, headers={"Authorization": f"Bearer {token}"})


def test_a_program_with_a_token_is_let_in_and_is_whom_the_token_names(
    world: World, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    believe(monkeypatch, secret=SECRET)
    assert open_with_token(aud="another") == 401
    assert open_with_token() == 200
    say(type="hello", v=1)
    assert sent[0]["signed_in"] is True


def test_while_the_keys_of_whoever_signs_tokens_are_out_of_reach_no_token_is_believed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    believe(monkeypatch, jwks_url="http://127.0.0.1:9/keys")
    assert open_with_token() == 503


def test_a_binary_frame_gets_a_sentence(world: World, sent: list[dict[str, Any]]) -> None:
    open_socket()
    assert frames.handler(event("message", isBase64Encoded=True), None)["statusCode"] == 200
    assert sent[0]["code"] == "malformed"


def test_a_frame_over_which_something_unexpected_fails_gets_an_incident(
    world: World, sent: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_socket()

    async def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Desk, "_hello", broken)
    assert say(type="hello", v=1) == 500
    assert sent[0]["code"] == "failed"
    assert sent[0]["incident"]
