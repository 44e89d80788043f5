"""``switchboard outbox``: list, retry, discard, on a real store."""

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.inbox import changed
from stores.sqlite import SqliteConversationStore
from switchboard import Conversation
from switchboard.storage import Outgoing
from tests.agent.replies import a_room, entries, store_reply, turn_of

GONE = Conversation(tenant="local", channel="terminal", room="ann", thread="a/b")
SLOW = a_room("bob", channel="websocket")
HELD = a_room("kim", channel="websocket")
STRANGE = a_room("eve", channel="pager")
DEAD = {"attempts": 3, "why": "channel_\x1b[31mnot_found", "dead": True}


async def put(store: SqliteConversationStore, where: Conversation, *outgoing: dict[str, Any]) -> None:
    """Store replies that have to be sent, and what became of them so far."""
    for number in range(len(outgoing)):
        await store_reply(store, where, f"m{number}", now=1000.0)
    inbox = (await store.read(where)).inbox
    known: tuple[Outgoing, ...] = inbox.outbox
    after = tuple(replace(entry, **values) for entry, values in zip(known, outgoing, strict=True))
    assert await store.commit(where, changed(inbox, outbox=after))


async def fill(folder: Path) -> None:
    store = SqliteConversationStore(folder / "switchboard.sqlite")
    soon = time.time() + 3_600
    await put(store, GONE, DEAD, {})
    await put(store, SLOW, {"attempts": 2, "due_at": soon, "why": "busy"}, {})
    await put(store, HELD, {"attempts": 1, "due_at": soon + 1})
    await put(store, STRANGE, DEAD)
    await store.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which replies wait: of two channels that are installed, and of one that is not."""
    asyncio.run(fill(tmp_path / "data"))
    return tmp_path / "data"


def kept(folder: Path, where: Conversation) -> tuple[Outgoing, ...]:
    async def look() -> tuple[Outgoing, ...]:
        store = SqliteConversationStore(folder / "switchboard.sqlite")
        try:
            return await entries(store, where)
        finally:
            await store.close()

    return asyncio.run(look())


def test_an_empty_outbox_says_so(run: Any) -> None:
    assert run("outbox", "list").out == "Nothing waits to be sent.\n"
    assert json.loads(run("outbox", "list", "--json").out) == []


def test_the_list_says_what_became_of_each_reply_and_nothing_a_terminal_obeys(run: Any, data: Path) -> None:
    outcome = run("outbox", "list")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [GONE.key, SLOW.key, HELD.key]
    assert "dead letter after 3 attempts: channel_␛[31mnot_found" in lines[1]
    assert "0 attempts, next at " in lines[2]
    assert "2 attempts, next at " in lines[4]
    assert lines[4].endswith(": busy")
    assert "being sent, attempt 1" in lines[7]
    assert "\x1b" not in outcome.out


def test_the_list_can_be_of_one_channel_that_is_not_installed_any_more(run: Any, data: Path) -> None:
    (only,) = json.loads(run("outbox", "list", "--channel", "pager", "--json").out)
    assert (only["key"], only["channel"], only["state"]) == (STRANGE.key, "pager", "dead")
    assert (only["message_id"], only["attempts"]) == ("m0", 3)


def test_the_list_as_json_says_in_which_state_each_reply_is(run: Any, data: Path) -> None:
    found = json.loads(run("outbox", "list", "--json").out)
    assert [entry["state"] for entry in found] == ["dead", "waiting", "waiting", "waiting", "sending"]


def test_a_conversation_is_retried(run: Any, data: Path) -> None:
    outcome = run("outbox", "retry", GONE.key)
    assert (outcome.code, outcome.out) == (0, "1 reply is sent again as soon as a server of the channel runs.\n")
    first, second = kept(data, GONE)
    assert (first.dead, first.attempts) == (False, 3)
    assert first.due_at <= time.time()
    assert second.due_at == 1000.0


def test_everything_is_retried(run: Any, data: Path) -> None:
    assert run("outbox", "retry", "--all").out.startswith("2 replies are sent again")
    assert [entry.dead for entry in kept(data, STRANGE)] == [True]
    assert run("outbox", "retry", "--all", "--channel", "pager").out.startswith("1 reply is")
    assert [entry.dead for entry in kept(data, STRANGE)] == [False]


def test_where_nothing_failed_nothing_is_retried(run: Any) -> None:
    assert run("outbox", "retry", "--all").out == "Nothing has failed there.\n"
    assert run("outbox", "retry", GONE.key).out == "Nothing has failed there.\n"


@pytest.mark.parametrize(
    "arguments", [(), (GONE.key, "--all"), (GONE.key, "--channel", "terminal"), ("not a key",), ("other/terminal/a/",)]
)
def test_a_retry_needs_to_be_told_where(run: Any, data: Path, arguments: tuple[str, ...]) -> None:
    outcome = run("outbox", "retry", *arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert kept(data, GONE)[0].dead


def test_what_is_discarded_stays_in_the_transcript_as_not_delivered(run: Any, data: Path) -> None:
    outcome = run("outbox", "discard", GONE.key)
    assert outcome.out == "Discarded 2 replies. The transcript still has what they say.\n"
    assert kept(data, GONE) == ()
    assert len(kept(data, SLOW)) == 2
    assert run("outbox", "discard", GONE.key).out == "Nothing waits to be sent there.\n"

    async def look() -> bool:
        store = SqliteConversationStore(data / "switchboard.sqlite")
        turn = await turn_of(store, GONE, "m0")
        await store.close()
        return turn.delivered or turn.reply is None

    assert not asyncio.run(look())
