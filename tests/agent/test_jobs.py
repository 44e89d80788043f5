"""The rules of jobs, one at a time; ``test_job_schedules`` plays them against each other."""

from dataclasses import replace

import pytest

from agent import jobs
from switchboard.errors import Fenced
from switchboard.events import ReplyStatus
from switchboard.reply import Reply
from switchboard.storage import Job, JobState
from switchboard.testing.samples import FULL_REPLY, a_job

NEW = replace(a_job(created_at=100.0), due_at=100.0, version=1)
RESULT = Reply(text="Done.", status="complete")
FAILED = Reply(text="That failed.", status="failed", incident="1234")


def take(job: Job, *, now: float = 100.0, most_attempts: int = 3, skew: float = 0.0) -> Job | None:
    return jobs.take(job, now=now, lease_seconds=60.0, most_attempts=most_attempts, incident="feed", skew=skew)


def taken(job: Job = NEW, *, now: float = 100.0) -> Job:
    job_taken = take(job, now=now)
    assert job_taken is not None
    return job_taken


def fail(job: Job, *, retryable: bool = True, jitter: float = 1.0, most_attempts: int = 3) -> Job:
    return jobs.failed(
        job, job.fence, FAILED, retryable=retryable, most_attempts=most_attempts, now=100.0, jitter=jitter
    )


def test_a_job_that_is_due_is_taken() -> None:
    assert taken() == replace(NEW, state="running", attempts=1, fence=1, due_at=160.0, version=2)


@pytest.mark.parametrize("due_at", [0.0, 100.1, 1e9])
def test_a_job_that_is_not_due_is_not_taken(due_at: float) -> None:
    assert take(replace(NEW, due_at=due_at)) is None


def test_a_job_whose_worker_is_gone_is_taken_under_the_next_fence() -> None:
    assert take(taken(), now=159.9) is None
    again = take(taken(), now=160.0)
    assert again is not None
    assert (again.fence, again.attempts, again.due_at) == (2, 2, 220.0)


def test_where_clocks_differ_a_running_job_is_left_alone_for_so_much_longer() -> None:
    assert take(taken(), now=189.9, skew=30.0) is None
    assert take(taken(), now=190.0, skew=30.0) is not None
    assert take(NEW, now=100.0, skew=30.0) is not None


def test_a_job_that_had_all_its_attempts_fails_in_sight() -> None:
    over = take(replace(taken(), attempts=3), now=200.0)
    assert over is not None
    assert (over.state, over.attempts, over.due_at) == ("failed", 3, 260.0)
    assert over.result is not None
    assert (over.result.status, over.result.incident) == ("failed", "feed")
    assert "3 times" in over.result.text
    assert "feed" in over.result.text


def test_a_job_that_was_cancelled_while_its_worker_died_ends_cancelled() -> None:
    over = take(replace(taken(), cancelling=True), now=200.0)
    assert over is not None
    assert (over.state, over.fence) == ("cancelled", 2)
    assert over.result is not None
    assert over.result.status == "stopped"


def test_an_end_that_was_not_told_is_taken_to_be_told() -> None:
    ended = jobs.ended(taken(), 1, RESULT, now=110.0)
    assert take(ended, now=110.0) == replace(ended, due_at=170.0, version=ended.version + 1)


def test_progress_changes_what_is_given_and_renews_the_lease() -> None:
    job = jobs.progressed(taken(), 1, now=120.0, lease_seconds=60.0, text="Page 1", progress=(1, 3), saved="[1]")
    assert job == replace(taken(), text="Page 1", progress=(1, 3), saved="[1]", due_at=180.0, version=3)
    assert jobs.progressed(job, 1, now=130.0, lease_seconds=60.0) == replace(job, due_at=190.0, version=4)


@pytest.mark.parametrize(
    ("status", "state"),
    [("complete", "succeeded"), ("partial", "partial"), ("failed", "failed"), ("stopped", "cancelled")],
)
def test_a_job_ends_as_its_result_says_and_stays_due_until_it_is_told(status: ReplyStatus, state: JobState) -> None:
    result = replace(FULL_REPLY, status=status)
    job = jobs.ended(taken(), 1, result, now=110.0, lease_seconds=60.0)
    assert (job.state, job.result, job.due_at) == (state, result, 170.0)
    assert job.ended
    over = jobs.told(job)
    assert over == replace(job, due_at=0.0, version=job.version + 1)
    assert jobs.told(over) is None


def test_nothing_is_told_of_a_job_that_goes_on() -> None:
    assert jobs.told(taken()) is None


def test_a_failure_that_may_pass_comes_again_later_each_time() -> None:
    pauses = [fail(replace(taken(), attempts=attempts), most_attempts=20).due_at - 100.0 for attempts in (1, 2, 3, 12)]
    assert pauses == [2.0, 4.0, 8.0, 300.0]
    assert fail(taken(), jitter=0.0).due_at == 101.0
    assert fail(taken()).state == "queued"


def test_what_was_saved_stays_when_a_job_fails_is_cancelled_and_is_tried_again() -> None:
    job = replace(taken(), saved="[1]")
    for over in (fail(job), fail(job, retryable=False), jobs.released(job, 1, now=101.0)):
        assert over.saved == "[1]"
    again = jobs.retry(fail(job, retryable=False), now=200.0)
    assert again is not None
    assert again.saved == "[1]"


@pytest.mark.parametrize("job", [replace(taken(), attempts=3), replace(taken(), cancelling=True)])
def test_the_last_failure_is_the_end(job: Job) -> None:
    assert fail(job).state == "failed"
    assert fail(job).result == FAILED


def test_a_failure_that_will_not_pass_is_the_end_at_once() -> None:
    assert fail(taken(), retryable=False).state == "failed"


def test_an_attempt_that_is_given_back_does_not_count() -> None:
    job = jobs.released(taken(), 1, now=101.0)
    assert (job.state, job.attempts, job.due_at) == ("queued", 0, 101.0)
    assert job.fence == 1


def test_a_worker_that_lost_the_job_writes_nothing() -> None:
    other = taken(taken(), now=160.0)
    with pytest.raises(Fenced):
        jobs.progressed(other, 1, now=161.0, lease_seconds=60.0)
    with pytest.raises(Fenced):
        jobs.ended(other, 1, RESULT, now=161.0)
    with pytest.raises(Fenced):
        jobs.released(other, 1, now=161.0)
    with pytest.raises(Fenced):
        jobs.failed(other, 1, FAILED, retryable=True, most_attempts=3, now=161.0, jitter=0.0)


def test_a_waiting_job_is_cancelled_at_once_and_the_person_told() -> None:
    job = jobs.cancel(NEW, now=105.0)
    assert job is not None
    assert (job.state, job.due_at) == ("cancelled", 105.0)
    assert job.result is not None


def test_a_running_job_is_asked_to_stop_once() -> None:
    job = jobs.cancel(taken(), now=105.0)
    assert job == replace(taken(), cancelling=True, version=3)
    assert jobs.cancel(job, now=106.0) is None


@pytest.mark.parametrize("state", ["succeeded", "partial", "failed", "cancelled"])
def test_a_job_that_has_ended_can_not_be_cancelled(state: JobState) -> None:
    assert jobs.cancel(replace(NEW, state=state), now=105.0) is None


@pytest.mark.parametrize("state", ["failed", "cancelled", "partial"])
def test_a_job_that_did_not_end_well_can_be_tried_once_more(state: JobState) -> None:
    job = jobs.retry(replace(NEW, state=state, attempts=3, result=FAILED, due_at=0.0, cancelling=True), now=200.0)
    assert job is not None
    assert (job.state, job.attempts, job.result, job.due_at, job.cancelling) == ("queued", 0, None, 200.0, False)


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_a_job_that_goes_on_or_ended_well_can_not_be_tried_again(state: JobState) -> None:
    assert jobs.retry(replace(NEW, state=state), now=200.0) is None


def test_the_result_comes_back_on_the_conversation_it_was_asked_on() -> None:
    message = jobs.telling(replace(taken(), push=True), 150.0)
    assert (message.conversation, message.principal, message.job) == (NEW.conversation, NEW.principal, NEW.id)
    assert (message.reply_to, message.push, message.text) == (NEW.message_id, True, "")


def test_the_same_end_is_told_under_one_id_and_another_end_under_another() -> None:
    failed = fail(taken(), retryable=False)
    retold = take(failed, now=failed.due_at)
    again = jobs.retry(failed, now=200.0)
    assert retold is not None
    assert again is not None
    cancelled = jobs.cancel(again, now=201.0)
    assert cancelled is not None
    assert jobs.telling(failed, 1.0).id == jobs.telling(retold, 2.0).id
    assert jobs.telling(cancelled, 1.0).id != jobs.telling(failed, 1.0).id
