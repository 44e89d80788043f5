"""What the SQLite store costs beside raw transactions of the same bytes: ``python -m benchmarks.stores [rounds]``."""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from benchmarks._timing import HEADING, in_turns, line, p
from stores.sqlite import SqliteConversationStore
from stores.sqlite.rows import pack
from switchboard import wire
from switchboard.events import Delta, Event
from switchboard.identity import Conversation, MessageId
from switchboard.storage import Change
from switchboard.testing.samples import FULL_REPLY, a_change, a_conversation, a_message, a_turn

MEMORY = b"m" * 8_000
EVENTS: list[Event] = [Delta(text="Sales rose by nine per cent. ", seq=seq) for seq in range(1, 21)]


def changes(number: int, version: int) -> tuple[Change, Change]:
    """What a turn commits: the claim and the outcome, the second at ``version + 2``."""
    name = f"message-{number}"
    turn = a_turn(number, message=a_message(name, text="How did sales develop in the third quarter? " * 5))
    done = replace(turn, state="done", reply=FULL_REPLY)
    claim = a_change(version + 1, turn, answering=name, fence=number + 1)
    outcome = a_change(version + 2, done, fence=number + 1, memory=MEMORY)
    return claim, replace(outcome, forget_events=(MessageId(name),))


async def a_turns_writes(store: SqliteConversationStore, number: int, *, place: Conversation) -> None:
    """Claim a message and finish it."""
    for change in changes(number, 2 * number):
        if not await store.commit(place, change):
            raise RuntimeError("a change was lost")


class Floor:
    """The same bytes in transactions of bare ``sqlite3``, on the thread of the caller."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for setting in ("page_size = 8192", "journal_mode = WAL", "synchronous = FULL"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.execute("CREATE TABLE rows (name TEXT PRIMARY KEY, body BLOB)")

    def write(self, *rows: tuple[str, bytes]) -> None:
        """One transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?)", rows)
        self._connection.execute("COMMIT")

    async def a_turns_writes(self, number: int) -> None:
        """As ``a_turns_writes`` of the store."""
        for change in changes(number, 2 * number):
            rows = [("inbox", wire.dumps(change.inbox).encode()), (f"turn {number}", pack(change.turns[0]))]
            self.write(*rows, *([("memory", change.memory)] if change.memory else []))

    async def events(self, number: int) -> None:
        """Twenty events in one transaction."""
        self.write(*((f"event {number} {event.seq}", wire.dumps(event).encode()) for event in EVENTS))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


async def throughput(turn: Callable[[Conversation], Awaitable[None]], conversations: int) -> float:
    """Turns a second with as many conversations at once."""
    started = time.perf_counter()
    await asyncio.gather(*(turn(a_conversation(f"room {number}")) for number in range(conversations)))
    return conversations / (time.perf_counter() - started)


async def main(rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        store, floor = SqliteConversationStore(Path(folder) / "store"), Floor(Path(folder) / "floor")
        place, busy = a_conversation(), a_conversation("busy")
        await store.commit(busy, a_change(1, a_turn(), answering="m0"))

        async def events(number: int) -> None:
            shifted = [replace(event, seq=event.seq + 20 * number) for event in EVENTS]
            await store.append_events(busy, MessageId("m0"), 1, shifted)

        writes, floor_writes, logged, floor_logged, read = await in_turns(
            [
                lambda number: a_turns_writes(store, number, place=place),
                floor.a_turns_writes,
                events,
                floor.events,
                lambda number: store.read(place, MessageId(f"message-{number}")),
            ],
            rounds,
            warm_up=rounds // 10,
        )
        rate = await throughput(lambda conversation: a_turns_writes(store, 0, place=conversation), rounds)
        await store.close()
        floor.close()
    print(HEADING)
    print(line("claim and finish a turn (2 transactions)", writes))
    print(line("  the same bytes, raw", floor_writes))
    print(line("log 20 events (1 transaction)", logged))
    print(line("  the same bytes, raw", floor_logged))
    print(line("read a conversation and a turn", read))
    print(f"beyond the floor: {(p(writes, 50) - p(floor_writes, 50)) / 2:.2f} ms a commit (at most 0.5)")
    print(f"with {rounds} conversations at once: {rate:.0f} turns a second")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
