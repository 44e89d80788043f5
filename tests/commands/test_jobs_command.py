"""``switchboard jobs``: what goes on, in a list, one by one, cancelled and tried again."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stores.sqlite import SqliteJobStore
from switchboard.identity import Conversation
from switchboard.storage import Job
from switchboard.testing.samples import FULL_REPLY, a_job
from tests.commands.conftest import Run

HERE = Conversation(tenant="local", channel="test", room="room")
Keep = Callable[..., list[Job]]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Keeps jobs, and gives back those with these ids as they are kept."""
    (tmp_path / "data").mkdir()

    async def work(jobs: tuple[Job, ...]) -> list[Job]:
        store = SqliteJobStore(tmp_path / "data" / "switchboard.sqlite")
        for job in jobs:
            await store.create(job)
        kept = [await store.get(job.id) for job in jobs]
        await store.close()
        return [job for job in kept if job is not None]

    return lambda *jobs: asyncio.run(work(jobs))


def job(name: str = "j0", **fields: object) -> Job:
    return replace(a_job(name, conversation=HERE), **fields)  # type: ignore[arg-type]


def test_jobs_are_listed_newest_first(run: Run, keep: Keep) -> None:
    keep(
        job("old", created_at=1.0), job("new", created_at=2.0, state="running", attempts=1, progress=(2, 3), text="Two")
    )
    outcome = run("jobs", "list")
    assert outcome.code == 0
    first, second, third, _ = outcome.out.splitlines()
    assert first == f"new  {HERE.key}"
    assert second.endswith("summarize  running 2/3, attempt 1  Two")
    assert third == f"old  {HERE.key}"


def test_without_jobs_the_list_says_so(run: Run) -> None:
    assert run("jobs", "list").out == "There are no jobs.\n"


def test_jobs_are_listed_by_conversation_and_state(run: Run, keep: Keep) -> None:
    elsewhere = replace(HERE, room="elsewhere")
    keep(
        job("a"), job("b", state="failed"), job("c", state="failed", conversation=elsewhere), job("d", state="partial")
    )
    listed = run("jobs", "list", "--conversation", HERE.key, "--state", "failed", "--state", "partial", "--json")
    assert [each["id"] for each in json.loads(listed.out)] == ["b", "d"]


def test_a_list_for_programs_holds_no_content(run: Run, keep: Keep) -> None:
    keep(job(result=FULL_REPLY, saved="secret", arguments='{"secret": 1}'))
    (listed,) = json.loads(run("jobs", "list", "--json").out)
    assert listed["key"] == HERE.key
    assert "secret" not in json.dumps(listed)
    assert "result" not in listed


def test_what_a_terminal_would_obey_is_not_printed(run: Run, keep: Keep) -> None:
    keep(job(text="\x1b[2Jgone", result=replace(FULL_REPLY, text="\x1b]0;title\x07text")))
    assert "\x1b" not in run("jobs", "list").out + run("jobs", "show", "j0").out


def test_a_job_is_shown_with_its_result(run: Run, keep: Keep) -> None:
    keep(job(state="partial", result=FULL_REPLY, due_at=5.0))
    out = run("jobs", "show", "j0").out
    assert "partial, not told yet" in out
    assert "    Hello [1]\n    [1] Report\n    ! Page 7 is blank.\n" in out
    assert json.loads(run("jobs", "show", "j0", "--json").out)["result"]["text"] == "Hello [1]"


@pytest.mark.parametrize("action", ["show", "cancel", "retry"])
def test_an_unknown_job_and_another_tenants_are_the_same_nothing(run: Run, keep: Keep, action: str) -> None:
    keep(job("theirs", conversation=replace(HERE, tenant="others")))
    for name in ("unknown", "theirs"):
        outcome = run("jobs", action, name)
        assert outcome.code == 2
        assert f"There is no job '{name}'." in outcome.err
    assert run("jobs", "list").out == "There are no jobs.\n"


def test_a_waiting_job_is_cancelled(run: Run, keep: Keep) -> None:
    keep(job(due_at=5.0))
    outcome = run("jobs", "cancel", "j0")
    assert outcome.out.startswith("Cancelled.")
    assert keep(job())[0].state == "cancelled"


def test_a_running_job_is_asked_to_stop_once(run: Run, keep: Keep) -> None:
    keep(job(state="running", due_at=5.0))
    assert run("jobs", "cancel", "j0").out == "It stops as soon as its worker hears of it.\n"
    assert keep(job())[0].cancelling
    assert "being cancelled already" in run("jobs", "cancel", "j0").err


def test_a_failed_job_is_tried_again(run: Run, keep: Keep) -> None:
    keep(job(state="failed", attempts=3, saved="[1]", result=FULL_REPLY))
    assert run("jobs", "retry", "j0").code == 0
    (kept,) = keep(job())
    assert (kept.state, kept.attempts, kept.saved) == ("queued", 0, "[1]")


@pytest.mark.parametrize(("action", "state"), [("cancel", "succeeded"), ("retry", "succeeded"), ("retry", "running")])
def test_what_does_not_fit_is_said(run: Run, keep: Keep, action: str, state: str) -> None:
    keep(job(state=state))
    outcome = run("jobs", action, "j0")
    assert outcome.code == 2
    assert f"That job is {state}; {action} is for one that" in outcome.err
