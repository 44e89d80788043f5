"""``switchboard outbox``: the replies that platforms have not taken yet, to look at, to send again, to give up."""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from switchboard import wire
from switchboard.commands import records, texts
from switchboard.commands.context import Context
from switchboard.errors import BadInput
from switchboard.identity import Conversation
from switchboard.storage import Outgoing

if TYPE_CHECKING:
    from agent.outboxes import Outboxes
    from switchboard.settings import Settings

_ALL = 1_000_000
"""Most conversations of one channel."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what each action takes."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", description="List the replies that wait to be sent, dead letters too.")
    listing.add_argument("--json", action="store_true", help="print a JSON array")
    retry = actions.add_parser("retry", description="Have replies that failed sent again, dead letters too.")
    retry.add_argument("key", nargs="?", metavar="KEY", help="a conversation, as `switchboard outbox list` prints it")
    retry.add_argument("--all", action="store_true", help="in all conversations")
    discard = actions.add_parser("discard", description="Send what waits in a conversation no more.")
    discard.add_argument("key", metavar="KEY", help="the conversation, as `switchboard outbox list` prints it")
    for action in (listing, retry):
        action.add_argument("--channel", metavar="NAME", help="only this channel, which need not be installed any more")


def run(args: argparse.Namespace, context: Context) -> int:
    """List, retry or discard."""
    settings = context.settings()
    if args.action == "list":
        return asyncio.run(_list(args, settings))
    if args.action == "retry" and (bool(args.key) == args.all or (args.key and args.channel)):
        raise BadInput(texts.KEY_OR_ALL)
    return asyncio.run(_retry(args, settings) if args.action == "retry" else _discard(args, settings))


async def _list(args: argparse.Namespace, settings: "Settings") -> int:
    async with _outboxes(settings) as outboxes:
        found = [(each, (await outboxes.conversations.read(each)).inbox.outbox) for each in await _all(args, outboxes)]
    now = time.time()
    if args.json:
        print(json.dumps([_record(each, entry, now) for each, entries in found for entry in entries], indent=2))
    else:
        print("\n".join(line for each, entries in found for line in _lines(each, entries, now)) or texts.EMPTY_OUTBOX)
    return 0


async def _retry(args: argparse.Namespace, settings: "Settings") -> int:
    async with _outboxes(settings) as outboxes:
        chosen = await _all(args, outboxes) if args.all else [_named(args.key, settings)]
        count = sum([await outboxes.retry(each) for each in chosen])
    print(texts.retried(count))
    return 0


async def _discard(args: argparse.Namespace, settings: "Settings") -> int:
    async with _outboxes(settings) as outboxes:
        count = await outboxes.discard(_named(args.key, settings))
    print(texts.discarded(count))
    return 0


async def _all(args: argparse.Namespace, outboxes: "Outboxes") -> list[Conversation]:
    """The conversations that hold something, of the channel that is meant or of all that are installed."""
    from switchboard.plugins import Setup

    settings = outboxes.settings
    installed = [plugin.name for plugin in Setup(settings).installed("switchboard.channels")]
    channels = [args.channel] if args.channel is not None else installed
    return [
        conversation
        for channel in channels
        for conversation in await outboxes.conversations.outgoing(tenant=settings.tenant, channel=channel, limit=_ALL)
    ]


def _named(key: str, settings: "Settings") -> Conversation:
    """The conversation of a key.

    Raises:
        BadInput: It is none, or another tenant's.
    """
    conversation = Conversation.from_key(key)
    if conversation.tenant != settings.tenant:
        raise BadInput(texts.unknown_conversation(key), status=404)
    return conversation


def _record(conversation: Conversation, entry: Outgoing, now: float) -> dict[str, object]:
    place = {"key": conversation.key, "channel": conversation.channel}
    return {**place, "state": _state(entry, now), **wire.to_json(entry)}


def _lines(conversation: Conversation, entries: Sequence[Outgoing], now: float) -> list[str]:
    """A conversation's replies for people."""
    from channels.terminal.clean import one_line

    def line(entry: Outgoing) -> str:
        when = records.time(entry.due_at)
        said = texts.waits(_state(entry, now), entry.attempts, when, one_line(entry.why))
        return f"    {records.time(entry.since)}  {said}"

    return [conversation.key, *map(line, entries)]


def _state(entry: Outgoing, now: float) -> str:
    from agent.outbox import being_sent

    return "dead" if entry.dead else "sending" if being_sent(entry, now) else "waiting"


@asynccontextmanager
async def _outboxes(settings: "Settings") -> "AsyncIterator[Outboxes]":
    """The outboxes of the store that the settings name, closed afterwards."""
    from agent.outboxes import Outboxes
    from switchboard.plugins import Setup

    store = Setup(settings).backend("conversations")
    try:
        yield Outboxes(conversations=store, settings=settings)
    finally:
        await store.close()
