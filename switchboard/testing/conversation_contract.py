"""What every `ConversationStore` must do, as tests that a store of your own inherits.

    class TestMyStore(ConversationStoreContract):
        @pytest_asyncio.fixture
        async def store(self) -> AsyncIterator[ConversationStore]:
            store = MyStore()
            yield store
            await store.close()

``store`` must be empty for each test. For failures that show both sides, a ``conftest.py`` calls
``pytest.register_assert_rewrite("switchboard.testing")``.
"""
# ruff: noqa: D102 - a test's name is its description

import asyncio
from dataclasses import replace

import pytest

from switchboard.identity import MessageId
from switchboard.storage import Change, ConversationStore, Inbox, Outgoing, Snapshot
from switchboard.testing.event_log_contract import EventLogContract
from switchboard.testing.samples import FULL_REPLY, HOSTILE_NAMES, a_change, a_conversation, a_message, a_turn
from switchboard.testing.transcript_contract import TranscriptContract

HERE = a_conversation()
M0 = MessageId("m0")


@pytest.mark.asyncio
class InboxContract:
    """Reading and the conditional write."""

    async def test_an_unknown_conversation_has_a_new_inbox(self, store: ConversationStore) -> None:
        assert await store.read(HERE, MessageId("m0")) == Snapshot(inbox=Inbox())

    async def test_an_unknown_conversation_has_no_memory(self, store: ConversationStore) -> None:
        assert await store.memory(HERE) is None

    async def test_a_change_is_read_back_whole(self, store: ConversationStore) -> None:
        turn = replace(a_turn(), state="done", reply=FULL_REPLY, delivered=True, finished_at=1.5)
        change = a_change(1, turn, answering="m0", memory=b"\0\xff")
        inbox = replace(change.inbox, queue=(MessageId("m1"), MessageId("m2")), stop=MessageId("m0"))
        assert await store.commit(HERE, replace(change, inbox=inbox))
        assert await store.read(HERE, MessageId("m0")) == Snapshot(inbox=inbox, turn=turn)
        assert await store.memory(HERE) == b"\0\xff"

    async def test_a_read_without_a_message_gives_no_turn(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn()))
        assert (await store.read(HERE)).turn is None

    async def test_an_unknown_message_has_no_turn(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn()))
        assert await store.turn(HERE, MessageId("m1")) is None

    async def test_a_read_gives_the_memory_only_where_it_is_asked_for(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, memory=b"memory"))
        assert (await store.read(HERE, memory=True)).memory == b"memory"
        assert (await store.read(HERE, MessageId("m0"), memory=True)).memory == b"memory"
        assert (await store.read(HERE)).memory is None

    async def test_a_turn_is_found_by_its_message(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(0), a_turn(1)))
        assert await store.turn(HERE, MessageId("m1")) == a_turn(1)

    async def test_a_change_to_a_turn_replaces_it(self, store: ConversationStore) -> None:
        done = a_turn(state="done", reply=FULL_REPLY)
        await store.commit(HERE, a_change(1, a_turn()))
        await store.commit(HERE, a_change(2, done))
        assert await store.turn(HERE, MessageId("m0")) == done

    async def test_two_conversations_do_not_share_messages(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn()))
        assert await store.turn(a_conversation("elsewhere"), MessageId("m0")) is None

    @pytest.mark.parametrize("version", [-1, 0, 1, 2, 4])
    async def test_a_change_that_does_not_follow_writes_nothing(self, store: ConversationStore, version: int) -> None:
        first, second = a_change(1, a_turn(), answering="m0", memory=b"old"), a_change(2, answering="m0")
        assert await store.commit(HERE, first)
        assert await store.commit(HERE, second)
        late = a_change(version, replace(a_turn(), attempts=9), a_turn(1), fence=9, memory=b"new")
        assert not await store.commit(HERE, late)
        assert await store.read(HERE, MessageId("m0")) == Snapshot(inbox=second.inbox, turn=a_turn())
        assert await store.turn(HERE, MessageId("m1")) is None
        assert await store.memory(HERE) == b"old"

    async def test_a_change_to_an_unknown_conversation_must_be_its_first(self, store: ConversationStore) -> None:
        assert not await store.commit(HERE, a_change(2, a_turn()))
        assert await store.read(HERE, MessageId("m0")) == Snapshot(inbox=Inbox())

    async def test_of_concurrent_first_changes_exactly_one_is_written(self, store: ConversationStore) -> None:
        changes = [a_change(1, a_turn(number)) for number in range(8)]
        written = await asyncio.gather(*(store.commit(HERE, change) for change in changes))
        kept = [await store.turn(HERE, MessageId(f"m{number}")) is not None for number in range(8)]
        assert written.count(True) == 1
        assert kept == written

    async def test_of_concurrent_later_changes_exactly_one_is_written(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1))
        changes = [a_change(2, memory=bytes([number])) for number in range(8)]
        written = await asyncio.gather(*(store.commit(HERE, change) for change in changes))
        assert written.count(True) == 1
        assert await store.memory(HERE) == bytes([written.index(True)])

    async def test_concurrent_changes_to_other_conversations_are_all_written(self, store: ConversationStore) -> None:
        places = [a_conversation(f"room {number}") for number in range(8)]
        assert all(await asyncio.gather(*(store.commit(place, a_change(1, a_turn())) for place in places)))

    async def test_memory_is_left_as_it_is_unless_given(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, memory=b"kept"))
        await store.commit(HERE, a_change(2))
        assert await store.memory(HERE) == b"kept"

    async def test_empty_memory_is_not_no_memory(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, memory=b""))
        assert await store.memory(HERE) == b""

    async def test_a_megabyte_of_text_and_memory_is_kept(self, store: ConversationStore) -> None:
        turn = a_turn(message=a_message(text="ä" * 1_000_000))
        await store.commit(HERE, a_change(1, turn, memory=b"m" * 1_000_000))
        assert await store.turn(HERE, MessageId("m0")) == turn
        assert await store.memory(HERE) == b"m" * 1_000_000


@pytest.mark.asyncio
class HostileNamesContract:
    """Names that come from outside are kept exactly, and are never taken for one another."""

    async def test_rooms_keep_apart(self, store: ConversationStore) -> None:
        places = [a_conversation(name) for name in HOSTILE_NAMES]
        for place in places:
            assert await store.commit(place, a_change(1, memory=place.key.encode()))
        assert [await store.memory(place) for place in places] == [place.key.encode() for place in places]

    async def test_messages_keep_apart(self, store: ConversationStore) -> None:
        turns = [a_turn(number, message=a_message(name)) for number, name in enumerate(HOSTILE_NAMES)]
        assert await store.commit(HERE, a_change(1, *turns))
        assert [await store.turn(HERE, turn.message.id) for turn in turns] == turns

    async def test_principals_keep_apart(self, store: ConversationStore) -> None:
        for name in HOSTILE_NAMES:
            await store.commit(a_conversation(name), a_change(1, a_turn(message=a_message(principal=name))))
        for name in HOSTILE_NAMES:
            (found,) = await store.list_conversations(tenant="tenant", principal=name)
            assert found.conversation == a_conversation(name)
            assert found.principals == {name}

    async def test_tenants_keep_apart(self, store: ConversationStore) -> None:
        for name in HOSTILE_NAMES:
            await store.commit(a_conversation(tenant=name), a_change(1))
        for name in HOSTILE_NAMES:
            (found,) = await store.list_conversations(tenant=name)
            assert found.conversation == a_conversation(tenant=name)

    @pytest.mark.parametrize("text", HOSTILE_NAMES)
    async def test_text_is_kept_exactly(self, store: ConversationStore, text: str) -> None:
        turn = a_turn(message=a_message(text=text))
        await store.commit(HERE, a_change(1, turn))
        assert await store.turn(HERE, MessageId("m0")) == turn

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    async def test_an_inbox_keeps_names_exactly(self, store: ConversationStore, name: str) -> None:
        change = a_change(1, answering=name)
        inbox = replace(change.inbox, queue=(MessageId(name),), stop=MessageId(name))
        await store.commit(HERE, replace(change, inbox=inbox))
        assert (await store.read(HERE)).inbox == inbox


@pytest.mark.asyncio
class OutboxContract:
    """Which conversations have replies to be sent."""

    async def test_conversations_are_listed_by_when_they_next_send(self, store: ConversationStore) -> None:
        for name, due_at in (("late", 30.0), ("early", 10.0), ("far", 99.0)):
            await store.commit(a_conversation(name), _with_outbox(Outgoing(message_id=M0, since=1.0, due_at=due_at)))
        await store.commit(a_conversation("none"), a_change(1, a_turn()))
        assert await _outgoing(store, before=30.0) == ["early", "late"]
        assert await _outgoing(store, before=30.0, limit=1) == ["early"]
        assert await _outgoing(store, before=9.0) == []

    async def test_dead_letters_are_never_due_but_stay_in_the_whole_list(self, store: ConversationStore) -> None:
        dead = Outgoing(message_id=M0, since=1.0, due_at=1.0, dead=True, why="gone", attempts=3, sent=1, fence=2)
        alive = Outgoing(message_id=MessageId("m1"), since=2.0, due_at=50.0)
        await store.commit(a_conversation("dead"), _with_outbox(dead))
        await store.commit(a_conversation("both"), _with_outbox(dead, alive))
        assert await _outgoing(store, before=40.0) == []
        assert await _outgoing(store, before=50.0) == ["both"]
        assert await _outgoing(store, before=None) == ["both", "dead"]
        assert (await store.read(a_conversation("dead"))).inbox.outbox == (dead,)

    async def test_an_outbox_that_was_emptied_is_not_listed(self, store: ConversationStore) -> None:
        await store.commit(HERE, _with_outbox(Outgoing(message_id=M0, since=1.0, due_at=1.0)))
        await store.commit(HERE, a_change(2))
        assert await _outgoing(store, before=None) == []

    async def test_each_channel_of_each_tenant_has_a_list_of_its_own(self, store: ConversationStore) -> None:
        change = _with_outbox(Outgoing(message_id=M0, since=1.0, due_at=1.0))
        for conversation in (HERE, replace(HERE, channel="another"), replace(HERE, tenant="another")):
            await store.commit(conversation, change)
        found = await store.outgoing(tenant=HERE.tenant, channel=HERE.channel, before=5.0)
        assert list(found) == [HERE]

    async def test_a_version_of_a_deleted_conversation_does_not_fit_its_successor(
        self, store: ConversationStore
    ) -> None:
        old = a_change(5, a_turn())
        await store.commit(HERE, replace(old, follows=0))
        await store.delete(HERE)
        await store.commit(HERE, replace(a_change(7, a_turn()), follows=0))
        assert not await store.commit(HERE, replace(a_change(6), follows=5))
        assert (await store.read(HERE)).inbox.version == 7


def _with_outbox(*outgoing: Outgoing) -> Change:
    change = a_change(1, a_turn())
    return replace(change, inbox=replace(change.inbox, outbox=outgoing))


async def _outgoing(store: ConversationStore, *, before: float | None, limit: int = 100) -> list[str]:
    found = await store.outgoing(tenant=HERE.tenant, channel=HERE.channel, before=before, limit=limit)
    return [conversation.room for conversation in found]


class ConversationStoreContract(
    OutboxContract, InboxContract, EventLogContract, TranscriptContract, HostileNamesContract
):
    """All that is asked of a `ConversationStore`."""

    async def test_closing_twice_is_harmless(self, store: ConversationStore) -> None:
        await store.close()
        await store.close()
