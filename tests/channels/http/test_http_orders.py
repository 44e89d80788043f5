"""Orders over HTTP: a file is announced, its address given, and its job told of to whoever announced it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from switchboard import Conversation
from switchboard.testing.assistant import FakeAssistant
from tests.channels.drops.standing import DATA, FILE, Standing

from .conftest import Api, api_of

ASKED: dict[str, Any] = {
    "id": "order-0001",
    "conversation": "reports",
    "file": {"name": "../Annual report.pdf", "size": len(DATA), "digest": FILE.digest},
    "focus": "risks",
    "length": "short",
}


@pytest.fixture
def at() -> Standing:
    return Standing()


@pytest.fixture
async def api(at: Standing, tmp_path: Path) -> AsyncIterator[Api]:
    async with api_of(FakeAssistant(), tmp_path, orders=at.orders) as built:
        yield built


async def test_an_order_gives_an_address_and_a_job(api: Api, at: Standing) -> None:
    answer = await api.ann.post("/v1/orders", json=ASKED)
    assert answer.status_code == 202
    told = answer.json()
    (given,) = at.bucket.given
    assert told["upload"] == {
        "method": "PUT",
        "url": f"https://files.test/{FILE.digest}",
        "headers": {"x-order": told["job"]["id"]},
        "seconds": 300,
    }
    assert (told["id"], told["conversation"], told["job"]["state"]) == ("order-0001", "reports", "queued")
    assert told["job"]["text"] == "Waiting for Annual report.pdf"
    assert answer.headers["location"] == told["job"]["url"]
    assert (given["name"], given["media_type"], given["size"]) == ("Annual report.pdf", "application/pdf", len(DATA))
    job = await at.jobs.get(told["job"]["id"])
    assert job is not None
    assert job.conversation == Conversation(tenant="local", channel="http", room="ann", thread="reports")
    assert (json.loads(job.arguments)["focus"], json.loads(job.arguments)["length"]) == ("risks", "short")


async def test_whoever_orders_gets_an_address_of_their_own_place_alone(api: Api, at: Standing) -> None:
    jobs = [(await caller.post("/v1/orders", json=ASKED)).json()["job"]["id"] for caller in (api.ann, api.bob)]
    owners = [given["owner"] for given in at.bucket.given]
    assert len(set(jobs)) == len(set(owners)) == 2
    assert (await api.anybody.post("/v1/orders", json=ASKED)).status_code == 401


async def test_an_order_that_is_sent_again_is_one_order(api: Api, at: Standing) -> None:
    body = {name: value for name, value in ASKED.items() if name != "id"}
    headers = {"Idempotency-Key": "the same"}
    first, again = [(await api.ann.post("/v1/orders", json=body, headers=headers)).json() for _ in range(2)]
    assert first == again
    changed = await api.ann.post("/v1/orders", json={**body, "focus": "costs"}, headers=headers)
    assert changed.status_code == 409


async def test_a_file_that_is_there_is_not_sent_again(api: Api, at: Standing) -> None:
    await api.ann.post("/v1/orders", json=ASKED)
    job = (await at.jobs.list_jobs())[0]

    async def chunks() -> AsyncIterator[bytes]:
        yield DATA

    await at.bucket.put(chunks(), owner=job.conversation.key, limit=1_000)
    assert (await api.ann.post("/v1/orders", json=ASKED)).json()["upload"] is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"file": {**ASKED["file"], "size": 100_001}}, 413),
        ({"file": {**ASKED["file"], "size": 0}}, 422),
        ({"file": {**ASKED["file"], "digest": "../x"}}, 422),
        ({"file": {**ASKED["file"], "name": " "}}, 422),
        ({"owner": "bob"}, 422),
        ({"language": "../../"}, 422),
        ({"conversation": "a/b"}, 422),
    ],
)
async def test_what_is_not_right_gets_a_sentence_and_no_address(
    api: Api, at: Standing, changes: dict[str, Any], status: int
) -> None:
    answer = await api.ann.post("/v1/orders", json={**ASKED, **changes})
    assert (answer.status_code, at.bucket.given, await at.jobs.list_jobs()) == (status, [], [])
    assert answer.json()["detail"]


async def test_a_server_that_takes_no_orders_says_what_to_do_instead(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(), tmp_path) as without:
        answer = await without.ann.post("/v1/orders", json=ASKED)
    assert (answer.status_code, "/v1/files" in answer.json()["detail"]) == (501, True)
