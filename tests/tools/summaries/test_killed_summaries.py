"""A worker is killed at any moment of a summary of a hundred pages, and another goes on: nothing is paid for twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Collection
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

import pytest

from agent.ordering import Orders
from switchboard import Attachment, Job
from switchboard.testing.running import SOMEBODY, SOMEWHERE, said
from tests.long_files import report
from tests.tools.summaries.killed import Place, Till, begin, kept
from tools.retrieval.attached import attached_source
from tools.summaries.checkpoints import load
from tools.summaries.job import begin as begin_summary
from tools.summaries.making import Wish

PAGES = 100
WHILE_READING = 40
WHILE_ASKING = 2


async def begun(place: Place) -> Job:
    """A summary that waits to be written, of a report of so many pages."""

    async def data() -> AsyncIterator[bytes]:
        yield report(PAGES)

    parts = place.parts()
    blob = await parts["blobs"].put(data(), owner=SOMEWHERE.key, name="plan.pdf", limit=10_000_000)
    file = Attachment(name="plan.pdf", media_type="application/pdf", size=blob.size, digest=blob.digest)
    source = attached_source(file, conversation=SOMEWHERE, principal=SOMEBODY)
    orders = Orders(jobs=parts["jobs"], queue=parts["job_queue"])
    start = orders.starter(said("Summarise it"), ["summary"])
    started = await begin_summary(start, source, Wish(length="long"), model="loopback", text="Begun.")
    job = await parts["jobs"].get(started.job_id)
    assert job is not None
    return job  # type: ignore[no-any-return]


async def test_killed_workers_read_and_pay_for_nothing_again_that_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is killed while it reads; others while the model has up to four calls in hand, which may be made again."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # coverage of killed processes is not counted
    till = Till()
    moments = Random(11).sample(range(2, PAGES // 2), WHILE_ASKING)
    async with till.open() as address:
        place = Place(tmp_path, address)
        job = await begun(place)
        jobs = place.parts()["jobs"]
        reader = begin(place)
        while not place.log.exists() or len(place.log.read_bytes().splitlines()) < WHILE_READING:
            await asyncio.sleep(0.002)
        reader.kill()
        held: list[tuple[int, set[str]]] = []
        for _ in moments:
            process = begin(place)
            till.heard = partial(strike, process, moments)
            assert await ended(process) == -signal.SIGKILL
            saved = (await jobs.get(job.id)).saved
            held.append((len(till.asked), kept(await load(saved, place.parts()["blobs"], SOMEWHERE.key))))
        till.heard = lambda number: None
        assert await ended(begin(place)) == 0
        after = await jobs.get(job.id)
    assert (after.state, after.attempts) == ("succeeded", 2 + WHILE_ASKING)
    assert {citation.page for citation in after.result.citations} == set(range(1, PAGES + 1))
    assert read_again(place.log) == set()
    for asked_before, steps in held:
        assert steps
        assert steps.isdisjoint(till.asked[asked_before:]), "what was kept was paid for again"
    assert len(till.asked) - len(set(till.asked)) <= 4 * WHILE_ASKING
    assert "Calls that broke off when work was interrupted took up to" in after.result.text


async def ended(process: ForkServerProcess) -> int | None:
    """Wait for a worker's end. Returns how that came."""
    async with asyncio.timeout(60):
        await asyncio.to_thread(process.join)
    return process.exitcode


def strike(process: ForkServerProcess, moments: Collection[int], number: int) -> None:
    """Kill the process when the model hears of its call with such a number."""
    if number in moments and process.pid:
        os.kill(process.pid, signal.SIGKILL)


def read_again(log: Path) -> set[str]:
    """The pages that were read after they had been kept."""
    known, again = set[str](), set[str]()
    for what, page in map(str.split, log.read_text().splitlines()):
        (known if what == "kept" else again if page in known else set()).add(page)
    return again
