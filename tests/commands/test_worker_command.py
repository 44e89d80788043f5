"""``switchboard worker``: what it takes, what it prints, and how it leaves."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.assistant import SwitchboardAssistant
from stores.job_queue import StoreJobQueue
from stores.queue import MemoryQueue
from stores.sqlite import SqliteConversationStore, SqliteJobStore
from switchboard.commands import running
from switchboard.commands.worker import _consuming
from switchboard.identity import MessageId
from switchboard.jobs import JobContext, job
from switchboard.plugins import Setup
from switchboard.reply import Reply
from switchboard.storage import Job
from switchboard.testing import running as testing
from switchboard.testing.channel import FakeChannel
from tests.commands.conftest import Run


@job(name="count")
async def count(context: JobContext) -> Reply:
    return Reply(text="1, 2, 3", status="complete")


@job(name="leave")
async def leave(context: JobContext) -> Reply:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.05)
    return Reply(text="Left.", status="complete")


class Shop:
    """A worker's stores, in files that stay when it has left."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.file = folder / "switchboard.sqlite"

    @asynccontextmanager
    async def open(self, setup: Setup, *, works: bool = False, **options: Any) -> AsyncIterator[SwitchboardAssistant]:
        jobs = SqliteJobStore(self.file)
        given: dict[str, Any] = {
            "conversations": SqliteConversationStore(self.file),
            "jobs": jobs,
            "job_queue": StoreJobQueue(jobs, poll_seconds=0.05),
            "job_kinds": [count, leave],
        }
        async with testing.running([], given=given, settings=setup.settings) as assistant:
            if works:
                assistant.work()
            yield assistant

    def begin(self, kind: str) -> Job:
        async def work() -> Job:
            async with self.open(Setup(testing.load(None, {}))) as assistant:
                return await assistant.working.orders.begin(testing.said("Do it", id="m0"), kind, {})

        return asyncio.run(work())

    def told(self, begun: Job) -> list[str]:
        """The texts of the replies by which a job's result was told."""

        async def work() -> list[str]:
            async with self.open(Setup(testing.load(None, {}))) as assistant:
                turns = await assistant.transcript(begun.conversation)
            return [turn.reply.text for turn in turns if turn.reply and turn.message.job == begun.id]

        return asyncio.run(work())


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = Shop(tmp_path / "data")
    monkeypatch.setattr(running, "assistant", made.open)
    return made


def test_once_does_what_is_due_and_leaves(run: Run, shop: Shop) -> None:
    begun = shop.begin("count")
    outcome = run("worker", "--once")
    assert outcome.code == 0
    begin, end = outcome.out.splitlines()
    assert begin.endswith(f"{begun.id}  count  running, attempt 1")
    assert end.endswith(f"{begun.id}  count  succeeded, attempt 1")
    assert shop.told(begun) == ["1, 2, 3"]


def test_once_leaves_at_once_when_nothing_is_due(run: Run, shop: Shop) -> None:
    assert run("worker", "--once").out == ""


def test_a_worker_that_is_told_to_stop_lets_what_soon_ends_end_and_be_told(run: Run, shop: Shop) -> None:
    begun = shop.begin("leave")
    outcome = run("worker")
    assert outcome.code == 0
    assert outcome.out.startswith("Working on jobs of these kinds: count, leave, turn.")
    assert "succeeded" in outcome.out
    assert shop.told(begun) == ["Left."]
    assert begun.message_id == MessageId("m0")


async def test_a_worker_answers_what_is_in_the_message_queue_and_sends_the_replies() -> None:
    queue, channel = MemoryQueue(), FakeChannel(push=True)
    settings = testing.load(None, {"SWITCHBOARD_BACKENDS__MESSAGE_QUEUE": "memory"})
    setup = Setup(settings, given={"message_queue": queue})
    message = replace(testing.said("q"), push=True)
    async with (
        testing.running(["answer"], channels={"test": channel}, works=True) as assistant,
        _consuming(setup, assistant, {"test": channel}),
    ):
        await queue.send(message)
        async with asyncio.timeout(10):
            while not (turns := await assistant.transcript(message.conversation)) or not turns[0].delivered:
                await asyncio.sleep(0.01)
        assert [turn.reply.text for turn in turns if turn.reply] == ["answer"]
        assert channel.sent == [(message.conversation, ("answer",))]
    assert await queue.receive() == []
