"""Requests over HTTP: nothing is said to what Slack has not signed, and Slack's own library agrees on what that is."""

import copy
import json
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt import App, BoltRequest

from channels.slack.events import LARGEST, PATH, build, listening
from channels.slack.serving import Serving
from channels.slack.signing import sign
from switchboard import BackendError
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.slack import FakeSlack
from tests.channels.slack.shared import NAMES, SECRET, make, payload

NOW = 1_767_225_600
FORMS = ("block_actions", "shortcut", "message_action", "view_submission")


def request_for(loaded: dict[str, Any], *, form: bool) -> tuple[bytes, str]:
    """A payload as the body that Slack sends, and its type."""
    if "command" in loaded:
        return urlencode(loaded).encode(), "application/x-www-form-urlencoded"
    if form:
        return urlencode({"payload": json.dumps(loaded)}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(loaded).encode(), "application/json"


def signed(body: bytes, kind: str, *, secret: str = SECRET, at: int = NOW) -> dict[str, str]:
    signature = sign(secret, str(at), body)
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": signature}


class Http:
    """The application, asked in this process."""

    def __init__(self, slack: FakeSlack) -> None:
        self.assistant = FakeAssistant()
        self.serving = Serving(make(slack, streaming="off"), self.assistant)
        app = build(self.serving, make(slack).settings, now=lambda: NOW)
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://slack.test")

    async def post(self, name: str, **how: Any) -> httpx.Response:
        body, kind = request_for(payload(name), form=name.startswith(FORMS))
        return await self.client.post(PATH, content=body, headers=signed(body, kind, **how))


@pytest.fixture
async def http(slack: FakeSlack) -> AsyncIterator[Http]:
    made = Http(slack)
    yield made
    await made.client.aclose()
    await made.assistant.close()
    await made.serving.close()


@pytest.mark.parametrize("name", NAMES)
async def test_each_signed_request_is_taken(http: Http, name: str) -> None:
    assert (await http.post(name)).status_code == 200


@pytest.mark.parametrize("how", [{"secret": "another"}, {"at": NOW - 301}, {"at": NOW + 301}], ids=str)
@pytest.mark.parametrize("name", ["url_verification", "app_mention", "slash_command"])
async def test_a_forged_or_an_old_request_gets_no_reply(http: Http, name: str, how: dict[str, Any]) -> None:
    answer = await http.post(name, **how)
    assert (answer.status_code, answer.content) == (401, b"")
    assert http.assistant._lines == {}


async def test_the_challenge_is_answered(http: Http) -> None:
    answer = await http.post("url_verification")
    assert answer.text == "a-challenge-of-slack"
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_command_is_answered_to_its_giver_alone(http: Http) -> None:
    assert (await http.post("slash_command")).json()["response_type"] == "ephemeral"


async def test_what_was_not_written_down_is_asked_for_again(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(message: object) -> None:
        raise BackendError(service="conversations", operation="commit", code="locked")

    monkeypatch.setattr(http.assistant, "offer", broken)
    assert (await http.post("app_mention")).status_code == 500


async def test_too_long_a_body_is_not_read(http: Http) -> None:
    body = b"x" * (LARGEST + 1)
    assert (await http.client.post(PATH, content=body, headers=signed(body, "text/plain"))).status_code == 413

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield b"x" * 100_000

    assert (await http.client.post(PATH, content=pieces())).status_code == 413


async def test_only_posts_are_answered(http: Http) -> None:
    assert (await http.client.get(PATH)).status_code == 405
    assert (await http.client.post("/")).status_code == 404


async def test_signed_rubbish_is_refused_and_never_fails(http: Http) -> None:
    chance = random.Random(7)
    for _ in range(300):
        body = chance.randbytes(chance.randint(0, 60))
        kind = chance.choice(["application/json", "application/x-www-form-urlencoded", ""])
        answer = await http.client.post(PATH, content=body, headers=signed(body, kind))
        assert answer.status_code in (200, 400)


async def test_mutated_requests_get_the_status_that_is_right(http: Http) -> None:
    """A signed one is taken or refused; with one byte changed after the signing there is no reply at all."""
    chance = random.Random(11)
    for _ in range(300):
        changed = copy.deepcopy(payload(chance.choice(NAMES)))
        changed.pop(chance.choice(list(changed)))
        body, kind = request_for(changed, form=bool(chance.randint(0, 1)))
        headers = signed(body, kind)
        assert (await http.client.post(PATH, content=body, headers=headers)).status_code in (200, 400)
        tampered = await http.client.post(PATH, content=body + b" ", headers=headers)
        assert (tampered.status_code, tampered.content) == (401, b"")


@pytest.mark.parametrize("how", [{}, {"secret": "another"}, {"age": 600}], ids=["valid", "forged", "old"])
async def test_slacks_own_framework_verifies_alike(slack: FakeSlack, how: dict[str, Any]) -> None:
    at = int(time.time()) - how.pop("age", 0)
    body, kind = request_for(payload("url_verification"), form=False)
    headers = signed(body, kind, at=at, **how)
    bolt = App(signing_secret=SECRET, token=slack.token, token_verification_enabled=False)
    theirs = bolt.dispatch(BoltRequest(body=body.decode(), headers={**headers}))
    app = build(Serving(make(slack), FakeAssistant()), make(slack).settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://slack.test") as client:
        ours = await client.post(PATH, content=body, headers=headers)
    assert ours.status_code == theirs.status


async def test_it_listens_on_loopback(slack: FakeSlack) -> None:
    serving = Serving(make(slack), FakeAssistant())
    body, kind = request_for(payload("url_verification"), form=False)
    async with listening(serving, make(slack, port=0).settings) as address:
        assert address.startswith("http://127.0.0.1:")
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.post(address, content=body, headers=signed(body, kind, at=int(time.time())))
    assert answer.text == "a-challenge-of-slack"
