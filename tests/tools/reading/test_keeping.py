"""What was read is kept for its owners, within bounds, and is found by its bytes."""

import pytest

from switchboard import Unreadable
from tools.reading import ReadingLimits, ReadingPool, tesseract
from tools.reading.keeping import FILE, MOST_DAYS, Kept

HERE, THERE = "conversation:here", "conversation:there"


class Clock:
    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def kept(tmp_path, clock):
    kept = Kept(tmp_path / FILE, clock=clock)
    yield kept
    await kept.close()


@pytest.fixture
def pdf(make_pdf):
    return make_pdf(*(lambda c, n=n: c.drawString(50, 700, f"zyzzyva {n} is the word here") for n in (1, 2, 3)))


def _pool(kept, **limits):
    return ReadingPool(workers=1, kept=kept, limits=ReadingLimits(**limits))


async def _opened_files(pool):
    return sum(worker.files for worker in pool._idle)


async def test_a_file_that_was_read_is_not_read_again_whatever_it_is_called(kept, pdf):
    async with _pool(kept) as pool:
        first = await pool.read(pdf, name="first name.pdf", owner=HERE)
        told = []
        again = await pool.read(pdf, name="other_name.pdf", owner=HERE, progress=lambda *at: told.append(at))
        assert await _opened_files(pool) == 1
    assert (first.title, again.title, again.name) == ("first name", "other name", "other_name.pdf")
    assert again.pages == first.pages
    assert told == [(3, 3)]


async def test_without_an_owner_nothing_is_kept(kept, pdf, tmp_path):
    async with _pool(kept) as pool:
        await pool.read(pdf, name="a.pdf")
    assert not (tmp_path / FILE).exists()


async def test_what_is_read_in_no_time_is_not_kept(kept):
    async with _pool(kept) as pool:
        await pool.read(b"short", name="a.txt", owner=HERE)
        assert await pool.forget(HERE) == 0


async def test_the_same_bytes_under_another_ending_are_another_file(kept):
    body = "\n\f".join(f"# page {number}, a text" for number in range(3)).encode()
    async with _pool(kept) as pool:
        text = await pool.read(body, name="a.txt", owner=HERE)
        markdown = await pool.read(body, name="a.md", owner=HERE)
    assert text.media_type != markdown.media_type


async def test_other_limits_read_the_file_again(kept, pdf):
    async with _pool(kept) as pool:
        await pool.read(pdf, name="a.pdf", owner=HERE)
    kept_again = Kept(kept._path)
    async with _pool(kept_again, pages=2) as pool:
        with pytest.raises(Unreadable, match="at most 2"):
            await pool.read(pdf, name="a.pdf", owner=HERE)


async def test_a_page_that_was_not_recognised_for_want_of_an_engine_is_read_again_with_one(kept, pdf, monkeypatch):
    limits = ReadingLimits()
    monkeypatch.setattr(tesseract, "engine", lambda: None)
    without = await kept.file(pdf, name="a.pdf", limits=limits, owner=HERE)
    monkeypatch.undo()
    assert (await kept.file(pdf, name="a.pdf", limits=limits, owner=HERE)).key != without.key


async def test_what_only_one_owner_gave_is_forgotten_with_it_and_leaves_no_trace_on_the_disk(kept, pdf, tmp_path):
    async with _pool(kept) as pool:
        await pool.read(pdf, name="a.pdf", owner=HERE)
        assert await pool.forget(HERE) == 1
        assert await pool.forget(HERE) == 0
        key = (await kept.file(pdf, name="a.pdf", limits=pool.limits, owner=HERE)).key
        assert all(key not in path.read_bytes() for path in tmp_path.iterdir())


async def test_what_two_owners_gave_stays_for_the_other(kept, pdf):
    async with _pool(kept) as pool:
        await pool.read(pdf, name="a.pdf", owner=HERE)
        await pool.read(pdf, name="a.pdf", owner=THERE)
        assert await pool.forget(HERE) == 0
        await pool.read(pdf, name="a.pdf", owner=THERE)
        assert await _opened_files(pool) == 1
        assert await pool.forget(THERE) == 1


async def test_forgetting_makes_no_file_where_there_is_none(kept, tmp_path):
    assert await kept.forget(HERE) == 0
    assert not (tmp_path / FILE).exists()


async def test_what_was_not_used_for_long_goes_when_something_else_is_kept(kept, clock, pdf, make_pdf):
    async with _pool(kept) as pool:
        await pool.read(pdf, name="a.pdf", owner=HERE)
        clock.now += MOST_DAYS * 86_400 + 1
        await pool.read(make_pdf(*[lambda c: c.drawString(50, 700, "another one")] * 2), name="b.pdf", owner=THERE)
        assert await pool.forget(HERE) == 0


async def test_over_its_size_what_was_used_longest_ago_goes_first(tmp_path, clock, pdf):
    kept = Kept(tmp_path / FILE, clock=clock, most=250)
    files = [await kept.file(bytes([n]), name="a.pdf", limits=ReadingLimits(), owner=f"owner {n}") for n in range(3)]
    for number, file in enumerate(files):
        clock.now += 1
        await file.keep({0: bytes(range(100)), 1: bytes([number])})
    assert [len(await file.pieces()) for file in files] == [0, 2, 2]
    await kept.close()


async def test_a_damaged_file_of_what_is_kept_does_not_stop_the_reading(tmp_path, pdf, caplog):
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    async with _pool(Kept(tmp_path / FILE)) as pool:
        document = await pool.read(pdf, name="a.pdf", owner=HERE)
    assert len(document.pages) == 3
    assert caplog.text.count("can't be kept") == 1
