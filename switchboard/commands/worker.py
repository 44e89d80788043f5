"""``switchboard worker``: works on jobs until it is told to stop, and then gives back what it holds."""

import argparse
import asyncio
import signal
import time
from typing import TYPE_CHECKING

from switchboard.commands import running, texts
from switchboard.commands.context import Context

if TYPE_CHECKING:
    from switchboard.plugins import Setup
    from switchboard.storage import Job


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--once", action="store_true", help="do what is due now, then leave")


def run(args: argparse.Namespace, context: Context) -> int:
    """Work until Ctrl-C or SIGTERM, or until nothing is due."""
    from switchboard.plugins import Setup

    setup = Setup(context.settings())
    asyncio.run(_drain(setup) if args.once else _work(setup))
    return 0


async def _drain(setup: "Setup") -> None:
    async with running.assistant(setup) as assistant:
        assistant.working.hear = _tell
        await assistant.recover()
        await assistant.working.drain()


async def _work(setup: "Setup") -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with running.assistant(setup, works=True) as assistant:
        assistant.working.hear = _tell
        print(texts.working(sorted(assistant.working.kinds)), flush=True)
        await stop.wait()
        # Jobs that end while it leaves are still told: the assistant, which tells them, closes after the worker.
        await assistant.working.close()


def _tell(job: "Job") -> None:
    """One line for each beginning and each end."""
    print(texts.job_news(job, time.strftime("%H:%M:%S")), flush=True)
