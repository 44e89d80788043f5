"""``switchboard chat``: the terminal channel, for people and, with ``--once``, for scripts."""

import argparse
import asyncio
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from switchboard.commands import identity, running, texts
from switchboard.commands.context import Context
from switchboard.errors import BadInput

if TYPE_CHECKING:
    from switchboard.plugins import Setup

_LONGEST_INPUT = 4_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--once", metavar="QUESTION", help="ask this, print the reply, leave; - reads standard input")
    parser.add_argument("--attach", metavar="FILE", action="append", default=[], help="a file to ask about; repeatable")
    parser.add_argument("--json", action="store_true", help="with --once: print events and reply as JSON lines")
    parser.add_argument("--conversation", metavar="NAME", default="", help="go on with this conversation, or begin it")
    parser.add_argument("--new", action="store_true", help="start a new conversation, not the newest")
    identity.add_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Chat until the person leaves, or ask once."""
    if args.once is None and (args.attach or args.json):
        raise BadInput(texts.INTERACTIVE_ONLY)
    if args.conversation and args.new:
        raise BadInput(texts.ONE_OR_NEW)
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    if args.once == "-":
        args.once = _question()

    from switchboard.plugins import Setup

    setup = Setup(context.settings())
    return asyncio.run(_once(args, setup) if args.once is not None else _chat(args, setup))


def _question() -> str:
    text = sys.stdin.read(_LONGEST_INPUT + 1)
    if len(text) > _LONGEST_INPUT:
        raise BadInput(texts.QUESTION_TOO_LONG, status=413)
    return text


async def _once(args: argparse.Namespace, setup: "Setup") -> int:
    from channels.terminal.console import stderr_console
    from channels.terminal.once import Ask, once
    from channels.terminal.opened import Opened

    principal = identity.principal(args)
    ask = Ask(text=args.once, files=args.attach, thread=args.conversation, json=args.json)
    async with running.assistant(setup, works=True) as assistant:
        return await once(
            ask,
            assistant=assistant,
            channel=setup.channel("terminal"),
            principal=principal,
            aside=stderr_console(),
            opened=Opened(setup.settings.data_dir / "opened"),
            upload_limit=setup.settings.limits.upload_bytes,
        )


async def _chat(args: argparse.Namespace, setup: "Setup") -> int:
    from channels.terminal.chat import Chat
    from channels.terminal.console import stderr_console
    from channels.terminal.opened import Opened
    from channels.terminal.prompts import for_streams
    from channels.terminal.slash import meanings

    principal = identity.principal(args)
    channel = setup.channel("terminal")
    folder = setup.settings.data_dir
    async with running.assistant(setup, works=True) as assistant:
        chat = Chat(
            assistant=assistant,
            channel=channel,
            principal=principal,
            aside=channel.console if channel.console.is_terminal else stderr_console(),
            opened=Opened(folder / "opened"),
            upload_limit=setup.settings.limits.upload_bytes,
        )
        prompt = for_streams(history=folder / "terminal" / "history", commands=meanings())
        return await chat.run(prompt, thread=args.conversation, new=args.new)
