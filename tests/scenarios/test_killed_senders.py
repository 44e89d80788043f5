"""Senders on one SQLite file that are killed at random: the platform shows every reply once, in order."""

import asyncio
import fcntl
import time
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

import pytest

from agent.sending import Sending
from stores.sqlite import SqliteConversationStore
from switchboard import Conversation, Message, Receipt
from switchboard.testing.channel import DELIVERED, FakeChannel
from tests.agent.replies import a_room, entries, sending_settings, store_reply, turn_of
from tests.forks import FORKS

SENDERS, KILLS, REPLIES = 3, 8, 12
ROOMS = [a_room(f"room{number}") for number in range(10)]
SPEED = 30
"""How much faster the senders' clock runs, so that what a killed one held is free after one or two seconds."""


class Wall(FakeChannel):
    """A platform that is a file, so that it outlives who posts there; it takes a moment, in which one can be killed."""

    file: Path

    async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
        await asyncio.sleep(0.003)
        with self.file.open("a+") as wall:
            fcntl.flock(wall, fcntl.LOCK_EX)
            wall.seek(0)
            line = f"{message.conversation.room} {message.id}\n"
            if not (again and line in wall.readlines()):
                wall.write(line)
        await asyncio.sleep(0.003)
        return DELIVERED


def clock() -> float:
    """The time, by all senders and the test."""
    return time.time() * SPEED


def work(store: Path, wall: Path) -> None:
    """What a sender does until it is killed."""

    async def forever() -> None:
        channel = Wall()
        channel.file = wall
        sender = Sending(
            SqliteConversationStore(store), {"fake": channel}, sending_settings(parallel=4, send_seconds=5), clock=clock
        )
        sender.start()
        await asyncio.Event().wait()

    asyncio.run(forever())


def kill_at_random(store: Path, wall: Path, random: Random) -> None:
    """Let senders work, and kill one whenever the platform shows so many lines, a random number."""

    def start() -> ForkServerProcess:
        process = FORKS.Process(target=work, args=(store, wall), daemon=True)
        process.start()
        return process

    senders = [start() for _ in range(SENDERS)]
    moments = sorted(random.sample(range(1, len(ROOMS) * REPLIES), KILLS))
    give_up = time.monotonic() + 120
    try:
        while len(wall.read_text().splitlines()) < len(ROOMS) * REPLIES and time.monotonic() < give_up:
            if moments and len(wall.read_text().splitlines()) >= moments[0]:
                del moments[0]
                victim = random.randrange(SENDERS)
                senders[victim].kill()
                senders[victim].join()
                senders[victim] = start()
            time.sleep(0.002)
    finally:
        for sender in senders:
            sender.kill()
            sender.join()


async def finish(store: SqliteConversationStore, wall: Path) -> None:
    """Note what the last ones that were killed had no time to note."""
    channel = Wall()
    channel.file = wall
    sender = Sending(store, {"fake": channel}, sending_settings(), clock=lambda: clock() + 1_000)
    assert await sender.flush(20)
    await sender.close()


async def test_senders_that_are_killed_at_random_post_every_reply_once_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # a killed process has no time to report any
    file, wall = tmp_path / "switchboard.sqlite", tmp_path / "wall"
    wall.touch()
    store = SqliteConversationStore(file)
    for number in range(REPLIES):
        for room in ROOMS:
            await store_reply(store, room, f"{number}", now=clock())
    await asyncio.to_thread(kill_at_random, file, wall, Random(5))
    await finish(store, wall)
    lines = [line.split() for line in wall.read_text().splitlines()]
    for room in ROOMS:
        assert [name for where, name in lines if where == room.room] == [str(number) for number in range(REPLIES)]
        assert await undelivered(store, room) == []
    await store.close()


async def undelivered(store: SqliteConversationStore, room: Conversation) -> list[str]:
    """The replies without a receipt, by the outbox and by the transcript."""
    names = [str(number) for number in range(REPLIES)]
    waiting = [str(entry.message_id) for entry in await entries(store, room)]
    return waiting + [name for name in names if not (await turn_of(store, room, name)).delivered]
