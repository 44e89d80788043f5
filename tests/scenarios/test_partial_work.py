"""Long work that is done in part: what is missing is named, and what was paid for is kept."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from agent.assistant import SwitchboardAssistant
from stores.job_queue import StoreJobQueue
from stores.memory import MemoryJobStore
from switchboard import JobContext, Reply, ToolContext, ToolResult, Warning, job, tool
from switchboard.errors import BackendError
from switchboard.jobs import JobKind
from switchboard.reply import fold
from switchboard.storage import Job
from switchboard.testing.models import Call
from switchboard.testing.running import SOMEWHERE, ask, follow, running
from tests.agent.shared import Clock

PAGES = range(1, 11)


class Service:
    """A service that is paid for by the page, and throttles."""

    def __init__(self, throttled: Sequence[int] = (), failures: int = 0) -> None:
        self.paid: Counter[int] = Counter()
        self.throttled = throttled
        self.failures = failures

    async def read(self, page: int) -> str:
        if page in self.throttled:
            raise throttling("read")
        self.paid[page] += 1
        return f"text of {page}"

    async def write_up(self, found: dict[str, str]) -> str:
        if self.failures:
            self.failures -= 1
            raise throttling("write_up")
        return f"{len(found)} of {len(PAGES)} pages."


def throttling(operation: str) -> BackendError:
    return BackendError(service="reader", operation=operation, code="throttled", retryable=True)


@tool
async def read_all(context: ToolContext) -> ToolResult:
    """Read it all."""
    await context.start_job("read_all", {}, text="I am reading.")
    return ToolResult(text="I am reading.")


def reading_with(service: Service) -> JobKind:
    """A job that reads each page once, and writes up what there is."""

    @job(name="read_all")
    async def reading(context: JobContext) -> Reply:
        found: dict[str, str] = json.loads(context.job.saved or "{}")
        missing = []
        for page in PAGES:
            if f"{page}" not in found:
                try:
                    found[f"{page}"] = await service.read(page)
                except BackendError:
                    missing.append(f"{page}")
                await context.progress(done=len(found), total=len(PAGES), save=json.dumps(found))
        text = await service.write_up(found)
        warnings = (Warning(text=f"Not read: {', '.join(missing)}.", code="missing"),) if missing else ()
        return Reply(text=text, status="partial" if missing else "complete", warnings=warnings)

    return reading


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def at_work(clock: Clock, service: Service) -> AsyncIterator[SwitchboardAssistant]:
    """An assistant that begins the job when it is asked anything; its queue goes by the same clock."""
    jobs = MemoryJobStore()
    given = {"jobs": jobs, "job_queue": StoreJobQueue(jobs, clock=clock)}
    script = [Call("read_all"), "I am on it."]
    kinds = (reading_with(service),)
    async with running(script, tools=(read_all,), job_kinds=kinds, given=given, clock=clock) as assistant:
        yield assistant


async def worked(assistant: SwitchboardAssistant, clock: Clock) -> Job:
    """The job, after workers have seen to it for as long as there was something to do."""
    (found,) = await assistant.jobs(SOMEWHERE)
    while found.due_at:
        clock.now = max(clock.now, found.due_at) + 1
        await assistant.working.drain()
        (found,) = await assistant.jobs(SOMEWHERE)
    return found


async def test_work_whose_steps_failed_in_part_is_partial_and_names_what_is_missing(clock: Clock) -> None:
    """R31: chunks that were throttled out were left out, and the result was called a success."""
    async with at_work(clock, Service(throttled=(3, 6, 8))) as assistant:
        await ask(assistant, "Read it all.")
        assert (await worked(assistant, clock)).state == "partial"
        _, turn = await assistant.transcript(SOMEWHERE)
        told = fold(await follow(assistant, turn.message))
        assert (told.text, told.status) == ("7 of 10 pages.", "partial")
        assert [warning.text for warning in told.warnings] == ["Not read: 3, 6, 8."]


@pytest.mark.parametrize("failures", [1, 3], ids=["once", "until it is given up"])
async def test_what_was_paid_for_is_kept_when_the_last_step_fails(clock: Clock, failures: int) -> None:
    """R32: the last step overflowed, and all that the steps before it had made, and cost, was thrown away."""
    service = Service(failures=failures)
    async with at_work(clock, service) as assistant:
        await ask(assistant, "Read it all.")
        ended = await worked(assistant, clock)
        if ended.state == "failed":
            assert await assistant.working.orders.retry(ended.id)
            ended = await worked(assistant, clock)
        assert ended.state == "succeeded"
        assert ended.result is not None
        assert ended.result.text == "10 of 10 pages."
    assert service.paid == dict.fromkeys(PAGES, 1)
