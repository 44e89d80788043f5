"""Opening a SQLite file: whose it is, from when, and who may read it."""

import asyncio
import contextlib
import os
import sqlite3
import stat
import time
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from stores.sqlite import SqliteConversationStore, SqliteJobStore
from stores.sqlite.database import Database, Schema
from stores.sqlite.rows import pack
from switchboard.errors import BackendError, ConfigError
from switchboard.testing.samples import a_change, a_conversation, a_job, a_message, a_turn

HERE = a_conversation()
FIRST = Schema(application=7, versions=(("CREATE TABLE one (x)",),))
SECOND = Schema(application=7, versions=(*FIRST.versions, ("ALTER TABLE one ADD COLUMN y DEFAULT 'new'",)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "switchboard.sqlite"


async def test_what_was_written_is_there_after_reopening(path: Path) -> None:
    store = SqliteConversationStore(path)
    await store.commit(HERE, a_change(1, a_turn(), memory=b"memory"))
    await store.close()
    again = SqliteConversationStore(path)
    assert list(await again.transcript(HERE)) == [a_turn()]
    assert await again.memory(HERE) == b"memory"
    await again.close()


async def test_conversations_and_jobs_share_a_file(path: Path) -> None:
    conversations, jobs = SqliteConversationStore(path), SqliteJobStore(path)
    assert await conversations.commit(HERE, a_change(1))
    assert await jobs.create(a_job())
    await conversations.close()
    assert await jobs.get("j0") is not None
    await jobs.close()


async def test_only_the_owner_may_read_the_files(path: Path) -> None:
    store = SqliteConversationStore(path)
    await store.commit(HERE, a_change(1))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    await store.close()
    assert modes == {path.name + suffix: 0o600 for suffix in ("", "-wal", "-shm")}


async def test_a_data_folder_that_is_not_there_is_made_for_its_owner_only(tmp_path: Path) -> None:
    store = SqliteConversationStore(tmp_path / "new" / "switchboard.sqlite")
    await store.close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


async def test_a_closed_store_says_so(path: Path) -> None:
    store = SqliteConversationStore(path)
    await store.close()
    with pytest.raises(BackendError) as caught:
        await store.read(HERE)
    assert caught.value.code == "closed"


@pytest.mark.parametrize("content", [b"This is a letter, not a database. " * 50, os.urandom(8192)])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="damaged, or is not a database"):
        SqliteConversationStore(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="another program"):
        SqliteConversationStore(path)
    assert path.read_bytes() == before


async def test_a_newer_files_schema_is_refused_with_what_to_do(path: Path) -> None:
    await Database(path, schema=SECOND).close()
    with pytest.raises(ConfigError, match="newer Switchboard") as caught:
        Database(path, schema=FIRST)
    assert "Upgrade" in caught.value.fix
    assert caught.value.where == str(path)


async def test_an_older_files_schema_is_brought_up_to_date(path: Path) -> None:
    old = Database(path, schema=FIRST)
    await old.write("test", "insert", lambda connection: connection.execute("INSERT INTO one VALUES (1)").rowcount)
    await old.close()
    new = Database(path, schema=SECOND)
    assert await new.read("test", "select", lambda c: c.execute("SELECT * FROM one").fetchall()) == [(1, "new")]
    await new.close()


async def test_a_schema_that_fails_halfway_leaves_the_file_as_it_was(path: Path) -> None:
    await Database(path, schema=FIRST).close()
    broken = Schema(application=7, versions=(*FIRST.versions, ("CREATE TABLE two (x)", "CREATE TABLE one (x)")))
    with pytest.raises(ConfigError, match="can't be opened"):
        Database(path, schema=broken)
    database = Database(path, schema=FIRST)
    tables = await database.read("test", "select", lambda c: c.execute("SELECT name FROM sqlite_schema").fetchall())
    await database.close()
    assert tables == [("one",)]


def test_a_folder_in_the_files_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ConfigError, match="can't be opened"):
        SqliteConversationStore(path)


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="can't be opened"):
        SqliteConversationStore(tmp_path / "file" / "switchboard.sqlite")


async def test_a_file_damaged_within_says_so(path: Path) -> None:
    store = SqliteConversationStore(path)
    await store.commit(HERE, a_change(1, *(a_turn(number) for number in range(500))))
    await store.close()
    data = bytearray(path.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    path.write_bytes(data)
    damaged = SqliteConversationStore(path)
    with pytest.raises(BackendError) as caught:
        await damaged.transcript(HERE)
    await damaged.close()
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("body", [b"", b"{}", *map(zlib.compress, (b"{", b"[]", b'{"number":"one"}', b"\xff"))])
async def test_a_record_damaged_within_is_the_stores_fault_and_not_bad_input(path: Path, body: bytes) -> None:
    store = SqliteConversationStore(path)
    await store.commit(HERE, a_change(1, a_turn()))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE turns SET body = ?", (body,))
    connection.close()
    with pytest.raises(BackendError) as caught:
        await store.transcript(HERE)
    await store.close()
    assert caught.value.code == "damaged"


async def test_an_event_damaged_within_is_the_stores_fault_and_not_bad_input(path: Path) -> None:
    store = SqliteConversationStore(path)
    turn = a_turn()
    await store.commit(HERE, a_change(1, turn, answering="m0"))
    with sqlite3.connect(path) as connection:
        connection.execute('INSERT INTO events VALUES (1, ?, 1, \'{"kind":"unknown"}\')', (b"m0",))
    connection.close()
    with pytest.raises(BackendError) as caught:
        await store.events(HERE, turn.message.id)
    await store.close()
    assert caught.value.code == "damaged"


async def test_a_file_that_somebody_locks_for_too_long_is_busy_and_worth_a_retry(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stores.sqlite.database.BUSY_SECONDS", 0.0)
    store = SqliteConversationStore(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BackendError) as caught:
        await store.commit(HERE, a_change(1))
    other.execute("ROLLBACK")
    assert (caught.value.code, caught.value.retryable) == ("busy", True)
    assert await store.commit(HERE, a_change(1))
    other.close()
    await store.close()


async def test_reading_goes_on_while_a_write_waits_for_another_process(path: Path) -> None:
    store = SqliteConversationStore(path)
    await store.commit(HERE, a_change(1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(store.commit(HERE, a_change(2)))
    for _ in range(20):
        assert (await store.read(HERE)).inbox.version == 1
    assert not waiting.done()
    other.execute("ROLLBACK")
    assert await waiting
    other.close()
    await store.close()


async def test_a_write_whose_caller_is_cancelled_is_whole_or_not_at_all(path: Path) -> None:
    store = SqliteConversationStore(path)
    for number in range(20):
        task = asyncio.create_task(store.commit(HERE, a_change(number + 1, a_turn(number))))
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await store.commit(HERE, a_change(number + 1, a_turn(number)))
    assert (await store.read(HERE)).inbox.version == 20
    assert [turn.number for turn in await store.transcript(HERE)] == list(range(20))
    await store.close()


async def test_a_deleted_conversations_text_is_not_in_any_file(path: Path) -> None:
    def files_with(data: bytes) -> set[str]:
        return {file.name for file in path.parent.iterdir() if data in file.read_bytes()}

    store = SqliteConversationStore(path)
    secret = b"4111-1111-1111-1111"
    turn = a_turn(message=a_message(text=secret.decode()))
    for version in range(1, 4):
        await store.commit(HERE, a_change(version, turn, memory=secret * 300))
    assert files_with(secret) == files_with(pack(turn)) == {path.name + "-wal"}
    await store.delete(HERE)
    assert files_with(secret) == files_with(pack(turn)) == set()
    await store.close()
    assert files_with(secret) == files_with(pack(turn)) == set()


async def test_a_file_that_another_process_is_opening_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:

        class Crowded(sqlite3.Connection):
            """A connection that another process comes before as it changes the mode."""

            def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
                if sql == "PRAGMA journal_mode = WAL" and not waits:
                    other.execute("BEGIN IMMEDIATE")
                return super().execute(sql, parameters)

        def pause(seconds: float) -> None:
            waits.append(seconds)
            other.execute("COMMIT")

        monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Crowded))
        monkeypatch.setattr(time, "sleep", pause)
        await Database(path, schema=FIRST).close()
        assert (len(waits), other.execute("PRAGMA journal_mode").fetchone()) == (1, ("wal",))
