"""What a turn asks of DynamoDB beside LangGraph's own saver: ``python -m benchmarks.dynamodb [turns] [endpoint]``.

Requests and bytes are those of the SDK on the wire, both ways. Without an endpoint moto answers, in this process; times
are left out, as they would be moto's.
"""

import asyncio
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3
from langgraph_checkpoint_aws import DynamoDBSaver
from moto import mock_aws

from benchmarks._sides import ANSWER, QUESTION, a_model, bare_turn, look_up
from stores.aws import AwsClient
from stores.dynamodb import DynamoConversationStore, DynamoJobStore, Table, definition
from switchboard.identity import MessageId, Principal
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.testing.running import ask, running
from switchboard.testing.samples import a_conversation

REGION = "eu-west-1"
MOST = 4
EARLY = 10
Turn = Callable[[], Awaitable[None]]


@dataclass
class Traffic:
    """What went over the wire."""

    requests: int = 0
    size: int = 0

    def watch(self, events: Any) -> None:
        """Count what a client, or every client of a session, sends and receives."""
        events.register("before-send.dynamodb", self._sent)
        events.register("after-call.dynamodb", self._received)

    def _sent(self, request: Any, **_: Any) -> None:
        self.requests += 1
        self.size += len(request.body or b"")

    def _received(self, http_response: Any, **_: Any) -> None:
        self.size += len(http_response.content)


class WatchedClient(AwsClient):
    """Our client, counted."""

    def __init__(self, traffic: Traffic, endpoint: str) -> None:
        super().__init__("dynamodb", region=REGION, endpoint=endpoint)
        self._traffic = traffic

    def _made(self) -> Any:
        client = super()._made()
        self._traffic.watch(client.meta.events)
        return client


async def ours(endpoint: str, turns: int) -> list[Traffic]:
    """The traffic of each turn of the assistant, from the offer to the receipt."""
    table, traffic = f"table-{secrets.token_hex(4)}", Traffic()
    boto3.client("dynamodb", region_name=REGION, endpoint_url=endpoint or None).create_table(**definition(table))
    client = WatchedClient(traffic, endpoint)
    given = {
        "conversations": DynamoConversationStore(Table(client, table)),
        "jobs": DynamoJobStore(Table(client, table)),
    }
    numbers = count()
    async with running(a_model(), tools=[look_up], given=given) as assistant:

        async def turn() -> None:
            message = Message(
                id=MessageId(f"message-{next(numbers)}"),
                conversation=a_conversation(),
                principal=Principal(id="ann", verified=True),
                text=QUESTION,
            )
            reply = await ask(assistant, message)
            if reply.text != ANSWER.strip():
                raise RuntimeError(f"not the answer: {reply}")
            await assistant.confirm(message, Receipt(delivered=True))

        return await each(turn, traffic, turns)


async def savers(endpoint: str, turns: int, durability: Any) -> list[Traffic]:
    """The traffic of each turn of the bare graph on `DynamoDBSaver`."""
    table, traffic = f"table-{secrets.token_hex(4)}", Traffic()
    boto3.client("dynamodb", region_name=REGION, endpoint_url=endpoint or None).create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
    )
    session = boto3.session.Session(region_name=REGION)
    traffic.watch(session.events)
    saver = DynamoDBSaver(table, session=session, endpoint_url=endpoint or None)
    turn = bare_turn(saver, durability)
    return await each(lambda: turn("room"), traffic, turns)


async def each(turn: Turn, traffic: Traffic, turns: int) -> list[Traffic]:
    """Run turns and say what each moved."""
    found = []
    for _ in range(turns):
        before = Traffic(traffic.requests, traffic.size)
        await turn()
        found.append(Traffic(traffic.requests - before.requests, traffic.size - before.size))
    return found


async def main(turns: int, endpoint: str) -> None:
    """Measure and print."""
    with ExitStack() as stack:
        if endpoint:
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                os.environ.setdefault(name, "benchmark")
        else:
            stack.enter_context(mock_aws())
        sides = {
            "a turn of the assistant, receipt included": await ours(endpoint, turns),
            "the bare graph, DynamoDBSaver as it comes": await savers(endpoint, turns, "async"),
            "the bare graph, DynamoDBSaver, exit": await savers(endpoint, turns, "exit"),
        }
    early = min(EARLY, turns)
    print(f"{'':<44} {f'turn {early}':>20} {f'turn {turns}':>20}")
    for name, found in sides.items():
        columns = [f"{at.requests:>3} requests {at.size / 1000:6.1f} kB" for at in (found[early - 1], found[-1])]
        print(f"{name:<44} {columns[0]:>20} {columns[1]:>20}")
    print(f"Requests of a turn of the assistant: at most {MOST} are promised.")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, sys.argv[2] if len(sys.argv) > 2 else ""))
