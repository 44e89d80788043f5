"""A full disk: a clear code, nothing half-written, and everything works again once there is room.

A small memory disk stands for the full one where this process may mount it. A limit on the size of files does the same
for uploads without any rights; SQLite calls that one an input/output error and not a full disk.
"""

import os
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.folder import FolderBlobStore
from stores.sqlite import SqliteConversationStore
from switchboard.errors import BackendError, ConfigError
from switchboard.testing.samples import a_change, a_conversation, a_message, a_turn
from tests.disk import filled

HERE = a_conversation()
MEGABYTE = 1_000_000


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100_000):
        yield os.urandom(100_000)


def kept(folder: Path) -> list[Path]:
    return [file for place in ("files", "incoming") for file in (folder / place).rglob("*") if file.is_file()]


async def test_a_change_that_does_not_fit_is_not_written(small_disk: Path) -> None:
    store = SqliteConversationStore(small_disk / "switchboard.sqlite")
    assert await store.commit(HERE, a_change(1, a_turn(0), memory=b"old"))
    with filled(small_disk):
        with pytest.raises(BackendError) as caught:
            await store.commit(HERE, a_change(2, a_turn(1), memory=os.urandom(3 * MEGABYTE)))
        assert caught.value.code == "full"
        assert (await store.read(HERE)).inbox.version == 1
        assert list(await store.transcript(HERE)) == [a_turn(0)]
        assert await store.memory(HERE) == b"old"
    assert await store.commit(HERE, a_change(2, a_turn(1)))
    await store.close()


async def test_a_store_that_ran_full_keeps_all_that_it_confirmed(small_disk: Path) -> None:
    store = SqliteConversationStore(small_disk / "switchboard.sqlite")
    confirmed = 0

    async def write_on() -> None:
        nonlocal confirmed
        while True:
            message = a_message(f"m{confirmed}", text=os.urandom(10_000).hex())
            await store.commit(HERE, a_change(confirmed + 1, a_turn(confirmed, message=message)))
            confirmed += 1

    with pytest.raises(BackendError, match="full"):
        await write_on()
    await store.close()
    again = SqliteConversationStore(small_disk / "switchboard.sqlite")
    assert [turn.number for turn in await again.transcript(HERE, limit=1000)] == list(range(confirmed))
    await again.close()


async def test_a_store_on_a_full_disk_does_not_open_and_says_why(small_disk: Path) -> None:
    with filled(small_disk), pytest.raises(ConfigError, match="the disk is full"):
        SqliteConversationStore(small_disk / "switchboard.sqlite")


async def test_a_store_that_was_there_before_the_disk_was_full_says_why_it_does_not_open(small_disk: Path) -> None:
    store = SqliteConversationStore(small_disk / "switchboard.sqlite")
    await store.close()
    with filled(small_disk), pytest.raises(ConfigError, match="the disk is full"):
        SqliteConversationStore(small_disk / "switchboard.sqlite")
    await SqliteConversationStore(small_disk / "switchboard.sqlite").close()


async def test_an_upload_that_does_not_fit_leaves_nothing(small_disk: Path) -> None:
    store = FolderBlobStore(small_disk)
    with pytest.raises(BackendError) as caught:
        await store.put(pieces(6 * MEGABYTE), owner="ann", limit=10 * MEGABYTE)
    assert caught.value.code == "full"
    assert kept(small_disk) == []
    assert (await store.put(pieces(MEGABYTE), owner="ann", limit=MEGABYTE)).size == MEGABYTE
    await store.close()


async def test_an_upload_whose_right_does_not_fit_leaves_nothing(small_disk: Path) -> None:
    store = FolderBlobStore(small_disk)
    with filled(small_disk), pytest.raises(BackendError) as caught:
        await store.put(pieces(0), owner="a" * MEGABYTE, limit=0)
    assert caught.value.code == "full"
    assert kept(small_disk) == []
    await store.close()


async def test_an_upload_over_the_size_that_the_system_allows_leaves_nothing(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MEGABYTE, before[1]))
    try:
        with pytest.raises(BackendError) as caught:
            await store.put(pieces(3 * MEGABYTE), owner="ann", limit=10 * MEGABYTE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "full"
    assert kept(tmp_path) == []
    await store.close()
