"""Several processes on one file, and processes that are killed: what was said to be written is there, whole."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stores.folder import FolderBlobStore
from stores.sqlite import SqliteConversationStore
from switchboard.identity import MessageId
from switchboard.testing.samples import a_change, a_conversation

HERE = a_conversation()
Start = Callable[..., Any]

COUNTER = """
async def main():
    wait_for_the_start()
    store, won, here = SqliteConversationStore(Path(sys.argv[1])), 0, a_conversation()
    while won < 50:
        version = (await store.read(here)).inbox.version + 1
        won += await store.commit(here, a_change(version, a_turn(version, message=a_message(f"m{version}"))))
    await store.close()
    say(won)
"""
MAKER = """
async def main():
    wait_for_the_start()
    await SqliteConversationStore(Path(sys.argv[1])).close()
    say("made")
"""
WRITER = """
async def main():
    wait_for_the_start()
    store, here, version = SqliteConversationStore(Path(sys.argv[1])), a_conversation(), 0
    while True:
        version += 1
        name = f"m{version}"
        turn, memory = a_turn(version, message=a_message(name)), str(version).encode() * 1000
        await store.commit(here, a_change(version, turn, answering=name, memory=memory))
        await store.append_events(here, MessageId(name), 1, [])
        say(version)
"""
STALLED = """
async def main():
    store, here = SqliteConversationStore(Path(sys.argv[1])), a_conversation()
    await store.commit(here, a_change(1, a_turn(), answering="m0", fence=1))
    wait_for_the_start()
    try:
        await store.append_events(here, MessageId("m0"), 1, [])
    except BackendError as error:
        say(error.code)
"""
UPLOADER = """
async def pieces(number):
    for _ in range(5):
        yield number.to_bytes(4) * 100_000

async def main():
    wait_for_the_start()
    store, number = FolderBlobStore(Path(sys.argv[1])), 0
    while True:
        number += 1
        blob = await store.put(pieces(number), owner="ann" if number % 3 else "bob", limit=10_000_000)
        if number % 5 == 0:
            await store.delete_owner("bob")
        say(blob.digest if number % 3 else "bobs")
"""


async def test_processes_that_count_together_lose_no_count(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "switchboard.sqlite"
    counters = [start(COUNTER, path) for _ in range(3)]
    for counter in counters:
        counter.go()
    assert [counter.rest() for counter in counters] == [["50"]] * 3
    store = SqliteConversationStore(path)
    assert (await store.read(HERE)).inbox.version == 150
    assert [turn.number for turn in await store.transcript(HERE, limit=1000)] == list(range(1, 151))
    await store.close()


async def test_processes_that_make_the_file_at_the_same_moment_all_can(tmp_path: Path, start: Start) -> None:
    makers = [start(MAKER, tmp_path / "switchboard.sqlite") for _ in range(4)]
    for maker in makers:
        maker.go()
    assert [maker.rest() for maker in makers] == [["made"]] * 4


@pytest.mark.parametrize("after", [1, 20, 60])
async def test_a_killed_process_leaves_every_change_whole(tmp_path: Path, start: Start, after: int) -> None:
    path = tmp_path / "switchboard.sqlite"
    writer = start(WRITER, path)
    writer.go()
    writer.lines(after)
    confirmed = after + len(writer.kill())
    store = SqliteConversationStore(path)
    version = (await store.read(HERE)).inbox.version
    assert version in (confirmed, confirmed + 1)
    assert [turn.number for turn in await store.transcript(HERE, limit=10_000)] == list(range(1, version + 1))
    assert await store.memory(HERE) == str(version).encode() * 1000
    assert await store.commit(HERE, a_change(version + 1))
    await store.close()


@pytest.mark.parametrize("after", [1, 10, 25])
async def test_a_killed_upload_leaves_only_whole_and_owned_files(tmp_path: Path, start: Start, after: int) -> None:
    uploader = start(UPLOADER, tmp_path)
    uploader.go()
    confirmed = uploader.lines(after) + uploader.kill()
    store = FolderBlobStore(tmp_path)
    for digest in set(confirmed) - {"bobs"}:
        assert len(await store.read(digest, owner="ann")) == 2_000_000
    for file in (tmp_path / "files").glob("*/*"):
        owned = [await store.stat(file.name, owner=owner) for owner in ("ann", "bob")]
        assert any(owned)
    await store.close()


async def test_a_worker_in_another_process_that_was_taken_over_can_write_no_more(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "switchboard.sqlite"
    stalled = start(STALLED, path)
    store = SqliteConversationStore(path)
    assert await store.commit(HERE, a_change(2, answering="m0", fence=2))
    stalled.go()
    assert stalled.rest() == ["fenced"]
    assert list(await store.events(HERE, MessageId("m0"))) == []
    await store.close()
