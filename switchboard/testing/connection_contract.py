"""What every `ConnectionStore` must do, as tests that a store of your own inherits; see ``conversation_contract``."""
# ruff: noqa: D102 - a test's name is its description

import asyncio
import time

import pytest

from switchboard.connections import Chunk, Connection, ConnectionStore
from switchboard.errors import BadInput
from switchboard.identity import Principal
from switchboard.testing.samples import HOSTILE_NAMES, a_conversation

NOW = float(int(time.time())) + 86_400
"""Tomorrow: a store that removes what has expired goes by the clock on the wall, and a test may begin late."""
MOST = 1_000


def a_connection(name: str = "one", *, seconds: float = 600) -> Connection:
    """A connection that was just opened."""
    ann = Principal(id="ann", groups=frozenset({"staff"}), verified=True)
    return Connection(id=name, endpoint="https://gateway.test/prod", principal=ann, expires_at=NOW + seconds)


async def keep(store: ConnectionStore, index: int, data: str, *, total: int = 3, frame: str = "f") -> str | None:
    """Keep a part of a frame."""
    chunk = Chunk(frame=frame, index=index, total=total, data=data)
    return await store.keep("one", chunk, most=MOST, until=NOW + 60)


@pytest.mark.asyncio
class ConnectionStoreContract:
    """Who is connected, what they look at, and the frames that come in parts."""

    async def test_a_connection_is_found_as_it_was_added(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        assert await store.get("one", now=NOW) == a_connection()
        assert await store.get("two", now=NOW) is None

    async def test_adding_again_does_not_undo_what_it_shows(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        await store.join("one", a_conversation(), now=NOW)
        await store.add(a_connection())
        assert [each.id for each in await store.of(a_conversation(), now=NOW)] == ["one"]

    async def test_a_connection_that_has_expired_is_not_there(self, store: ConnectionStore) -> None:
        await store.add(a_connection(seconds=60))
        await store.join("one", a_conversation(), now=NOW)
        assert await store.get("one", now=NOW + 61) is None
        assert list(await store.of(a_conversation(), now=NOW + 61)) == []
        assert not await store.join("one", a_conversation(), now=NOW + 61)

    async def test_connections_are_found_by_what_they_show(self, store: ConnectionStore) -> None:
        for name, room in (("one", "a"), ("two", "a"), ("three", "b")):
            await store.add(a_connection(name))
            assert await store.join(name, a_conversation(room), now=NOW)
        found = await store.of(a_conversation("a"), now=NOW)
        assert {each.id for each in found} == {"one", "two"}
        assert {each.conversation for each in found} == {a_conversation("a")}

    async def test_one_that_is_not_there_shows_nothing(self, store: ConnectionStore) -> None:
        assert not await store.join("one", a_conversation(), now=NOW)
        assert list(await store.of(a_conversation(), now=NOW)) == []

    async def test_a_connection_shows_one_conversation(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        assert await store.join("one", a_conversation("a"), now=NOW)
        assert await store.join("one", a_conversation("a"), now=NOW)
        assert not await store.join("one", a_conversation("b"), now=NOW)
        assert list(await store.of(a_conversation("b"), now=NOW)) == []

    async def test_a_connection_goes_from_mark_to_mark(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        await store.join("one", a_conversation(), now=NOW)
        for after, to, taken in (("", "a", True), ("a", "b", True), ("a", "c", False), ("", "d", False)):
            step = await store.step("one", after=after, to=to, now=NOW)
            assert step is not None
            assert (step.connection.conversation, step.taken) == (a_conversation(), taken)

    async def test_a_step_can_be_repeated_until_another_follows(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        steps = [("", "a"), ("", "a"), ("x", "a"), ("a", "b"), ("", "a")]
        taken = [step and step.taken for a, b in steps if (step := await store.step("one", after=a, to=b, now=NOW))]
        assert taken == [True, True, True, True, False]

    async def test_of_two_steps_from_one_mark_one_is_taken(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        steps = await asyncio.gather(*(store.step("one", after="", to=to, now=NOW) for to in "abcd"))
        assert [step is not None and step.taken for step in steps].count(True) == 1

    async def test_one_that_is_not_there_or_has_expired_takes_no_step(self, store: ConnectionStore) -> None:
        assert await store.step("one", after="", to="a", now=NOW) is None
        await store.add(a_connection(seconds=60))
        assert await store.step("one", after="", to="a", now=NOW + 61) is None

    async def test_joining_is_no_step(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        await store.step("one", after="", to="a", now=NOW)
        await store.join("one", a_conversation(), now=NOW)
        await store.add(a_connection())
        step = await store.step("one", after="a", to="b", now=NOW)
        assert step is not None
        assert step.taken

    async def test_what_is_removed_is_found_nowhere(self, store: ConnectionStore) -> None:
        await store.add(a_connection())
        await store.join("one", a_conversation(), now=NOW)
        for _ in range(2):
            await store.remove("one")
        assert await store.get("one", now=NOW) is None
        assert list(await store.of(a_conversation(), now=NOW)) == []

    async def test_hostile_names_are_told_apart(self, store: ConnectionStore) -> None:
        for number, name in enumerate(HOSTILE_NAMES):
            await store.add(a_connection(name, seconds=600 + number))
        found = [await store.get(name, now=NOW) for name in HOSTILE_NAMES]
        assert [each and each.id for each in found] == list(HOSTILE_NAMES)

    async def test_parts_become_a_frame_in_whatever_order_they_come(self, store: ConnectionStore) -> None:
        assert await keep(store, 2, "c") is None
        assert await keep(store, 0, 'a"\u00e4\U0001f600\ud83d') is None
        assert await keep(store, 1, "b") == 'a"\u00e4\U0001f600\ud83dbc'

    async def test_a_part_that_comes_twice_counts_once(self, store: ConnectionStore) -> None:
        for _ in range(2):
            assert await keep(store, 0, "a") is None
        assert await keep(store, 1, "b") is None
        assert await keep(store, 2, "c") == "abc"

    async def test_a_frame_may_come_again_once_it_was_whole(self, store: ConnectionStore) -> None:
        for _ in range(2):
            assert await keep(store, 0, "a", total=2) is None
            assert await keep(store, 1, "b", total=2) == "ab"

    async def test_frames_do_not_mix(self, store: ConnectionStore) -> None:
        await keep(store, 0, "a", total=2, frame="f")
        await keep(store, 0, "x", total=2, frame="g")
        assert await keep(store, 1, "b", total=2, frame="f") == "ab"
        assert await keep(store, 1, "y", total=2, frame="g") == "xy"

    async def test_a_part_that_contradicts_another_is_refused(self, store: ConnectionStore) -> None:
        await keep(store, 0, "a")
        for index, total, data in ((0, 3, "other"), (1, 4, "b")):
            with pytest.raises(BadInput) as caught:
                await keep(store, index, data, total=total)
            assert caught.value.status == 400
        assert await keep(store, 1, "b") is None
        assert await keep(store, 2, "c") == "abc"

    async def test_a_frame_that_becomes_too_large_is_refused(self, store: ConnectionStore) -> None:
        await keep(store, 0, "\u00e4" * 400)
        for data in ("b" * 201, "b" * 1_001):
            with pytest.raises(BadInput) as caught:
                await keep(store, 1, data)
            assert caught.value.status == 413
        assert await keep(store, 1, "b" * 200) is None

    async def test_of_parts_that_come_at_once_the_frame_is_whole_once(self, store: ConnectionStore) -> None:
        found = await asyncio.gather(*(keep(store, number, f"{number}", total=8) for number in range(8)))
        assert [each for each in found if each is not None] == ["01234567"]

    async def test_closing_twice_is_harmless(self, store: ConnectionStore) -> None:
        await store.close()
        await store.close()
