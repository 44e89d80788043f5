"""``switchboard worker``: answers what is queued and works on jobs until told to stop; gives back what it holds."""

import argparse
import asyncio
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from switchboard.commands import running, texts
from switchboard.commands.context import Context

if TYPE_CHECKING:
    from agent.assistant import SwitchboardAssistant
    from switchboard.channels import Channel
    from switchboard.plugins import Setup
    from switchboard.storage import Job

Channels: TypeAlias = "Mapping[str, Channel[Any, Any]]"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "--channel", metavar="NAME", action="append", default=[], help="send replies on this channel, too; repeatable"
    )
    parser.add_argument("--once", action="store_true", help="do what is due now, then leave")


def run(args: argparse.Namespace, context: Context) -> int:
    """Work until Ctrl-C or SIGTERM, or until nothing is due."""
    from switchboard.plugins import Setup

    setup = Setup(context.settings())
    channels = {name: setup.channel(name) for name in args.channel}
    asyncio.run(_drain(setup, channels) if args.once else _work(setup, channels))
    return 0


async def _drain(setup: "Setup", channels: "Channels") -> None:
    async with running.assistant(setup, channels=channels) as assistant:
        assistant.working.hear = _tell
        await assistant.recover()
        await assistant.working.drain()
        await assistant.sending.flush(setup.settings.outbox.send_seconds)


async def _work(setup: "Setup", channels: "Channels") -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with (
        running.assistant(setup, channels=channels, works=True, hands_over=True) as assistant,
        _consuming(setup, assistant, channels),
    ):
        assistant.working.hear = partial(_tell_and_show, assistant, channels)
        await assistant.recover()
        print(texts.working(sorted(assistant.working.kinds)), flush=True)
        await stop.wait()
        # Jobs that end while it leaves are still told: the assistant, which tells them, closes after the worker.
        await assistant.working.close()


@asynccontextmanager
async def _consuming(setup: "Setup", assistant: "SwitchboardAssistant", channels: "Channels") -> AsyncIterator[None]:
    """Meanwhile, messages are taken from the queue that the settings name, if they name one."""
    from agent.consuming import Consuming, leaving_early
    from agent.refusing import Refusing
    from agent.showing import Shown

    if not setup.settings.backends.message_queue:
        yield
        return
    consuming = Consuming(
        setup.backend("message_queue"),
        Shown(assistant, channels),
        refused=Refusing(channels),
        early=leaving_early(setup.settings),
    )
    consuming.start()
    try:
        yield
    finally:
        await consuming.close()


def _tell_and_show(assistant: "SwitchboardAssistant", channels: "Channels", job: "Job") -> None:
    from agent.showing import show_job

    _tell(job)
    show_job(assistant, channels, job)


def _tell(job: "Job") -> None:
    """One line for each beginning and each end."""
    print(texts.job_news(job, time.strftime("%H:%M:%S")), flush=True)
