"""Files for a conversation behind a gateway: announced, sent past us to their own place, and mentioned by a message."""

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
