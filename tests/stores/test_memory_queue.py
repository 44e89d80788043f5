"""Time in the queue in memory."""

from stores.queue import MemoryQueue
from switchboard.testing.queue_contract import ids, said


async def test_a_message_whose_holder_is_silent_comes_again() -> None:
    now = [0.0]
    queue = MemoryQueue(clock=lambda: now[0])
    await queue.send(said())
    (first,) = await queue.receive(hold_seconds=60)
    now[0] = 60.0
    (second,) = await queue.receive()
    assert second.attempts == 2
    assert list(await queue.done([first])) == [first]
    assert list(await queue.done([second])) == []


async def test_after_minutes_the_same_message_is_taken_again() -> None:
    now = [0.0]
    queue = MemoryQueue(clock=lambda: now[0])
    await queue.send(said())
    await queue.done(await queue.receive())
    now[0] = 300.0
    await queue.send(said())
    assert ids(await queue.receive()) == ["m0"]


async def test_whoever_waits_in_vain_gets_nothing() -> None:
    assert list(await MemoryQueue().receive(wait_seconds=0.01)) == []
