import asyncio
import os
import signal
from pathlib import Path

import pytest

from switchboard import Unreadable
from tools.reading import ReadingLimits, ReadingPool
from tools.reading import pool as pool_module


@pytest.fixture
async def pool():
    async with ReadingPool(workers=2) as pool:
        yield pool


async def test_a_file_and_its_bytes_are_read_alike(pool, tmp_path):
    path = tmp_path / "note.md"
    path.write_text("# Hello\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    by_path, by_bytes = await pool.read(path, name="note.md"), await pool.read(path.read_bytes(), name="note.md")
    assert by_path == by_bytes
    assert by_path.title == "Hello"
    assert by_path.pages[0].blocks[1].text == "a | b\n1 | 2"


async def test_no_process_is_started_before_the_first_file():
    pool = ReadingPool(workers=2)
    assert not pool._idle
    await pool.close()


async def test_many_files_share_a_few_workers(pool):
    documents = await asyncio.gather(*(pool.read(f"text {n}".encode(), name=f"{n}.txt") for n in range(20)))
    assert [document.pages[0].text for document in documents] == [f"text {n}" for n in range(20)]
    assert len(pool._idle) <= 2


async def test_an_unreadable_file_keeps_its_reason_and_its_worker(pool):
    await pool.read(b"fine", name="a.txt")
    (worker,) = pool._idle
    with pytest.raises(Unreadable) as caught:
        await pool.read(b"", name="../empty.pdf")
    assert (caught.value.name, caught.value.code) == ("empty.pdf", "empty")
    assert pool._idle == [worker]


async def test_bytes_over_the_limit_are_refused_before_they_are_sent():
    async with ReadingPool(workers=1, limits=ReadingLimits(size=3)) as pool:
        with pytest.raises(Unreadable, match="at most 3 bytes"):
            await pool.read(b"four", name="a.txt")
        assert not pool._idle


async def test_a_worker_that_dies_in_the_middle_costs_one_file(pool, tmp_path):
    await pool.read(b"warm", name="a.txt")
    (worker,) = pool._idle
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    reading = asyncio.create_task(pool.read(fifo, name="never"))
    while not pool._busy:
        await asyncio.sleep(0)
    os.kill(worker.pid, signal.SIGKILL)
    with pytest.raises(Unreadable) as caught:
        await reading
    assert caught.value.code == "crashed"
    assert (await pool.read(b"again", name="a.txt")).pages[0].text == "again"


async def test_a_worker_that_died_while_idle_is_replaced(pool):
    await pool.read(b"warm", name="a.txt")
    (worker,) = pool._idle
    os.kill(worker.pid, signal.SIGKILL)
    await worker._process.wait()
    assert (await pool.read(b"again", name="a.txt")).pages[0].text == "again"


async def test_a_file_that_never_ends_is_stopped_with_its_worker(tmp_path):
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    async with ReadingPool(workers=1, limits=ReadingLimits(seconds=0.01), grace=0.0) as pool:
        with pytest.raises(Unreadable) as caught:
            await pool.read(fifo, name="never")
        assert caught.value.code == "too_slow"
        assert not pool._idle


async def test_a_fault_of_the_reader_is_logged_with_its_place_and_costs_the_worker(caplog):
    async with ReadingPool(workers=1, limits=ReadingLimits(pages="no number")) as pool:
        with pytest.raises(Unreadable) as caught:
            await pool.read(b"private words", name="a.txt")
        assert not pool._idle
    assert caught.value.code == "crashed"
    assert "TypeError at budget.py" in caplog.text
    assert "private" not in caplog.text


async def test_a_cancelled_read_stops_its_worker_and_frees_its_place(tmp_path):
    fifo = tmp_path / "never"
    os.mkfifo(fifo)
    async with ReadingPool(workers=1) as pool:
        reading = asyncio.create_task(pool.read(fifo, name="never"))
        while not pool._busy:
            await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert (await pool.read(b"next", name="a.txt")).pages[0].text == "next"


async def test_a_file_that_needs_too_much_memory_costs_a_refusal():
    page = b"<html><body>" + b"<p>x" * 4_000_000
    async with ReadingPool(workers=1, memory=400_000_000) as pool:
        with pytest.raises(Unreadable) as caught:
            await pool.read(page, name="a.html")
        assert caught.value.code == "crashed"
        assert (await pool.read(b"next", name="a.txt")).pages[0].text == "next"


async def test_a_worker_is_replaced_after_many_files(monkeypatch):
    monkeypatch.setattr(pool_module, "_MOST_FILES", 2)
    async with ReadingPool(workers=1) as pool:
        await pool.read(b"one", name="a.txt")
        (worker,) = pool._idle
        await pool.read(b"two", name="a.txt")
        assert not pool._idle
        assert not worker.alive


async def test_a_worker_sees_none_of_the_environments_secrets(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very secret")
    async with ReadingPool(workers=1) as pool:
        await pool.read(b"one", name="a.txt")
        (worker,) = pool._idle
        assert b"very secret" not in Path(f"/proc/{worker.pid}/environ").read_bytes()


async def test_a_folder_named_tools_where_the_caller_stands_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    async with ReadingPool(workers=1) as pool:
        assert (await pool.read(b"safe", name="a.txt")).pages[0].text == "safe"


async def test_closing_ends_every_process():
    pool = ReadingPool(workers=1)
    await pool.read(b"one", name="a.txt")
    (worker,) = pool._idle
    await pool.close()
    assert not worker.alive
