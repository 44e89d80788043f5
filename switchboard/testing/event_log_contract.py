"""What every `ConversationStore` must do with events; a part of ``conversation_contract``."""
# ruff: noqa: D102 - a test's name is its description

from dataclasses import replace

import pytest

from switchboard.errors import Fenced
from switchboard.events import Delta
from switchboard.identity import MessageId
from switchboard.storage import ConversationStore
from switchboard.testing.samples import EVERY_EVENT, HOSTILE_NAMES, a_change, a_conversation, a_turn

HERE = a_conversation()
M0, M1 = MessageId("m0"), MessageId("m1")
ONE, TWO, THREE = (Delta(text=f"{seq}", seq=seq) for seq in (1, 2, 3))


@pytest.mark.asyncio
class EventLogContract:
    """Events are numbered, kept once, read from any number on, and written only by the holder of the lease."""

    async def test_every_kind_of_event_is_kept_exactly(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, EVERY_EVENT)
        assert tuple(await store.events(HERE, M0)) == EVERY_EVENT

    async def test_events_are_read_in_order_of_their_numbers(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [THREE, ONE])
        await store.append_events(HERE, M0, 1, [TWO])
        assert list(await store.events(HERE, M0)) == [ONE, TWO, THREE]

    async def test_ten_comes_after_nine(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [Delta(text="", seq=seq) for seq in range(1, 121)])
        assert [event.seq for event in await store.events(HERE, M0)] == list(range(1, 121))

    async def test_reading_resumes_above_a_number(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [ONE, TWO, THREE])
        assert list(await store.events(HERE, M0, after=1)) == [TWO, THREE]

    @pytest.mark.parametrize("after", [3, 2**70])
    async def test_there_is_nothing_above_the_last_number(self, store: ConversationStore, after: int) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [ONE, TWO, THREE])
        assert list(await store.events(HERE, M0, after=after)) == []

    async def test_a_number_that_is_there_is_left_as_it_is(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [ONE])
        await store.append_events(HERE, M0, 1, [replace(ONE, text="again"), TWO])
        assert list(await store.events(HERE, M0)) == [ONE, TWO]

    async def test_appending_nothing_is_allowed(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [])
        assert list(await store.events(HERE, M0)) == []

    async def test_an_unknown_message_has_no_events(self, store: ConversationStore) -> None:
        assert list(await store.events(HERE, M0)) == []

    @pytest.mark.parametrize("fence", [1, 3])
    async def test_another_fence_is_refused(self, store: ConversationStore, fence: int) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0", fence=2))
        with pytest.raises(Fenced):
            await store.append_events(HERE, M0, fence, [ONE])
        assert list(await store.events(HERE, M0)) == []

    async def test_a_worker_that_was_taken_over_is_refused(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0", fence=1))
        await store.append_events(HERE, M0, 1, [ONE])
        await store.commit(HERE, a_change(2, answering="m0", fence=2))
        with pytest.raises(Fenced):
            await store.append_events(HERE, M0, 1, [TWO])
        assert list(await store.events(HERE, M0)) == [ONE]

    async def test_a_message_without_the_lease_is_refused(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(0), a_turn(1), answering="m0"))
        with pytest.raises(Fenced):
            await store.append_events(HERE, M1, 1, [ONE])
        assert list(await store.events(HERE, M1)) == []

    async def test_a_lease_that_was_given_back_is_refused(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.commit(HERE, a_change(2))
        with pytest.raises(Fenced):
            await store.append_events(HERE, M0, 1, [ONE])

    async def test_an_unknown_conversation_is_refused(self, store: ConversationStore) -> None:
        with pytest.raises(Fenced):
            await store.append_events(HERE, M0, 0, [ONE])

    async def test_forgotten_events_are_gone_and_others_stay(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(0), answering="m0"))
        await store.append_events(HERE, M0, 1, [ONE])
        await store.commit(HERE, a_change(2, a_turn(1), answering="m1"))
        await store.append_events(HERE, M1, 1, [TWO])
        await store.commit(HERE, replace(a_change(3), forget_events=(M0, MessageId("never there"))))
        assert list(await store.events(HERE, M0)) == []
        assert list(await store.events(HERE, M1)) == [TWO]

    async def test_a_change_that_is_not_written_forgets_nothing(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [ONE])
        await store.commit(HERE, replace(a_change(1), forget_events=(M0,)))
        assert list(await store.events(HERE, M0)) == [ONE]

    async def test_two_conversations_do_not_share_events(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0"))
        await store.append_events(HERE, M0, 1, [ONE])
        assert list(await store.events(a_conversation("elsewhere"), M0)) == []

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    async def test_a_hostile_message_id_has_its_own_events(self, store: ConversationStore, name: str) -> None:
        await store.commit(HERE, a_change(1, answering=name))
        await store.append_events(HERE, MessageId(name), 1, [ONE])
        assert list(await store.events(HERE, MessageId(name))) == [ONE]
        others = [await store.events(HERE, MessageId(other)) for other in HOSTILE_NAMES if other != name]
        assert not any(others)
