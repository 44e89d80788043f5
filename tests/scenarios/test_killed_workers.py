"""Four workers on one SQLite file that are killed at random: every message is answered once, in order."""

from functools import partial
from pathlib import Path

from stores.sqlite import SqliteConversationStore
from tests.killing import assert_each_answered_once, kill_at_random, names_of, on_sqlite


async def test_workers_that_are_killed_at_random_answer_every_message_once(tmp_path: Path) -> None:
    file, log, names = tmp_path / "switchboard.sqlite", tmp_path / "calls", names_of(messages=500, rooms=50)
    killed = kill_at_random(partial(on_sqlite, file), names, kills=10, seed=3, log=log)
    store = SqliteConversationStore(file)
    await assert_each_answered_once(store, names, killed, log)
    await store.close()
