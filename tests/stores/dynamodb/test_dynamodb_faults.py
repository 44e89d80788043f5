"""Lost answers, throttling, transactions that meet, and damage."""

from typing import Any

import pytest

from stores.dynamodb import DynamoConversationStore, Table
from switchboard.errors import BackendError
from switchboard.events import Delta
from switchboard.storage import Inbox, Snapshot
from switchboard.testing.samples import a_change, a_conversation, a_message, a_turn
from tests.aws import World
from tests.stores.dynamodb.shared import HERE, M0, Faulty, everything, noise


@pytest.mark.parametrize(
    ("change", "operation"), [(a_change(1, a_turn()), "transact_write_items"), (a_change(1), "put_item")]
)
async def test_a_write_whose_answer_is_lost_counts_as_written(
    store: Any, faulty: Faulty, change: Any, operation: str
) -> None:
    faulty.fail(operation, "timeout", retryable=True, lost=True)
    assert await store.commit(HERE, change)
    assert (await store.read(HERE)).inbox == change.inbox


@pytest.mark.parametrize(
    ("change", "operation"), [(a_change(1, a_turn()), "transact_write_items"), (a_change(1), "put_item")]
)
async def test_a_write_that_never_came_is_an_error_that_may_be_tried_again(
    store: Any, faulty: Faulty, change: Any, operation: str
) -> None:
    faulty.fail(operation, "timeout", retryable=True)
    with pytest.raises(BackendError) as caught:
        await store.commit(HERE, change)
    assert caught.value.retryable
    assert (await store.read(HERE)).inbox == Inbox()
    assert await store.commit(HERE, change)


async def test_a_repeat_of_a_write_that_had_succeeded_counts_as_written(store: Any, faulty: Faulty) -> None:
    """As the SDK does after a time-out: the condition fails on what the first attempt wrote."""
    real = faulty.call

    async def twice(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "put_item":
            await real(operation, **parameters)
        return await real(operation, **parameters)

    faulty.call = twice  # type: ignore[method-assign]
    assert await store.commit(HERE, a_change(1))


async def test_a_lost_answer_to_a_write_that_lost_the_race_is_not_taken_for_success(
    store: Any, faulty: Faulty, table: Table
) -> None:
    await DynamoConversationStore(table).commit(HERE, a_change(1, memory=b"theirs"))
    faulty.fail("transact_write_items", "timeout", retryable=True)
    with pytest.raises(BackendError):
        await store.commit(HERE, a_change(1, memory=b"ours"))
    assert await store.memory(HERE) == b"theirs"


async def test_throttling_is_an_error_that_may_be_tried_again(store: Any, faulty: Faulty) -> None:
    for operation in ("transact_write_items", "get_item"):
        faulty.fail(operation, "throttled", retryable=True)
    with pytest.raises(BackendError) as caught:
        await store.commit(HERE, a_change(1, a_turn()))
    assert (caught.value.code, caught.value.retryable) == ("throttled", True)


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
async def test_a_write_that_met_another_is_tried_again(store: Any, faulty: Faulty, reason: str) -> None:
    reasons = [{"Code": "None"}, {"Code": reason}]
    faulty.fail("transact_write_items", "TransactionCanceledException", CancellationReasons=reasons)
    assert await store.commit(HERE, a_change(1, a_turn()))
    assert faulty.seen.count("transact_write_items") == 2


async def test_a_read_that_met_a_write_is_tried_again(store: Any, faulty: Faulty) -> None:
    reasons = [{"Code": "TransactionConflict"}]
    faulty.fail("transact_get_items", "TransactionCanceledException", CancellationReasons=reasons)
    assert await store.read(HERE, M0) == Snapshot(inbox=Inbox())


async def test_a_sign_of_life_that_met_a_transaction_is_tried_again(store: Any, faulty: Faulty) -> None:
    faulty.fail("put_item", "TransactionConflictException")
    assert await store.commit(HERE, a_change(1))


async def test_whoever_never_gets_through_is_told_to_try_again(store: Any, faulty: Faulty) -> None:
    for _ in range(30):
        faulty.fail("put_item", "TransactionConflictException")
    with pytest.raises(BackendError) as caught:
        await store.commit(HERE, a_change(1))
    assert (caught.value.code, caught.value.retryable) == ("busy", True)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
async def test_a_faulty_setup_is_not_tried_again(store: Any, faulty: Faulty, code: str) -> None:
    calls = {
        "transact_write_items": lambda: store.commit(HERE, a_change(1, a_turn())),
        "update_item": lambda: store.delete(HERE),
        "query": lambda: store.events(HERE, M0),
        "transact_get_items": lambda: store.read(HERE, M0),
    }
    for operation, call in calls.items():
        faulty.fail(operation, code)
        with pytest.raises(BackendError) as caught:
            await call()
        assert (caught.value.code, caught.value.retryable) == (code, False)


async def test_keys_that_a_batch_did_not_get_to_are_asked_for_again(store: Any, faulty: Faulty) -> None:
    for number in range(3):
        await store.commit(a_conversation(f"{number}"), a_change(1, a_turn()))
    real, held_back = faulty.call, []

    async def hesitant(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "batch_get_item" and not held_back:
            ((name, asked),) = parameters["RequestItems"].items()
            held_back.append({name: {**asked, "Keys": asked["Keys"][1:]}})
            parameters["RequestItems"] = {name: {**asked, "Keys": asked["Keys"][:1]}}
            return {**await real(operation, **parameters), "UnprocessedKeys": held_back[0]}
        return await real(operation, **parameters)

    faulty.call = hesitant  # type: ignore[method-assign]
    assert len(await store.list_conversations(tenant="tenant")) == 3


async def test_keys_that_a_batch_never_gets_to_are_an_error(store: Any, faulty: Faulty) -> None:
    await store.commit(HERE, a_change(1, a_turn()))
    real = faulty.call

    async def stuck(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "batch_get_item":
            return {"Responses": {}, "UnprocessedKeys": parameters["RequestItems"]}
        return await real(operation, **parameters)

    faulty.call = stuck  # type: ignore[method-assign]
    with pytest.raises(BackendError) as caught:
        await store.list_conversations(tenant="tenant")
    assert (caught.value.code, caught.value.retryable) == ("busy", True)


async def test_a_damaged_item_is_an_error(store: Any, world: World, table: Table) -> None:
    await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
    await store.append_events(HERE, M0, 1, [Delta(text="word", seq=1)])
    for item in everything(world, table):
        if "body" in item:
            world.sdk("dynamodb").put_item(TableName=table.name, Item={**item, "body": {"B": b"damaged"}})
    for read in (store.read(HERE, M0), store.list_conversations(tenant="tenant"), store.events(HERE, M0)):
        with pytest.raises(BackendError) as caught:
            await read
        assert caught.value.code == "damaged"


async def test_damaged_memory_is_an_error(store: Any, world: World, table: Table) -> None:
    await store.commit(HERE, a_change(1, memory=b"memory"))
    for item in everything(world, table):
        if item["sk"]["S"] == "memory":
            world.sdk("dynamodb").put_item(TableName=table.name, Item={**item, "body": {"B": b"damaged"}})
    with pytest.raises(BackendError) as caught:
        await store.memory(HERE)
    assert caught.value.code == "damaged"


async def test_parts_that_are_being_replaced_are_read_again(store: Any, faulty: Faulty) -> None:
    old, new = (a_turn(message=a_message(text=noise(size))) for size in (200_000, 210_000))
    await store.commit(HERE, a_change(1, old))
    real, replaced = faulty.call, []

    async def overtaken(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "query" and not replaced:
            replaced.append(True)
            assert await store.commit(HERE, a_change(2, new))
        return await real(operation, **parameters)

    faulty.call = overtaken  # type: ignore[method-assign]
    assert await store.turn(HERE, M0) == new
