"""Works on one connection: those that wait are done together, and each has its own outcome."""

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest

from stores.sqlite.lane import MOST, Job, Lane, Work, reading, writing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lane.sqlite"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    made.execute("PRAGMA journal_mode = WAL")
    made.execute("CREATE TABLE done (name UNIQUE)")
    yield made
    made.close()


@pytest.fixture
def lane(connection: sqlite3.Connection) -> Iterator[Lane]:
    made = Lane(connection, writing, name="test")
    yield made
    made.close()


def insert(name: str) -> Work[str]:
    def work(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO done VALUES (?)", (name,))
        return name

    return work


def names(path: Path) -> list[str]:
    other = sqlite3.connect(path)
    found = [name for (name,) in other.execute("SELECT name FROM done ORDER BY rowid")]
    other.close()
    return found


async def together(lane: Lane, *works: Work[str]) -> list[str | BaseException]:
    """What comes of works that all wait while another is under way: they are one batch."""
    begun, go = Event(), Event()

    def hold(connection: sqlite3.Connection) -> str:
        begun.set()
        go.wait(5)
        return "held"

    first = asyncio.create_task(lane.run(hold, alone=True))
    await asyncio.to_thread(begun.wait, 5)
    rest = [asyncio.create_task(lane.run(work)) for work in works]
    await asyncio.sleep(0)
    go.set()
    await first
    return await asyncio.gather(*rest, return_exceptions=True)


async def test_works_that_wait_share_one_transaction_and_keep_their_order(lane: Lane, path: Path) -> None:
    seen: list[int] = []

    def look(connection: sqlite3.Connection) -> str:
        seen.append(len(names(path)))  # what others see, in the middle of the batch
        return "looked"

    assert await together(lane, insert("a"), look, insert("b"), look) == ["a", "looked", "b", "looked"]
    assert (names(path), seen) == (["a", "b"], [0, 0])


async def test_a_work_that_fails_undoes_what_it_did_and_nothing_else(lane: Lane, path: Path) -> None:
    def half(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO done VALUES ('half')")
        raise KeyError("half")

    first, second, third, fourth = await together(lane, insert("a"), half, insert("a"), insert("b"))
    assert (first, fourth, names(path)) == ("a", "b", ["a", "b"])
    assert isinstance(second, KeyError)
    assert isinstance(third, sqlite3.IntegrityError)


async def test_if_the_transaction_is_lost_nobody_is_told_of_a_success(lane: Lane, path: Path) -> None:
    def lose(connection: sqlite3.Connection) -> str:
        connection.execute("ROLLBACK")  # as a full disk does
        raise sqlite3.OperationalError("database or disk is full")

    outcomes = await together(lane, insert("a"), lose, insert("b"))
    assert [str(outcome) for outcome in outcomes] == ["database or disk is full"] * 3
    assert names(path) == []
    assert await lane.run(insert("c")) == "c"


async def test_if_the_lock_can_not_be_had_all_of_the_batch_fails(lane: Lane, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    lane._connection.execute("PRAGMA busy_timeout = 1")
    outcomes = await together(lane, insert("a"), insert("b"))
    other.execute("ROLLBACK")
    other.close()
    assert [str(outcome) for outcome in outcomes] == ["database is locked"] * 2
    assert names(path) == []


async def test_if_not_even_undoing_works_it_is_told_and_the_next_goes_on(connection: sqlite3.Connection) -> None:
    broken = [sqlite3.OperationalError("disk I/O error")]

    def doing(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
        writing(connection, jobs)
        if broken:
            raise broken.pop()

    lane = Lane(connection, doing, name="test")
    try:
        with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
            await lane.run(insert("one"))
        assert await lane.run(insert("two")) == "two"
    finally:
        lane.close()


async def test_what_nobody_waits_for_any_more_is_not_begun(lane: Lane, path: Path) -> None:
    begun, go = Event(), Event()

    def hold(connection: sqlite3.Connection) -> str:
        begun.set()
        go.wait(5)
        return "held"

    first = asyncio.create_task(lane.run(hold))
    await asyncio.to_thread(begun.wait, 5)
    given_up = asyncio.create_task(lane.run(insert("a")))
    await asyncio.sleep(0)
    given_up.cancel()
    go.set()
    assert await first == "held"
    assert await lane.run(insert("b")) == "b"
    assert names(path) == ["b"]


async def test_more_than_one_batch_holds_is_done_in_the_next(lane: Lane, path: Path) -> None:
    everything = [str(number) for number in range(MOST + 7)]
    assert await together(lane, *map(insert, everything)) == everything
    assert names(path) == everything


async def test_a_read_that_fails_leaves_the_others_alone(connection: sqlite3.Connection) -> None:
    lane = Lane(connection, reading, name="test")

    def broken(connection: sqlite3.Connection) -> str:
        return str(connection.execute("SELECT nothing").fetchone())

    def count(connection: sqlite3.Connection) -> str:
        return str(connection.execute("SELECT count(*) FROM done").fetchone()[0])

    first, second = await together(lane, broken, count)
    lane.close()
    assert isinstance(first, sqlite3.OperationalError)
    assert second == "0"
