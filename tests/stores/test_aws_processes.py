"""Workers on one DynamoDB table that are killed at random: every message is answered once, in order.

Runs where ``SWITCHBOARD_TEST_MINISTACK`` names a server's address: moto lives in one process.
"""

from functools import partial
from pathlib import Path

import pytest

from stores.dynamodb import DynamoConversationStore
from tests.aws import MINISTACK, REGION, a_world
from tests.killing import assert_each_answered_once, kill_at_random, names_of, on_dynamodb

pytestmark = pytest.mark.skipif(not MINISTACK, reason="needs ministack: set SWITCHBOARD_TEST_MINISTACK to its address")


async def test_workers_that_are_killed_at_random_answer_every_message_once(tmp_path: Path) -> None:
    log, names = tmp_path / "calls", names_of(messages=150, rooms=10)
    with a_world() as world:
        table = world.table()
        killed = kill_at_random(partial(on_dynamodb, MINISTACK, REGION, table.name), names, kills=8, seed=4, log=log)
        store = DynamoConversationStore(table)
        await assert_each_answered_once(store, names, killed, log)
        await store.close()
