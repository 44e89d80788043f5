"""What bad input gets from the server and the command that people use: a sentence, and everything goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.assistant import build
from switchboard.settings import load
from tests.channels.websocket.conftest import Client, Site, site_of
from tests.disk import filled

from .bad_files import UNREADABLE
from .conftest import Command

NOTE = b"# Rent\n\nThe rent of the office is 900 euros a month.\n"
QUESTION = "What is the rent of the office?"


async def upload(site: Site, client: Client, name: str, content: Any) -> httpx.Response:
    where = {"conversation": client.welcome["conversation"], "name": name}
    return await site.http.post("/api/uploads", params=where, content=content)


async def ask(client: Client, text: str, *digests: str, id: str = "question-1") -> list[dict[str, Any]]:
    await client.say(type="message", id=id, text=text, attachments=list(digests))
    return await client.events()


async def assert_serving(site: Site) -> None:
    """A newcomer attaches a file and is answered from it."""
    client = await site.chat(hello={})
    sent = await upload(site, client, "rent.md", NOTE)
    assert sent.status_code == 201
    events = await ask(client, QUESTION, sent.json()["digest"])
    assert "900 euros" in events[-1]["text"]


def stored(data: Path) -> list[Path]:
    """Uploads, whole or not."""
    return [file for place in ("files", "incoming") for file in (data / "blobs" / place).rglob("*") if file.is_file()]


@pytest.mark.parametrize("name", UNREADABLE)
async def test_a_file_that_can_not_be_read_is_told_with_the_reason(real: Site, name: str) -> None:
    make, why = UNREADABLE[name]
    client = await real.chat(hello={})
    sent = await upload(real, client, name, make())
    assert sent.status_code == 201
    events = await ask(client, "What does the attached file say about the rent?", sent.json()["digest"])
    assert why in " ".join(event.get("text", "") for event in events)
    assert (events[-1]["kind"], "citation" in {event["kind"] for event in events}) == ("final", False)
    await assert_serving(real)


async def test_an_empty_file_is_refused_and_not_kept(real: Site, data: Path) -> None:
    refused = await upload(real, await real.chat(hello={}), "empty.pdf", b"")
    assert (refused.status_code, refused.json()["error"]["text"]) == (400, "The file is empty. Choose another.")
    assert stored(data) == []
    await assert_serving(real)


async def test_a_name_that_is_a_path_leads_nowhere(real: Site, data: Path) -> None:
    client = await real.chat(hello={})
    sent = await upload(real, client, "../../../../rent.md", NOTE)
    assert (sent.status_code, sent.json()["name"]) == (201, "rent.md")
    events = await ask(client, QUESTION, sent.json()["digest"])
    assert [event["title"] for event in events if event["kind"] == "citation"] == ["rent.md"]
    assert list(data.parent.rglob("rent.md")) == []


async def raw_upload(site: Site, headers: str, body: bytes = b"") -> bytes:
    """What a client that keeps to no rule is answered."""
    thread = (await site.chat(hello={})).welcome["conversation"]
    cookie = "; ".join(f"{name}={value}" for name, value in site.http.cookies.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(site.address).port)
    target = f"/api/uploads?conversation={thread}&name=big.bin"
    writer.write(f"POST {target} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n{headers}\r\n\r\n".encode() + body)
    answer = await reader.readuntil(b"}")
    writer.close()
    return answer


async def test_two_gigabytes_are_refused_unread(real: Site, data: Path) -> None:
    answer = await raw_upload(real, f"Content-Length: {2 * 10**9}")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"larger than 50 MB" in answer
    assert stored(data) == []
    await assert_serving(real)


async def test_a_length_that_is_announced_too_small_does_not_let_more_in(real: Site, data: Path) -> None:
    answer = await raw_upload(real, "Content-Length: 4\r\nConnection: close", b"rent" + b"x" * 100)
    assert answer.startswith(b"HTTP/1.1 201")
    assert [file.read_bytes() for file in stored(data)] == [b"rent"]
    await assert_serving(real)


async def test_an_upload_without_a_length_is_cut_off_at_the_limit_and_not_kept(data: Path) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while given < 2 * 10**9:
            given += 65_536
            yield bytes(65_536)

    async with site_of(build(load(None, {"SWITCHBOARD_DATA_DIR": str(data)})), upload_limit=1_000_000) as site:
        with suppress(httpx.TransportError):  # the server hangs up on what is still being sent
            refused = await upload(site, await site.chat(hello={}), "big.bin", endless())
            assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")
        assert given < 100_000_000
        assert stored(data) == []
        await assert_serving(site)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "message", "id": "question-0", "text": ""}, "empty"),
        ({"type": "message", "id": "question-0", "text": " \n\t "}, "empty"),
        ({"type": "message", "id": "question-0", "text": "a" * 1_000_000}, "too_long"),
        ({"type": "message", "id": "question-0", "text": "read", "attachments": ["0" * 64]}, "unknown_file"),
        ({"type": "dance"}, "malformed"),
        ({"type": "resume", "message_id": "question-9"}, "unknown"),
    ],
)
async def test_a_message_that_can_not_be_taken_gets_a_sentence(real: Site, frame: dict[str, Any], code: str) -> None:
    client = await real.chat(hello={})
    await client.say(**frame)
    problem = await client.hear("error")
    assert (problem["code"], problem["text"][-1]) == (code, ".")
    assert (await ask(client, "hello"))[-1]["kind"] == "final"
    again = await real.chat(hello={"conversation": client.welcome["conversation"]})
    assert [turn["text"] for turn in again.welcome["history"]] == ["hello"]


async def test_an_unknown_conversation_is_told_and_a_new_one_begins(real: Site) -> None:
    client = await real.chat()
    await client.say(type="hello", v=1, conversation="nobody-knows-this-one")
    assert (await client.hear("error"))["code"] == "unknown_conversation"
    assert (await client.hear("welcome"))["history"] == []
    assert (await ask(client, "hello"))[-1]["kind"] == "final"


async def test_an_old_protocol_version_is_told_to_reload(real: Site) -> None:
    client = await real.chat()
    await client.say(type="hello", v=0)
    assert "older" in (await client.hear("error"))["text"]
    assert await client.closed() == 4406
    await assert_serving(real)


async def test_on_a_full_disk_nothing_is_half_written_and_all_goes_on_once_there_is_room(small_disk: Path) -> None:
    async with site_of(build(load(None, {"SWITCHBOARD_DATA_DIR": str(small_disk / "data")}))) as site:
        await assert_serving(site)
        client = await site.chat(hello={})
        kept = stored(small_disk / "data")
        with filled(small_disk):
            refused = await upload(site, client, "big.bin", bytes(1_000_000))
            assert (refused.status_code, refused.json()["error"]["code"]) == (507, "full")
            await client.say(type="message", id="question-0", text="a" * 30_000)
            problem = await client.hear("error")
            assert (problem["code"], problem["text"][-1]) == ("full", ".")
            assert stored(small_disk / "data") == kept
        assert (await ask(client, "hello"))[-1]["kind"] == "final"
        await assert_serving(site)


def test_the_command_names_each_file_that_it_could_not_ingest_and_takes_the_others(
    command: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "rent.md").write_bytes(NOTE)
    (folder / "empty.pdf").touch()
    for name, (make, _) in UNREADABLE.items():
        (folder / name).write_bytes(make())
    done = command("ingest", str(folder))
    lines = done.stdout.splitlines()
    reasons = {**{name: why for name, (_, why) in UNREADABLE.items()}, "empty.pdf": "is empty"}
    assert (done.returncode, done.stderr) == (1, "")
    for name, why in reasons.items():
        assert any(name in line and why in line for line in lines), name
    assert "900 euros" in command("chat", "--once", QUESTION).stdout


def test_the_command_tells_what_is_amiss_with_an_attached_file(command: Command, tmp_path: Path) -> None:
    make, why = UNREADABLE["locked.pdf"]
    (tmp_path / "locked.pdf").write_bytes(make())
    done = command("chat", "--once", "What is the rent in the attached file?", "--attach", "locked.pdf")
    assert why in done.stdout
    assert done.stderr == ""


def test_the_command_on_a_full_disk_says_so_and_works_again_once_there_is_room(
    command: Command, tmp_path: Path, small_disk: Path
) -> None:
    (tmp_path / "rent.md").write_bytes(NOTE)
    data = small_disk / "data"
    assert command("ingest", "rent.md", folder=data).returncode == 0
    (tmp_path / "more.md").write_text("# More\n\n" + "The rent of the shed is 90 euros. " * 20_000)
    with filled(small_disk):
        for arguments in (["chat", "--once", QUESTION], ["ingest", "more.md"]):
            done = command(*arguments, folder=data)
            assert done.returncode == 2, arguments
            assert ("the disk is full" in done.stderr, len(done.stderr.splitlines())) == (True, 1), arguments
    assert "900 euros" in command("chat", "--once", QUESTION, folder=data).stdout
    assert "1 added" in command("ingest", "more.md", folder=data).stdout


def test_without_a_model_file_answers_go_by_words_and_the_doctor_says_what_to_do(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "rent.md").write_bytes(NOTE)
    (tmp_path / "sitecustomize.py").write_text(
        "from pathlib import Path\n"
        "from tools.encoding import files, static\n"
        "files.STATIC = Path('missing') / files.STATIC.name\n"
        "static.StaticEncoder.__init__.__kwdefaults__['table'] = files.STATIC\n"
    )
    assert command("ingest", "rent.md").returncode == 0
    asked = command("chat", "--once", QUESTION, "--json")
    reply = json.loads(asked.stdout.splitlines()[-1])
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "900 euros" in reply["text"]
    assert "static.npz is missing" in reply["warnings"][0]["text"]
    doctor = command("doctor")
    assert doctor.returncode == 1
    assert "FAIL  model files: encoding: The model file static.npz is missing" in doctor.stdout
