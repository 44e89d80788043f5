"""What every `ConversationStore` must do with transcripts, lists and erasure; a part of ``conversation_contract``."""
# ruff: noqa: D102 - a test's name is its description

from dataclasses import replace

import pytest

from switchboard.events import Delta
from switchboard.identity import MessageId
from switchboard.storage import Change, ConversationStore, Inbox, Snapshot
from switchboard.testing.samples import a_change, a_conversation, a_message, a_turn

HERE, ELSEWHERE = a_conversation(), a_conversation("elsewhere")
M0 = MessageId("m0")


@pytest.mark.asyncio
class TranscriptContract:
    """Turns come back in order, conversations are listed by use, and deletion leaves nothing."""

    async def test_the_transcript_is_in_order_of_the_turns(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, *(a_turn(number) for number in (2, 0, 11, 1, 10))))
        assert [turn.number for turn in await store.transcript(HERE)] == [0, 1, 2, 10, 11]

    @pytest.mark.parametrize(
        ("limit", "before", "numbers"),
        [
            (2, None, [3, 4]),
            (2, 3, [1, 2]),
            (2, 1, [0]),
            (2, 0, []),
            (2, -1, []),
            (0, None, []),
            (-1, None, []),
            (2**70, 2**70, [0, 1, 2, 3, 4]),
        ],
    )
    async def test_the_transcript_comes_in_pages(
        self, store: ConversationStore, limit: int, before: int | None, numbers: list[int]
    ) -> None:
        await store.commit(HERE, a_change(1, *(a_turn(number) for number in range(5))))
        page = await store.transcript(HERE, limit=limit, before=before)
        assert [turn.number for turn in page] == numbers

    async def test_an_unknown_conversation_has_an_empty_transcript(self, store: ConversationStore) -> None:
        assert list(await store.transcript(HERE)) == []

    async def test_two_conversations_do_not_share_a_transcript(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn()))
        assert list(await store.transcript(ELSEWHERE)) == []

    async def test_the_most_recently_used_conversation_is_listed_first(self, store: ConversationStore) -> None:
        for room, received_at in (("a", 10.0), ("b", 30.0), ("c", 20.0)):
            turn = a_turn(message=a_message(received_at=received_at))
            await store.commit(a_conversation(room), a_change(1, turn))
        found = await store.list_conversations(tenant="tenant")
        assert [summary.conversation.room for summary in found] == ["b", "c", "a"]
        assert [summary.updated_at for summary in found] == [30.0, 20.0, 10.0]

    async def test_a_finished_turn_counts_as_use(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, replace(a_turn(), finished_at=50.0)))
        (found,) = await store.list_conversations(tenant="tenant")
        assert found.updated_at == 50.0

    async def test_a_list_is_cut_at_its_limit(self, store: ConversationStore) -> None:
        for number in range(3):
            turn = a_turn(message=a_message(received_at=float(number)))
            await store.commit(a_conversation(f"{number}"), a_change(1, turn))
        found = await store.list_conversations(tenant="tenant", limit=2)
        assert [summary.conversation.room for summary in found] == ["2", "1"]
        assert list(await store.list_conversations(tenant="tenant", limit=0)) == []

    @pytest.mark.parametrize("principal", [None, "ann"])
    async def test_a_list_can_be_of_what_was_last_used_before_a_time(
        self, store: ConversationStore, principal: str | None
    ) -> None:
        for number in range(4):
            turn = a_turn(message=a_message(received_at=float(number)))
            await store.commit(a_conversation(f"{number}"), a_change(1, turn))
        found = await store.list_conversations(tenant="tenant", principal=principal, before=3.0, limit=2)
        assert [summary.conversation.room for summary in found] == ["2", "1"]
        assert list(await store.list_conversations(tenant="tenant", principal=principal, before=0.0)) == []

    async def test_a_list_names_only_what_the_principal_took_part_in(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(message=a_message(principal="ann"))))
        await store.commit(ELSEWHERE, a_change(1, a_turn(message=a_message(principal="bob"))))
        (found,) = await store.list_conversations(tenant="tenant", principal="bob")
        assert found.conversation == ELSEWHERE

    async def test_everybody_who_wrote_is_named(self, store: ConversationStore) -> None:
        turns = [a_turn(n, message=a_message(f"m{n}", principal=who)) for n, who in enumerate(("ann", "bob", "ann"))]
        await store.commit(HERE, a_change(1, *turns))
        (found,) = await store.list_conversations(tenant="tenant", principal="bob")
        assert found.principals == {"ann", "bob"}
        assert found.turns == 3

    async def test_a_list_never_names_another_tenants_conversation(self, store: ConversationStore) -> None:
        await store.commit(a_conversation(tenant="other"), a_change(1, a_turn()))
        assert list(await store.list_conversations(tenant="tenant")) == []
        assert list(await store.list_conversations(tenant="tenant", principal="ann")) == []

    async def test_a_conversation_is_recognised_by_its_first_message(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(0, message=a_message("m0", text="first"))))
        await store.commit(HERE, a_change(2, a_turn(1, message=a_message("m1", text="second"))))
        (found,) = await store.list_conversations(tenant="tenant")
        assert found.first_text == "first"

    async def test_a_long_first_message_is_shortened_in_the_list(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(message=a_message(text="ab" * 500_000))))
        (found,) = await store.list_conversations(tenant="tenant")
        assert 0 < len(found.first_text) <= 1000
        assert ("ab" * 500).startswith(found.first_text)

    async def test_conversations_with_work_left_are_pending(self, store: ConversationStore) -> None:
        waiting = replace(a_change(1).inbox, queue=(M0,))
        await store.commit(a_conversation("answering"), a_change(1, a_turn(), answering="m0"))
        await store.commit(a_conversation("waiting"), Change(follows=waiting.version - 1, inbox=waiting))
        await store.commit(a_conversation("done"), a_change(1, a_turn(), answering="m0"))
        await store.commit(a_conversation("done"), a_change(2))
        await store.commit(a_conversation(tenant="other"), a_change(1, a_turn(), answering="m0"))
        found = await store.pending(tenant="tenant")
        assert sorted(conversation.room for conversation in found) == ["answering", "waiting"]

    async def test_the_longest_unused_of_the_pending_come_first(self, store: ConversationStore) -> None:
        for received_at in (20.0, 10.0, 30.0):
            turn = a_turn(message=a_message(received_at=received_at))
            await store.commit(a_conversation(f"{received_at}"), a_change(1, turn, answering="m0"))
        found = await store.pending(tenant="tenant", limit=2)
        assert [conversation.room for conversation in found] == ["10.0", "20.0"]

    async def test_deletion_leaves_nothing(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(), answering="m0", memory=b"memory"))
        await store.append_events(HERE, M0, 1, [Delta(text="", seq=1)])
        assert await store.delete(HERE)
        assert await store.read(HERE, M0) == Snapshot(inbox=Inbox())
        assert list(await store.events(HERE, M0)) == []
        assert list(await store.transcript(HERE)) == []
        assert await store.memory(HERE) is None
        assert list(await store.list_conversations(tenant="tenant", principal="ann")) == []
        assert list(await store.pending(tenant="tenant")) == []

    async def test_deletion_leaves_other_conversations(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn()))
        await store.commit(ELSEWHERE, a_change(1, a_turn(), memory=b"memory"))
        await store.delete(HERE)
        assert await store.turn(ELSEWHERE, M0) == a_turn()
        assert await store.memory(ELSEWHERE) == b"memory"

    async def test_deleting_what_is_not_there_says_so(self, store: ConversationStore) -> None:
        assert not await store.delete(HERE)

    async def test_a_change_that_was_on_its_way_does_not_bring_a_deleted_conversation_back(
        self, store: ConversationStore
    ) -> None:
        await store.commit(HERE, a_change(1, a_turn()))
        await store.delete(HERE)
        assert not await store.commit(HERE, a_change(2, a_turn()))
        assert await store.read(HERE, M0) == Snapshot(inbox=Inbox())

    async def test_a_deleted_conversation_begins_anew_without_its_past(self, store: ConversationStore) -> None:
        await store.commit(HERE, a_change(1, a_turn(0), a_turn(1), answering="m0", memory=b"memory"))
        await store.append_events(HERE, M0, 1, [Delta(text="", seq=1)])
        await store.delete(HERE)
        assert await store.commit(HERE, a_change(1, a_turn(0)))
        assert list(await store.transcript(HERE)) == [a_turn(0)]
        assert list(await store.events(HERE, M0)) == []
        assert await store.memory(HERE) is None
