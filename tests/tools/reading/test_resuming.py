"""Reading goes on where it stopped, whatever died: no page that was kept is read again."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from switchboard import BackendError, Unreadable
from tools.reading import ReadingPool, reading
from tools.reading.keeping import FILE, Kept

PAGES = 100
OWNER = "conversation:here"
ROOT = Path(__file__).resolve().parents[3]

READ = """
import asyncio, os, sys
from pathlib import Path
from tools.reading import ReadingPool, process
from tools.reading.keeping import Kept, KeptFile

log = os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
read, keep = process.Worker.read, KeptFile.keep

async def reading(self, indices, **named):
    async for piece in read(self, indices, **named):
        os.write(log, b"read %d\\n" % piece.index)
        yield piece

async def keeping(self, pieces):
    await keep(self, pieces)
    os.write(log, b"".join(b"kept %d\\n" % index for index in pieces))

process.Worker.read, KeptFile.keep = reading, keeping

async def main():
    async with ReadingPool(workers=2, kept=Kept(Path(sys.argv[2]))) as pool:
        document = await pool.read(Path(sys.argv[1]), name="report.pdf", owner="conversation:here")
        print(len(document.pages), sum(page.text == f"This is page {page.number} of it." for page in document.pages))

asyncio.run(main())
"""


@pytest.fixture
def pdf(make_pdf, tmp_path):
    path = tmp_path / "report.pdf"
    drawn = [lambda c, n=n: c.drawString(50, 700, f"This is page {n} of it.") for n in range(1, PAGES + 1)]
    path.write_bytes(make_pdf(*drawn))
    return path


async def _run(pdf: Path, folder: Path, *, kill_after: int | None) -> str:
    """Read in a process of its own; kill it once so many pages were read."""
    log = folder / "log"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", READ, str(pdf), str(folder / FILE), str(log), stdout=-1, cwd=ROOT
    )
    while kill_after is not None and process.returncode is None:
        if log.exists() and log.read_bytes().count(b"read") >= kill_after:
            process.send_signal(signal.SIGKILL)
            break
        await asyncio.sleep(0.002)
    out, _ = await process.communicate()
    return out.decode()


async def test_after_kills_at_any_moment_the_document_is_whole_and_no_kept_page_was_read_again(pdf, tmp_path):
    chance = random.Random(5)
    for _ in range(3):
        read = (tmp_path / "log").read_bytes().count(b"read") if (tmp_path / "log").exists() else 0
        await _run(pdf, tmp_path, kill_after=read + chance.randint(1, 25))
    assert await _run(pdf, tmp_path, kill_after=None) == f"{PAGES} {PAGES}\n"
    kept, again = set(), []
    for line in (tmp_path / "log").read_text().splitlines():
        what, page = line.split()
        if what == "kept":
            kept.add(page)
        elif page in kept:
            again.append(page)
    assert again == []
    assert len(kept) > 0.8 * PAGES  # but for what a kill hit between keeping it and saying so here


async def test_a_worker_that_is_killed_costs_no_page_and_none_is_read_twice(pdf, tmp_path, monkeypatch):
    done: Counter[int] = Counter()
    victims = []

    async def counted(self, read):
        done[read.index] += 1
        if len(done) in (10, 40) and len(victims) < len(done) // 10:
            victims.append(next(iter(pool._busy)))
            os.kill(victims[-1].pid, signal.SIGKILL)
        await original(self, read)

    original = reading.Reading._done
    monkeypatch.setattr(reading.Reading, "_done", counted)
    async with ReadingPool(workers=2, kept=Kept(tmp_path / FILE)) as pool:
        document = await pool.read(pdf, name="report.pdf", owner=OWNER)
    assert [page.text for page in document.pages] == [f"This is page {n} of it." for n in range(1, PAGES + 1)]
    assert len(victims) >= 2
    assert document.missing == ()
    assert set(done.values()) == {1}


async def test_a_page_over_which_every_worker_dies_is_left_out_and_told(pdf, monkeypatch):
    async def read(self, indices, *, patience):
        async for piece in original(self, [index for index in indices if index != 6], patience=patience):
            yield piece
        if 6 in indices:
            os.kill(self.pid, signal.SIGKILL)
            raise reading.Lost

    original = reading.Worker.read
    monkeypatch.setattr(reading, "_MOST_AT_ONCE", 1)
    monkeypatch.setattr(reading.Worker, "read", read)
    async with ReadingPool(workers=1) as pool:
        document = await pool.read(pdf, name="report.pdf")
    assert (len(document.pages), document.missing) == (PAGES, (7,))
    assert document.warnings == ("Page 7 could not be read and was left out",)


async def test_a_page_that_takes_for_ever_is_left_out_and_told(pdf, monkeypatch):
    async def read(self, indices, *, patience):
        if indices == [6]:
            raise TimeoutError
        async for piece in original(self, indices, patience=patience):
            yield piece

    original = reading.Worker.read
    monkeypatch.setattr(reading, "_MOST_AT_ONCE", 1)
    monkeypatch.setattr(reading.Worker, "read", read)
    async with ReadingPool(workers=1) as pool:
        document = await pool.read(pdf, name="report.pdf")
    assert document.warnings == ("Page 7 took too long to recognise and was left out",)


async def test_progress_is_told_for_each_page_and_while_nothing_happens(pdf, monkeypatch):
    monkeypatch.setattr(reading, "_TELL_SECONDS", 0.001)
    told = []
    async with ReadingPool(workers=1) as pool:
        await pool.read(pdf, name="report.pdf", progress=lambda done, total: told.append((done, total)))
    assert {done for done, _ in told} == set(range(PAGES + 1))
    assert {total for _, total in told} == {PAGES}
    assert told == sorted(told)


async def test_a_file_of_many_pages_is_read_by_all_workers_that_nobody_needs(pdf):
    async with ReadingPool(workers=2) as pool:
        await pool.read(pdf, name="report.pdf")
        assert len(pool._idle) == 2


async def test_a_file_that_changed_between_two_workers_is_told_as_changed(pdf, tmp_path, monkeypatch):
    async def take(self):
        worker = await original(self)
        if self._busy - {worker}:
            pdf.write_bytes(pdf.read_bytes() + b"\n")
        return worker

    original = ReadingPool.take
    monkeypatch.setattr(ReadingPool, "take", take)
    async with ReadingPool(workers=2) as pool:
        with pytest.raises(Unreadable) as caught:
            await pool.read(pdf, name="report.pdf")
    assert caught.value.code == "changed"


async def test_what_cannot_be_kept_is_read_all_the_same(pdf, tmp_path, monkeypatch, caplog):
    async def full(self, operation, work):
        raise BackendError(service="reading", operation=operation, code="full")

    monkeypatch.setattr(Kept, "write", full)
    async with ReadingPool(workers=1, kept=Kept(tmp_path / FILE)) as pool:
        assert len((await pool.read(pdf, name="report.pdf", owner=OWNER)).pages) == PAGES
    assert caplog.text.count("can't be kept") == 1
