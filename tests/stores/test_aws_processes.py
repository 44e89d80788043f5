"""Workers on one DynamoDB table that are killed at random: every message is answered once, in order.

On ministack, as moto lives in one process.
"""

from functools import partial
from pathlib import Path

from stores.dynamodb import DynamoConversationStore
from tests.aws import REGION, a_world
from tests.killing import assert_each_answered_once, kill_at_random, names_of, on_dynamodb


async def test_workers_that_are_killed_at_random_answer_every_message_once(ministack: str, tmp_path: Path) -> None:
    log, names = tmp_path / "calls", names_of(messages=500, rooms=50)
    with a_world(ministack) as world:
        table = world.table()
        killed = kill_at_random(partial(on_dynamodb, ministack, REGION, table.name), names, kills=10, seed=4, log=log)
        store = DynamoConversationStore(table)
        await assert_each_answered_once(store, names, killed, log)
        await store.close()
