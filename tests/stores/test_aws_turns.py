"""What turns of the whole assistant ask of the AWS stores, and that they are answered as on any other."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from agent.assistant import SwitchboardAssistant
from agent.forgetting import Forgetting, Forgotten
from stores.dynamodb import DynamoConversationStore, DynamoJobStore, Table
from stores.s3 import S3BlobStore
from switchboard.decorating import tool
from switchboard.limits import Receipt
from switchboard.settings import load
from switchboard.testing.channel import FakeChannel
from switchboard.testing.models import Call
from switchboard.testing.running import SOMEWHERE, ask, running, said
from switchboard.testing.samples import a_job
from switchboard.tools import ToolContext, ToolResult
from tests.agent.shared import until, upload
from tests.aws import World, a_world
from tools.reading import ReadingPool

MOST_REQUESTS = 4


@tool
async def look_up(context: ToolContext, *, query: str) -> ToolResult:
    """Look something up."""
    return ToolResult(text="Net sales rose by nine per cent.")


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


@asynccontextmanager
async def assistant_on(world: World, table: Table, turns: int, **options: Any) -> AsyncIterator[SwitchboardAssistant]:
    given = {
        "conversations": DynamoConversationStore(table),
        "jobs": DynamoJobStore(table),
        "blobs": S3BlobStore(world.client("s3"), world.bucket()),
    }
    script = [step for _ in range(turns) for step in (Call("look_up", query="sales"), "By nine per cent.")]
    # Events are stored and stops looked for while a turn runs: on a slow machine those are more requests of a turn.
    settings = load(None, {"SWITCHBOARD_TURN__FLUSH_SECONDS": "60", "SWITCHBOARD_TURN__STOP_SECONDS": "60"})
    async with running(script, tools=[look_up], given=given, settings=settings, **options) as assistant:
        yield assistant


async def test_a_turn_from_offer_to_receipt_takes_at_most_four_requests(world: World) -> None:
    async with assistant_on(world, world.table(), turns=12) as assistant:
        for number in range(12):
            world.requests.clear()
            message = said(f"How did sales develop in quarter {number}?")
            reply = await ask(assistant, message)
            assert reply.text == "By nine per cent."
            await assistant.confirm(message, Receipt(delivered=True, platform_id="1"))
            assert len(world.requests) <= MOST_REQUESTS, world.requests


async def test_a_turn_whose_reply_is_sent_takes_at_most_four_requests_too(world: World) -> None:
    channel = FakeChannel(name="test", push=True)
    async with assistant_on(world, world.table(), turns=4, channels={"test": channel}) as assistant:
        for number in range(4):
            world.requests.clear()
            message = replace(said(f"How did sales develop in quarter {number}?"), push=True)
            await ask(assistant, message)
            await until(lambda sent=number + 1: assistant.counts["delivered"] == sent)
            assert len(channel.sent) == number + 1
            assert len(world.requests) <= MOST_REQUESTS, world.requests
            assert (await assistant.transcript(SOMEWHERE))[-1].delivered


async def test_a_redelivered_message_takes_one_request_and_no_second_turn(world: World) -> None:
    async with assistant_on(world, world.table(), turns=1) as assistant:
        message = said("How did sales develop?")
        await ask(assistant, message)
        world.requests.clear()
        assert (await assistant.offer(message)).state == "done"
        assert world.requests == ["TransactGetItems"]


async def test_another_worker_goes_on_with_the_conversation(world: World) -> None:
    table = world.table()
    async with assistant_on(world, table, turns=1) as first:
        await ask(first, said("one"))
    other = Table(world.client("dynamodb"), table.name)
    async with assistant_on(world, other, turns=1) as second:
        await ask(second, said("two"))
        texts = [turn.message.text for turn in await second.transcript(SOMEWHERE)]
    assert texts == ["one", "two"]


async def test_nothing_of_a_forgotten_conversation_is_left_in_the_table_and_the_bucket(world: World) -> None:
    table, bucket = world.table(), world.bucket()
    blobs, jobs = S3BlobStore(world.client("s3"), bucket), DynamoJobStore(table)
    conversations = DynamoConversationStore(table)
    places = Forgetting(conversations=conversations, jobs=jobs, blobs=blobs, library=None, reader=ReadingPool())
    async with assistant_on(world, table, turns=1) as assistant:
        await ask(assistant, said("How did sales develop?"))
        await upload(blobs, b"a file")
        await jobs.create(a_job("j", conversation=SOMEWHERE))
        assert await places.forget(SOMEWHERE) == Forgotten(known=True, files=1, documents=0, jobs=1)
        assert not await places.conversations.list_conversations(tenant=SOMEWHERE.tenant)
    assert world.sdk("dynamodb").scan(TableName=table.name)["Items"] == []
    assert "Contents" not in world.sdk("s3").list_objects_v2(Bucket=bucket)
