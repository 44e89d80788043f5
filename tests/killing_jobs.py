"""Workers in processes of their own that do jobs on one store and are killed at random, and the proof after it.

A job takes a few steps. Each is noted in a log, with the process that did it, and is saved when it is done: a step may
be done again only if the process that did it was killed before it was saved.
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from agent.assistant import SwitchboardAssistant
from stores.job_queue import StoreJobQueue
from stores.sqlite import SqliteConversationStore, SqliteJobStore
from switchboard.jobs import JobContext, JobKind
from switchboard.reply import Reply
from switchboard.settings import load
from switchboard.storage import Job
from switchboard.testing.running import running, said
from switchboard.testing.samples import a_conversation
from tests.forks import FORKS

WORKERS, STEPS = 3, 4
PATIENCE = 60.0
"""Seconds without a word after which something is stuck."""
SETTINGS = {
    "SWITCHBOARD_TURN__LEASE_SECONDS": "3",
    "SWITCHBOARD_TURN__ATTEMPTS": "20",
    "SWITCHBOARD_JOBS__LEASE_SECONDS": "3",
    "SWITCHBOARD_JOBS__ATTEMPTS": "20",
    "SWITCHBOARD_JOBS__PARALLEL": "4",
    "SWITCHBOARD_JOBS__POLL_SECONDS": "0.05",
}


def stores(file: Path) -> dict[str, object]:
    """Conversations and jobs in one file."""
    jobs = SqliteJobStore(file)
    return {
        "conversations": SqliteConversationStore(file),
        "jobs": jobs,
        "job_queue": StoreJobQueue(jobs, poll_seconds=0.05),
    }


async def begin(file: Path, count: int, rooms: int) -> list[Job]:
    """Write jobs that wait, going round the rooms."""
    async with running([], given={**stores(file), "job_kinds": []}, settings=load(None, SETTINGS)) as assistant:
        return [
            await assistant.working.orders.begin(
                said("Go", id=f"m{number}", conversation=a_conversation(f"{number % rooms}", tenant="local")),
                "steps",
                {},
            )
            for number in range(count)
        ]


def kill_at_random(file: Path, log: Path, names: Sequence[str], *, kills: int, seed: int) -> set[int]:
    """Let workers do the jobs, and kill one after so many attempts, a random number, were begun or have ended.

    Returns:
        The numbers of the processes that were killed.
    """
    random, killed = Random(seed), set[int]()
    moments = set(random.sample(range(1, 2 * len(names) - WORKERS), kills))
    crew = [_begin(file, log, names) for _ in range(WORKERS)]
    heard = 0
    try:
        while lines := {line: number for number, (_, line) in enumerate(crew) if not line.closed}:
            ready = wait(list(lines), timeout=PATIENCE)
            assert ready, "no worker says anything any more"
            line = next(line for line in lines if line in ready)
            process = crew[lines[line]][0]
            try:
                line.recv()
            except EOFError:
                process.join()
                assert process.exitcode == 0
                line.close()
                continue
            heard += 1
            if heard in moments:
                number = random.choice(list(lines.values()))
                killed.add(_end(*crew[number]))
                crew[number] = _begin(file, log, names)
    finally:
        for process, line in crew:
            _end(process, line)
    assert len(killed) == kills
    return killed


async def assert_each_done_and_told_once(file: Path, log: Path, jobs: Sequence[Job], killed: set[int]) -> None:
    """Nothing is lost, told twice or stuck; only over the killed was a step done again, and only the one in flight."""
    made = stores(file)
    async with running([], given={**made, "job_kinds": []}, settings=load(None, SETTINGS)) as assistant:
        kept = {job.id: job for job in await assistant.working.orders.jobs.list_jobs(limit=len(jobs) + 1)}
        rooms = {job.conversation.key: job.conversation for job in jobs}
        turns = [turn for room in rooms.values() for turn in await assistant.transcript(room, limit=len(jobs))]
    assert sorted(turn.message.job for turn in turns) == sorted(kept) == sorted(job.id for job in jobs)
    for turn in turns:
        job = kept[turn.message.job]
        assert (job.state, job.due_at, turn.message.conversation) == ("succeeded", 0.0, job.conversation)
        assert turn.reply is not None
        assert turn.reply.text == f"{STEPS} steps for {job.message_id}"
    done: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, step, process in map(str.split, log.read_text().splitlines()):
        done[name, step].append(int(process))
    assert set(done) == {(job.id, str(step)) for job in jobs for step in range(STEPS)}
    again = [(name, process) for (name, _), processes in done.items() for process in processes[:-1]]
    assert {process for _, process in again} <= killed
    assert len(again) == len(set(again)), "a killed process cost a job more than the step in flight"


def _begin(file: Path, log: Path, names: Sequence[str]) -> tuple[ForkServerProcess, Connection]:
    here, there = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_work, args=(file, log, tuple(names), there))
    process.start()
    there.close()
    return process, here


def _end(process: ForkServerProcess, line: Connection) -> int:
    process.kill()
    process.join()
    line.close()
    assert process.pid is not None
    return process.pid


def _work(file: Path, log: Path, names: Sequence[str], line: Connection) -> None:
    """What a worker does, until all jobs are told and no turn waits any more."""
    notes = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def steps(context: JobContext) -> Reply:
        done: list[int] = json.loads(context.job.saved or "[]")
        for step in range(len(done), STEPS):
            os.write(notes, f"{context.job.id} {step} {os.getpid()}\n".encode())  # whole, or not at all
            await asyncio.sleep(0.01)
            done.append(step)
            await context.progress("Stepping", done=len(done), total=STEPS, save=json.dumps(done))
        return Reply(text=f"{len(done)} steps for {context.job.message_id}", status="complete")

    async def is_over(assistant: SwitchboardAssistant) -> bool:
        kept = [await assistant.working.orders.jobs.get(name) for name in names]
        told = all(job is not None and job.ended and not job.due_at for job in kept)
        return told and not await made["conversations"].pending(tenant="local")  # type: ignore[attr-defined]

    async def work() -> None:
        given = {**made, "job_kinds": [JobKind(name="steps", function=steps)]}
        async with running([], given=given, settings=load(None, SETTINGS)) as assistant:
            assistant.working.hear = lambda job: line.send(job.id)
            await assistant.recover()
            assistant.work()
            while not await is_over(assistant):
                await asyncio.sleep(0.1)

    made = stores(file)
    asyncio.run(work())
