"""``switchboard conversations``: what is kept of whom, to look at, to take along, and to be forgotten."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from switchboard.commands import records, texts
from switchboard.commands.context import Context
from switchboard.errors import BadInput
from switchboard.identity import Conversation

if TYPE_CHECKING:
    from agent.forgetting import Forgetting, Forgotten
    from switchboard.plugins import Setup
    from switchboard.settings import Settings

_ALL = 1_000_000
"""Most conversations of one person."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what each action takes."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", description="List conversations, most recently used first.")
    listing.add_argument("--principal", metavar="ID", help="only those in which this person wrote")
    listing.add_argument("--limit", type=_count, default=100, metavar="N", help="at most so many (default: 100)")
    listing.add_argument("--json", action="store_true", help="print a JSON array")
    show = actions.add_parser("show", description="Print a conversation.")
    show.add_argument("keys", nargs=1, metavar="KEY", help="its key, as `switchboard conversations list` prints it")
    show.add_argument("--json", action="store_true", help="print what `switchboard conversations export` prints")
    show.set_defaults(principal=None)
    export = actions.add_parser("export", description="Print conversations whole, as JSON lines.")
    delete = actions.add_parser("delete", description="Forget conversations, with their files and jobs, for good.")
    for action in (export, delete):
        action.add_argument("keys", nargs="*", metavar="KEY", help="as `switchboard conversations list` prints them")
        action.add_argument("--principal", metavar="ID", help="all conversations in which this person wrote")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    delete.add_argument("--json", action="store_true", help="print a JSON object: what was there")


def run(args: argparse.Namespace, context: Context) -> int:
    """List, show, export or delete."""
    settings = context.settings()
    if args.action == "list":
        return asyncio.run(_list(args, settings))
    if bool(args.keys) == (args.principal is not None):
        raise BadInput(texts.KEYS_OR_PRINCIPAL)
    if args.action == "delete":
        return _delete(args, settings)
    return asyncio.run(_print(args, settings))


async def _list(args: argparse.Namespace, settings: "Settings") -> int:
    async with _places(settings) as places:
        found = await places.conversations.list_conversations(
            tenant=settings.tenant, principal=args.principal, limit=args.limit
        )
    if args.json:
        print(json.dumps([records.summary(one) for one in found], indent=2))
    else:
        print("\n".join(map(records.line, found)) or texts.NO_CONVERSATIONS)
    return 0


async def _print(args: argparse.Namespace, settings: "Settings") -> int:
    as_json = args.action == "export" or args.json
    async with _places(settings) as places:
        for conversation, turns in await _chosen(args, settings, places):
            if not turns:
                raise BadInput(texts.unknown_conversation(conversation.key), status=404)
            lines = records.exported(conversation, turns, places) if as_json else records.shown(conversation, places)
            async for line in lines:
                print(line)
    return 0


def _delete(args: argparse.Namespace, settings: "Settings") -> int:
    """Ask, which no event loop waits for, and forget."""
    if not args.yes and not sys.stdin.isatty():
        raise BadInput(texts.DELETE_NEEDS_YES)
    chosen = asyncio.run(_look(args, settings))
    if not chosen:
        print(texts.NO_CONVERSATIONS)
        return 0
    if not args.yes and not _agreed(texts.delete_question(len(chosen), sum(turns for _, turns in chosen))):
        print(texts.NOTHING_DELETED, file=sys.stderr)
        return 1
    results = asyncio.run(_forget([conversation for conversation, _ in chosen], settings))
    forgotten = {key: result for key, result in results.items() if result.anything}
    if forgotten:
        print(json.dumps(records.deletion(forgotten)) if args.json else texts.deleted(tuple(forgotten.values())))
    if unknown := [key for key in results if key not in forgotten]:
        raise BadInput(texts.unknown_conversation(unknown[0]), status=404)
    return 0


async def _look(args: argparse.Namespace, settings: "Settings") -> list[tuple[Conversation, int]]:
    async with _places(settings) as places:
        return await _chosen(args, settings, places)


async def _forget(conversations: Sequence[Conversation], settings: "Settings") -> dict[str, "Forgotten"]:
    """Forget them one by one; each is whole when it is done."""
    from agent.forgetting import forgetting

    results = {}
    async with _opened(settings) as setup:
        places = forgetting(setup)
        for conversation in conversations:
            results[conversation.key] = await places.forget(conversation)
    return results


async def _chosen(
    args: argparse.Namespace, settings: "Settings", places: "Forgetting"
) -> list[tuple[Conversation, int]]:
    """The conversations that are meant, each with its number of turns; 0 where it has no transcript.

    Raises:
        BadInput: A key is none, or is another tenant's.
    """
    if args.principal is not None:
        found = await places.conversations.list_conversations(
            tenant=settings.tenant, principal=args.principal, limit=_ALL
        )
        return [(summary.conversation, summary.turns) for summary in found]
    named = [Conversation.from_key(key) for key in dict.fromkeys(args.keys)]
    for conversation in named:
        if conversation.tenant != settings.tenant:
            raise BadInput(texts.unknown_conversation(conversation.key), status=404)
    return [(conversation, (await places.conversations.read(conversation)).inbox.turns) for conversation in named]


def _agreed(question: str) -> bool:
    print(question, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


@asynccontextmanager
async def _places(settings: "Settings") -> "AsyncIterator[Forgetting]":
    """All the places where something of a conversation is kept, closed afterwards."""
    from agent.forgetting import forgetting

    async with _opened(settings) as setup:
        yield forgetting(setup)


@asynccontextmanager
async def _opened(settings: "Settings") -> "AsyncIterator[Setup]":
    """The backends, which are closed afterwards."""
    from switchboard.plugins import Setup

    setup = Setup(settings)
    try:
        yield setup
    finally:
        for place in setup.made().values():
            await place.close()


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _ALL):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_ALL:,}")
    return int(text)
