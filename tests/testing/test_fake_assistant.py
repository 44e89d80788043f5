"""The fake assistant keeps the promises of the real one, so that a channel that works with it works."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from switchboard import BadInput, Conversation, Delta, Event, Final, Message, MessageId, Principal, Receipt
from switchboard.assistant import Assistant, SourceFile
from switchboard.testing.assistant import FakeAssistant

LINE = Conversation(tenant="local", channel="test", room="room")
SOMEBODY = Principal(id="somebody", verified=True)
ANYBODY = Principal(id="anybody")


def message(number: int, text: str = "hi") -> Message:
    return Message(
        id=MessageId(f"message-{number}"), conversation=LINE, principal=SOMEBODY, text=text, received_at=number
    )


async def heard(assistant: Assistant, number: int, after: int = 0) -> list[Event]:
    return [event async for event in assistant.events(LINE, MessageId(f"message-{number}"), after=after)]


async def forever(message: Message) -> AsyncIterator[Event]:
    yield Delta(text="half")
    await asyncio.get_running_loop().create_future()


async def test_a_message_is_answered_once_however_often_it_is_offered() -> None:
    fake: Assistant = FakeAssistant()
    assert (await fake.offer(message(1))).state == "new"
    events = await heard(fake, 1)
    assert (await fake.offer(message(1))).state == "done"
    assert await heard(fake, 1) == events


async def test_events_can_be_heard_from_any_number_on() -> None:
    fake = FakeAssistant()
    await fake.offer(message(1))
    events = await heard(fake, 1)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert await heard(fake, 1, after=3) == events[3:]
    assert await heard(fake, 1, after=len(events)) == []


async def test_messages_of_a_conversation_are_answered_in_order() -> None:
    fake = FakeAssistant()
    offers = [await fake.offer(message(number)) for number in (1, 2, 3)]
    assert [(offer.state, offer.ahead) for offer in offers] == [("new", 0), ("queued", 1), ("queued", 2)]
    await heard(fake, 3)
    assert [turn.message.id for turn in await fake.transcript(LINE)] == ["message-1", "message-2", "message-3"]


async def test_stop_ends_a_turn_with_what_there_is_and_the_next_begins() -> None:
    fake = FakeAssistant(forever)
    await fake.offer(message(1))
    await fake.offer(message(2))
    assert await fake.stop(LINE, MessageId("message-1"))
    final = (await heard(fake, 1))[-1]
    assert isinstance(final, Final)
    assert final.status == "stopped"
    assert await fake.stop(LINE, MessageId("message-2"))
    assert (await heard(fake, 2))[-1].kind == "final"
    assert not await fake.stop(LINE, MessageId("message-2"))
    await fake.close()


async def test_a_script_without_an_end_gets_one() -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield Delta(text="all of it")

    fake = FakeAssistant(script)
    await fake.offer(message(1))
    assert (await heard(fake, 1))[-1] == Final(text="all of it", seq=2)


async def test_a_script_that_breaks_ends_in_an_apology() -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield Delta(text="half")
        raise ValueError("secret")

    fake = FakeAssistant(script)
    await fake.offer(message(1))
    end = (await heard(fake, 1))[-1]
    assert end.kind == "failed"
    assert "secret" not in str(end)


async def test_an_empty_message_and_an_unknown_one_are_refused() -> None:
    fake = FakeAssistant()
    with pytest.raises(BadInput, match="empty"):
        await fake.offer(message(1, " \n"))
    with pytest.raises(BadInput, match="not known"):
        await heard(fake, 9)
    assert not await fake.stop(LINE, MessageId("message-9"))


async def test_a_receipt_marks_the_turn_as_delivered() -> None:
    fake = FakeAssistant()
    await fake.offer(message(1))
    await heard(fake, 1)
    await fake.confirm(message(1), Receipt(delivered=True))
    assert [turn.delivered for turn in await fake.transcript(LINE)] == [True]
    assert fake.receipts == [("message-1", Receipt(delivered=True))]


async def test_the_transcript_comes_in_pages() -> None:
    fake = FakeAssistant()
    for number in range(5):
        await fake.offer(message(number))
    page = await fake.transcript(LINE, limit=2, before=4)
    assert [turn.number for turn in page] == [2, 3]
    await heard(fake, 4)


async def test_conversations_are_their_principals_own() -> None:
    fake = FakeAssistant()
    await fake.offer(message(1, "first words"))
    await heard(fake, 1)
    listed = await fake.conversations(SOMEBODY, tenant="local")
    assert [(one.conversation, one.first_text) for one in listed] == [(LINE, "first words")]
    assert await fake.conversations(ANYBODY, tenant="local") == []
    assert await fake.conversations(SOMEBODY, tenant="other") == []


async def test_private_documents_are_not_there_for_the_unverified() -> None:
    book = SourceFile(name="a.txt", title="A", media_type="text/plain", data=b"a")
    fake = FakeAssistant(library={"a": book, "b": book}, private=frozenset({"a"}))
    assert await fake.source("a", principal=SOMEBODY) == book
    assert await fake.source("a", principal=ANYBODY) is None
    assert (await fake.catalogue(ANYBODY)).documents == 1
