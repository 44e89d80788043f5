"""The rules by which jobs get done, as pure functions from a job as it is stored to the job to write.

    queued ──take──► running ──ended──► succeeded | partial | failed | cancelled ──told──► nothing more to do
      ▲  └─cancel──────┊────────────────────────────────────────► cancelled │
      │                ┊                                                    │
      ├── failed, but may pass; released                                    │
      └─────────────────────────── retry ◄──────────────────────────────────┘

The store writes a job only if it is still at the version that was read; otherwise the caller reads and asks again.
A job that is not at its end, or whose end the person has not been told, has a ``due_at``: after a crash between any two
writes it comes up again by itself. Whoever takes it gets the next fence, and one with an older fence writes nothing.
What a job has ``saved`` stays through everything, so that nothing is paid for twice.
"""

from dataclasses import replace

from agent import texts
from switchboard.assistant import JobNews
from switchboard.errors import Fenced
from switchboard.identity import MessageId
from switchboard.messages import Message
from switchboard.reply import Reply
from switchboard.storage import Job, JobState

FIRST_PAUSE = 2.0
"""Seconds after the first failure; doubled with each."""
LONGEST_PAUSE = 300.0

_ENDS: dict[str, JobState] = {
    "complete": "succeeded",
    "partial": "partial",
    "stopped": "cancelled",
    "failed": "failed",
}


def take(
    job: Job, *, now: float, lease_seconds: float, most_attempts: int, incident: str, skew: float = 0.0
) -> Job | None:
    """Begin an attempt; or take over the telling of an end, which a job may have come to by this very taking.

    Args:
        incident: Under which the log finds it, if it is given up.
        skew: Where clocks differ, how much longer the worker that holds it has before it counts as gone.

    Returns:
        The job to write, running or ended, and due no sooner than when the lease has run out. ``None`` if there is
        nothing to take now.
    """
    patience = skew if job.state == "running" else 0.0
    if not 0 < job.due_at <= now - patience:
        return None
    held_until = now + lease_seconds
    if job.ended:
        return _next(job, due_at=held_until)
    taken = replace(job, fence=job.fence + 1)
    if job.cancelling:
        return _end(taken, Reply(text=texts.JOB_CANCELLED, status="stopped"), held_until)
    if job.attempts >= most_attempts:
        gave_up = Reply(text=texts.job_gave_up(job.attempts, incident), status="failed", incident=incident)
        return _end(taken, gave_up, held_until)
    return _next(taken, state="running", attempts=job.attempts + 1, due_at=held_until)


def progressed(
    job: Job,
    fence: int,
    *,
    now: float,
    lease_seconds: float,
    text: str = "",
    progress: tuple[int, int] = (0, 0),
    saved: str | None = None,
) -> Job:
    """A sign of life, with what there is to tell and to keep; what is not given stays as it is.

    Raises:
        Fenced: Another worker has the job.
    """
    _hold(job, fence)
    return _next(
        job,
        due_at=now + lease_seconds,
        text=text or job.text,
        progress=job.progress if progress == (0, 0) else progress,
        saved=job.saved if saved is None else saved,
    )


def ended(job: Job, fence: int, result: Reply, *, now: float, lease_seconds: float = 0.0) -> Job:
    """The end, good or bad, as the result says. It is still due: the person has to be told.

    Args:
        lease_seconds: How long whoever ends it has for that, before another does it.

    Raises:
        Fenced: Another worker has the job.
    """
    _hold(job, fence)
    return _end(job, result, now + lease_seconds)


def failed(
    job: Job,
    fence: int,
    result: Reply,
    *,
    retryable: bool,
    most_attempts: int,
    now: float,
    jitter: float,
    lease_seconds: float = 0.0,
) -> Job:
    """Back into the queue if the failure may pass, later each time; otherwise, or after the last attempt, the end.

    Args:
        result: What the person is told if this is the end.
        jitter: Between 0 and 1, random, so that what failed together does not come again together.

    Raises:
        Fenced: Another worker has the job.
    """
    if job.cancelling or not retryable or job.attempts >= most_attempts:
        return ended(job, fence, result, now=now, lease_seconds=lease_seconds)
    _hold(job, fence)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (job.attempts - 1))
    return _next(job, state="queued", due_at=now + pause * (0.5 + jitter / 2))


def released(job: Job, fence: int, *, now: float) -> Job:
    """Given back unfinished, by a worker that has to leave: this attempt does not count.

    Raises:
        Fenced: Another worker has the job.
    """
    _hold(job, fence)
    return _next(job, state="queued", due_at=now, attempts=max(0, job.attempts - 1))


def cancel(job: Job, *, now: float) -> Job | None:
    """Ask for a job to stop: one that waits ends here, a running one is told. ``None`` if there is nothing to stop."""
    if job.ended or job.cancelling:
        return None
    if job.state == "running":
        return _next(job, cancelling=True)
    return _end(job, Reply(text=texts.JOB_CANCELLED, status="stopped"), now)


def retry(job: Job, *, now: float) -> Job | None:
    """Try a job once more that did not come to a good end, going on from what it kept. ``None`` if it did, or runs."""
    if job.state not in ("failed", "cancelled", "partial"):
        return None
    return _next(job, state="queued", due_at=now, attempts=0, result=None, cancelling=False, fence=job.fence + 1)


def told(job: Job) -> Job | None:
    """Note that the person has been told. ``None`` if that is noted, or there is nothing to tell."""
    return _next(job, due_at=0.0) if job.ended and job.due_at > 0 else None


def telling(job: Job, now: float) -> Message:
    """The message as whose reply the result of a job that has ended comes back.

    Its id is the same however often the end is told; the end after a `retry` has another, as the fence has grown.
    """
    return Message(
        id=_result_id(job),
        conversation=job.conversation,
        principal=job.principal,
        text="",
        reply_to=job.message_id,
        received_at=now,
        push=job.push,
        job=job.id,
    )


def news(job: Job) -> JobNews:
    """How far a job is, for whoever follows it."""
    done, total = job.progress
    result = _result_id(job) if job.ended and not job.due_at else None
    return JobNews(state=job.state, text=job.text, done=done, total=total, result=result)


def holds(job: Job | None, fence: int) -> bool:
    """Whether the attempt with this fence is the one that goes on."""
    return job is not None and job.state == "running" and job.fence == fence


def _result_id(job: Job) -> MessageId:
    return MessageId(f"job:{job.id}:{job.fence}")


def _hold(job: Job, fence: int) -> None:
    if not holds(job, fence):
        raise Fenced(operation="job")


def _end(job: Job, result: Reply, due_at: float) -> Job:
    return _next(job, state=_ENDS[result.status], result=result, due_at=due_at)


def _next(job: Job, **fields: object) -> Job:
    return replace(job, version=job.version + 1, **fields)  # type: ignore[arg-type]
