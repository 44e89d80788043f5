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
from tests.tools.summaries.house import LineReader
from tests.tools.summaries.killed import Place, Till, begin, kept
from tools.retrieval.attached import attached_source
from tools.summaries.job import begin as begin_summary
from tools.summaries.making import Wish

PAGES = 100
KILLS = 3


def lines(folder: Path) -> LineReader:
    """A reader in the worker."""
    return LineReader()


async def begun(place: Place) -> Job:
    """A summary that waits to be written, of a document with a fact on each page."""

    async def data() -> AsyncIterator[bytes]:
        words = "Filler words that say nothing. " * 30
        yield "\n".join(f"Fact {page} is {page}00 EUR. {words}" for page in range(1, PAGES + 1)).encode()

    parts = place.parts()
    blob = await parts["blobs"].put(data(), owner=SOMEWHERE.key, name="plan.txt", limit=10_000_000)
    file = Attachment(name="plan.txt", media_type="text/plain", size=blob.size, digest=blob.digest)
    source = attached_source(file, conversation=SOMEWHERE, principal=SOMEBODY)
    orders = Orders(jobs=parts["jobs"], queue=parts["job_queue"])
    message = said("Summarise it")
    started = await begin_summary(orders.starter(message, ["summary"]), source, Wish(), model="loopback", text="Begun.")
    job = await parts["jobs"].get(started.job_id)
    assert job is not None
    return job  # type: ignore[no-any-return]


async def test_killed_workers_lose_nothing_and_pay_for_nothing_again_that_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is killed while the model has up to four calls in hand: these alone may be made again."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # coverage of killed processes is not counted
    till = Till()
    moments = Random(11).sample(range(2, PAGES), KILLS)
    async with till.open() as address:
        place = Place(tmp_path, address, lines)
        job = await begun(place)
        jobs = place.parts()["jobs"]
        held: list[tuple[int, set[str]]] = []
        for _ in range(KILLS):
            process = begin(place)
            till.heard = partial(strike, process, moments)
            async with asyncio.timeout(60):
                await asyncio.to_thread(process.join)
            assert process.exitcode == -signal.SIGKILL
            held.append((len(till.asked), kept((await jobs.get(job.id)).saved)))
        till.heard = lambda number: None
        process = begin(place)
        async with asyncio.timeout(60):
            await asyncio.to_thread(process.join)
        assert process.exitcode == 0
        ended = await jobs.get(job.id)
    assert (ended.state, ended.attempts) == ("succeeded", KILLS + 1)
    assert {citation.page for citation in ended.result.citations} == set(range(1, PAGES + 1))
    for asked_before, steps in held:
        assert steps.isdisjoint(till.asked[asked_before:]), "what was kept was paid for again"
    assert len(till.asked) - len(set(till.asked)) <= 4 * KILLS


def strike(process: ForkServerProcess, moments: Collection[int], number: int) -> None:
    """Kill the process when the model hears of its call with such a number."""
    if number in moments and process.pid:
        os.kill(process.pid, signal.SIGKILL)
