"""Feeds: any number of followers, from any number on."""

import asyncio

from agent.live import KEPT, Feed, Live
from switchboard import Conversation, Delta, Event, Final, MessageId

HERE = Conversation(tenant="t", channel="c", room="r")


async def collect(feed: Feed, after: int = 0) -> list[Event]:
    return [event async for event in feed.follow(after)]


async def test_every_follower_sees_every_event_from_where_it_left_off() -> None:
    feed = Feed()
    feed.publish(Delta(text="a", seq=1))
    early, late = asyncio.create_task(collect(feed)), asyncio.create_task(collect(feed, after=1))
    await asyncio.sleep(0)
    feed.publish(Delta(text="b", seq=2))
    feed.publish(Final(text="ab", seq=3))
    assert [event.seq for event in await early] == [1, 2, 3]
    assert [event.seq for event in await late] == [2, 3]
    assert feed.last == 3


async def test_a_follower_that_goes_away_leaves_nothing_behind() -> None:
    feed = Feed()
    task = asyncio.create_task(collect(feed))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    feed.publish(Final(text="x", seq=1))
    assert [event.seq for event in await collect(feed)] == [1]


async def test_a_feed_whose_turn_goes_on_elsewhere_ends_without_an_outcome() -> None:
    live = Live()
    feed = live.open(HERE, MessageId("a"))
    task = asyncio.create_task(collect(feed))
    await asyncio.sleep(0)
    live.end(HERE, MessageId("a"), keep=False)
    assert await task == []
    assert live.feed(HERE, MessageId("a")) is None


def test_ended_feeds_stay_at_hand_for_a_while_but_not_for_ever() -> None:
    live = Live()
    for number in range(KEPT + 1):
        live.open(HERE, MessageId(str(number)))
        live.end(HERE, MessageId(str(number)), keep=True)
    assert live.feed(HERE, MessageId("0")) is None
    assert live.feed(HERE, MessageId(str(KEPT))) is not None
    live.forget(HERE)
    assert live.feed(HERE, MessageId(str(KEPT))) is None
