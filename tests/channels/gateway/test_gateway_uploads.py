"""Files for a conversation behind a gateway: announced, sent past us to their own place, and mentioned by a message."""

import json
from typing import Any

import pytest

from .stage import Addresses, Client, a_stage

DATA = b"What is in the file."
DIGEST = "a9c5c2e5f6d0bd6d7d7c4dc4f2c9d7a1c8de5c9b1c6f4a1b0e2d3c4b5a697887"
UPLOAD = {"type": "upload", "id": "upload-01", "name": "notes.txt", "size": len(DATA), "digest": DIGEST}


async def announced(client: Client, **changes: Any) -> dict[str, Any]:
    """What is answered to a file that is announced."""
    await client.say(**{**UPLOAD, **changes})
    return client.heard()[-1]


async def test_a_file_that_is_announced_gets_an_address_for_its_own_conversation() -> None:
    store = Addresses()
    async with a_stage([], blobs=store) as stage:
        client = await stage.connect("one")
        assert (await client.hello())["line"]["uploads"] == "address"
        answer = await announced(client)
        assert (answer["type"], answer["id"], answer["url"]) == ("upload", "upload-01", f"{store.url}/{DIGEST}")
        assert answer["headers"] == {"x-name": "1"}
        assert answer["file"]["link"].startswith(f"/files/{DIGEST}?conversation=")
        (given,) = store.given
        assert given["owner"] == stage.conversation(client).key
        assert (given["name"], given["media_type"], given["size"]) == ("notes.txt", "text/plain", len(DATA))


async def test_a_name_is_made_harmless_before_it_is_kept() -> None:
    store = Addresses()
    async with a_stage([], blobs=store) as stage:
        client = await stage.connect("one")
        await client.hello()
        answer = await announced(client, name="../../etc/\u202epasswd\n.txt", media_type="text/html; x=1")
        assert store.given[0]["name"] == answer["file"]["name"] == "passwd .txt"
        assert store.given[0]["media_type"] == "text/html"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 1_001}, "too_large"),
        ({"size": 10**30}, "too_large"),
        ({"size": 0}, "bad_input"),
        ({"size": -1}, "bad_input"),
        ({"digest": "../x"}, "malformed"),
        ({"digest": DIGEST.upper()}, "malformed"),
        ({"id": "x"}, "malformed"),
        ({"size": "7"}, "malformed"),
    ],
)
async def test_what_may_not_be_sent_gets_a_sentence_and_no_address(changes: dict[str, Any], code: str) -> None:
    store = Addresses()
    async with a_stage([], blobs=store) as stage:
        client = await stage.connect("one")
        await client.hello()
        assert (await announced(client, **changes))["code"] == code
        assert store.given == []


async def test_nobody_gets_an_address_before_hello() -> None:
    store = Addresses()
    async with a_stage([], blobs=store) as stage:
        assert (await announced(await stage.connect("one")))["code"] == "malformed"
        assert store.given == []


async def test_where_the_store_gives_out_no_addresses_files_go_to_the_server() -> None:
    async with a_stage([]) as stage:
        client = await stage.connect("one")
        assert (await client.hello())["line"]["uploads"] == "server"
        assert (await announced(client))["code"] == "refused"


ORDERED = {"order": {"focus": "risks", "length": "short"}}


async def test_a_file_with_an_order_gets_an_address_and_a_job_that_waits_for_it() -> None:
    store = Addresses()
    async with a_stage([], blobs=store) as stage:
        one, two, other = [await stage.connect(name) for name in ("one", "two", "other")]
        welcome = await one.hello()
        await two.hello(welcome["conversation"])
        await other.hello()
        await one.say(**UPLOAD, **ORDERED)
        assert (one.heard("upload")[0]["url"], one.heard()[-1]["type"]) == (f"{store.url}/{DIGEST}", "job")
        (given,) = store.given
        (job,) = await stage.setup.backend("jobs").list_jobs(conversation=stage.conversation(one))
        assert (given["order"], given["owner"]) == (job.id, stage.conversation(one).key)
        assert (job.principal.id, job.push, json.loads(job.arguments)["focus"]) == ("ann", True, "risks")
        for client in (one, two):
            (told,) = client.heard("job")
            assert (told["job_id"], told["state"], told["text"]) == (job.id, "queued", "Waiting for notes.txt")
        assert other.heard("job") == []
        await one.say(**UPLOAD, **ORDERED)
        assert len(await stage.setup.backend("jobs").list_jobs()) == 1


@pytest.mark.parametrize("order", [{"language": "../"}, {"length": "endless"}, {"focus": "x" * 2_001}, "all of it"])
async def test_an_order_that_is_not_right_is_none_and_gets_no_address(order: Any) -> None:
    store = Addresses()
    async with a_stage([], blobs=store) as stage:
        client = await stage.connect("one")
        await client.hello()
        assert (await announced(client, order=order))["code"] == "malformed"
        assert (store.given, await stage.setup.backend("jobs").list_jobs()) == ([], [])
