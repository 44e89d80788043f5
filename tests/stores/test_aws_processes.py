"""Workers on one DynamoDB table that are killed at random: every message is answered once, in order.

Runs where ``SWITCHBOARD_TEST_MINISTACK`` names a server's address: moto lives in one process.
"""

from collections.abc import Callable
from random import Random

import pytest

from stores.dynamodb import DynamoConversationStore
from tests.aws import MINISTACK, REGION, a_world
from tests.stores.conftest import Process

pytestmark = pytest.mark.skipif(not MINISTACK, reason="needs ministack: set SWITCHBOARD_TEST_MINISTACK to its address")

WORKERS = 4
ROOMS = 10
MESSAGES = 150
KILLS = 8
WORKER = """
from itertools import repeat
from stores.aws import AwsClient
from stores.dynamodb import DynamoConversationStore, DynamoJobStore, Table
from switchboard.settings import load
from switchboard.testing.models import ScriptedChatModel
from switchboard.testing.running import follow, running, said

endpoint, region, table, *assigned = sys.argv[1:]
settings = load(None, {"SWITCHBOARD_TURN__LEASE_SECONDS": "1", "SWITCHBOARD_TURN__ATTEMPTS": "20"})

async def main():
    kept = Table(AwsClient("dynamodb", region=region, endpoint=endpoint), table)
    given = {"conversations": DynamoConversationStore(kept), "jobs": DynamoJobStore(kept)}
    limit = asyncio.Semaphore(8)
    async with running(ScriptedChatModel(repeat("An answer.")), given=given, settings=settings) as assistant:
        await assistant.recover()

        async def answer(name):
            room, _, _ = name.partition(":")
            message = said(f"Question {name}", id=name, conversation=a_conversation(room, tenant="local"))
            async with limit:
                await assistant.offer(message)
                await follow(assistant, message)
            say(name)

        say("ready")
        sys.stdin.readline()
        await asyncio.gather(*map(answer, assigned))
"""


async def test_workers_that_are_killed_at_random_answer_every_message_once(start: Callable[..., Process]) -> None:
    random = Random(4)
    with a_world() as world:
        table = world.table()
        names = [f"{number % ROOMS}:{number}" for number in range(MESSAGES)]
        assigned: list[list[str]] = [[] for _ in range(WORKERS)]
        for name in names:  # a third of the messages are delivered to two workers
            for worker in random.sample(range(WORKERS), 2 if random.random() < 0.3 else 1):
                assigned[worker].append(name)

        def begin(worker: int) -> Process:
            process = start(WORKER, MINISTACK, REGION, table.name, *assigned[worker])
            process.go()
            return process

        processes = [begin(worker) for worker in range(WORKERS)]
        for _ in range(KILLS):
            worker = random.randrange(WORKERS)
            processes[worker].lines(random.randrange(1, 6))
            processes[worker].kill()
            processes[worker] = begin(worker)  # whatever it had not acknowledged is delivered again, and more
        said = [process.rest() for process in processes]
        assert [sorted(names) for names in said] == [sorted(names) for names in assigned]

        store = DynamoConversationStore(table)
        found = await store.list_conversations(tenant="local")
        turns = [turn for each in found for turn in await store.transcript(each.conversation, limit=MESSAGES)]
        assert sorted(turn.message.id for turn in turns) == sorted(names)
        assert all(turn.state == "done" and turn.reply and turn.reply.text == "An answer." for turn in turns)
        for each in found:
            transcript = await store.transcript(each.conversation, limit=MESSAGES)
            assert [turn.number for turn in transcript] == list(range(len(transcript)))
            finished = [turn.finished_at for turn in transcript]
            assert finished == sorted(finished)
        assert list(await store.pending(tenant="local")) == []
        await store.close()
