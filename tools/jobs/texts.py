"""Everything that the tool for jobs says to people and models."""

import re
from collections.abc import Sequence

from switchboard.storage import Job

LOOK_FAILED = "I can't look that up just now. Please try again in a minute."
NONE = "Nothing is being worked on in this conversation, and nothing was. Ask for what you need, and I will begin."
NOT_THERE = "There is no such job in this conversation. Ask without a number, and I will say which there are."

LONGEST = 4_000
"""Characters of a result that are given again; the whole of it is a message of its own."""
_SHORT = 8
_MARKER = re.compile(r"\s?\[\d+\]")
_STATES = {
    "succeeded": "is done",
    "partial": "is done, but something is missing",
    "failed": "has failed",
    "cancelled": "was cancelled",
}


def listing(jobs: Sequence[Job]) -> str:
    """Where several jobs stand, newest first."""
    return "\n".join(f"- {state(job)}" for job in jobs)


def state(job: Job) -> str:
    """Where a job stands, in a sentence."""
    name = f"The {_line(job.kind.replace('_', ' '))} job {_line(job.id)[:_SHORT]}"
    if job.state == "queued":
        return f"{name} waits {'to be tried again' if job.attempts else 'for its turn'}{_progress(job)}."
    if job.state == "running":
        return f"{name} {'is being stopped' if job.cancelling else 'is under way'}{_progress(job)}."
    return f"{name} {_STATES[job.state]}."


def result(job: Job) -> str:
    """Where a job stands, and its result if there is one."""
    if job.result is None or not job.result.text:
        return state(job)
    text = _MARKER.sub("", job.result.text)
    more = "" if len(text) <= LONGEST else "\n\nThat is how it begins; the whole of it is in this conversation."
    return f"{state(job)}\n\n{text[:LONGEST]}{more}"


def _progress(job: Job) -> str:
    done, total = job.progress
    steps = f"{done:,} of {total:,}" if total else ""
    told = ", ".join(part for part in (_line(job.text), steps) if part)
    return f": {told}" if told else ""


def _line(text: str) -> str:
    """A text in one line: it may come from files."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split()).rstrip(".")
