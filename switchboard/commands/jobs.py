"""``switchboard jobs``: the work that goes on after its turn, to look at, to cancel, to try once more."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, get_args

from switchboard import wire
from switchboard.commands import records, texts
from switchboard.commands.context import Context
from switchboard.errors import BadInput
from switchboard.identity import Conversation
from switchboard.storage import Job, JobState

if TYPE_CHECKING:
    from agent.ordering import Orders
    from switchboard.settings import Settings

_ALL = 1_000_000
"""Most jobs that are looked through."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what each action takes."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", description="List jobs, newest first.")
    listing.add_argument("--conversation", metavar="KEY", help="only those that were begun in this conversation")
    states = ", ".join(get_args(JobState))
    listing.add_argument(
        "--state", action="append", choices=get_args(JobState), metavar="STATE", help=f"only this one: {states}"
    )
    listing.add_argument("--json", action="store_true", help="print a JSON array")
    show = actions.add_parser("show", description="Print a job and its result.")
    show.add_argument("--json", action="store_true", help="print all that is kept of it, as a JSON object")
    cancel = actions.add_parser("cancel", description="Have a job stop. What it has by then is kept.")
    retry = actions.add_parser("retry", description="Try a job once more, from what it kept.")
    for action in (show, cancel, retry):
        action.add_argument("id", metavar="ID", help="as `switchboard jobs list` prints it")


def run(args: argparse.Namespace, context: Context) -> int:
    """List, show, cancel or retry."""
    settings = context.settings()
    if args.action == "list":
        return asyncio.run(_list(args, settings))
    if args.action == "show":
        return asyncio.run(_show(args, settings))
    return asyncio.run(_order(args, settings))


async def _list(args: argparse.Namespace, settings: "Settings") -> int:
    conversation = Conversation.from_key(args.conversation) if args.conversation else None
    states: frozenset[JobState] | None = frozenset(args.state) if args.state else None
    async with _orders(settings) as orders:
        listed = await orders.jobs.list_jobs(conversation=conversation, states=states, limit=_ALL)
    found = [job for job in listed if job.conversation.tenant == settings.tenant]
    if args.json:
        print(json.dumps([_summary(job) for job in found], indent=2))
    else:
        print("\n".join(map(_line, found)) or texts.NO_JOBS)
    return 0


async def _show(args: argparse.Namespace, settings: "Settings") -> int:
    from channels.terminal.clean import clean

    async with _orders(settings) as orders:
        job = await _named(args.id, orders, settings)
    if args.json:
        print(json.dumps(wire.to_json(job), indent=2))
        return 0
    print(_line(job))
    if job.result is not None:
        sources = [f"[{citation.number}] {citation.title}" for citation in job.result.citations]
        warnings = [f"! {warning.text}" for warning in job.result.warnings]
        print("\n".join(f"    {line}" for line in clean("\n".join([job.result.text, *sources, *warnings])).split("\n")))
    return 0


async def _order(args: argparse.Namespace, settings: "Settings") -> int:
    """Cancel or retry."""
    async with _orders(settings) as orders:
        job = await _named(args.id, orders, settings)
        after = await (orders.cancel(job.id) if args.action == "cancel" else orders.retry(job.id))
    if after is None:
        raise BadInput(texts.job_can_not(args.action, job), status=409)
    print(texts.job_ordered(after))
    return 0


async def _named(job_id: str, orders: "Orders", settings: "Settings") -> Job:
    """The job that is meant.

    Raises:
        BadInput: There is none of that id, or it is another tenant's.
    """
    job = await orders.jobs.get(job_id)
    if job is None or job.conversation.tenant != settings.tenant:
        raise BadInput(texts.unknown_job(job_id), status=404)
    return job


def _summary(job: Job) -> dict[str, Any]:
    """A job in the JSON list, without what it works with and on."""
    kept = ("id", "kind", "state", "progress", "text", "attempts", "cancelling", "created_at", "due_at")
    record = wire.to_json(job)
    return {"key": job.conversation.key, **{name: record[name] for name in kept}}


def _line(job: Job) -> str:
    """A job in the list for people."""
    from channels.terminal.clean import one_line

    told = one_line(job.text)[:60]
    words = [records.time(job.created_at), one_line(job.kind), texts.job_state(job), *([told] if told else [])]
    return f"{one_line(job.id)}  {job.conversation.key}\n    {'  '.join(words)}"


@asynccontextmanager
async def _orders(settings: "Settings") -> "AsyncIterator[Orders]":
    from agent.ordering import Orders
    from switchboard.plugins import Setup

    setup = Setup(settings)
    try:
        yield Orders(jobs=setup.backend("jobs"), queue=setup.backend("job_queue"))
    finally:
        for place in setup.made().values():
            await place.close()
