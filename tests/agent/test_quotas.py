"""Quotas: what is counted, what is said when it is over, and what happens when nobody can count."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from agent.quotas import TURN_PAUSE, Places, Quotas
from stores.quotas import MemoryQuotaStore
from switchboard.errors import BackendError, TooMuch
from switchboard.identity import Conversation, Principal
from switchboard.messages import Message
from switchboard.settings import LimitSettings, TurnSettings
from switchboard.testing.running import said
from switchboard.testing.samples import HOSTILE_NAMES, a_conversation

NOW = 1_700_000_000.0
LEASE, SKEW = 30.0, 5.0
ANN, BOB = Principal(id="ann", verified=True), Principal(id="bob", verified=True)


class Asked(MemoryQuotaStore):
    """A store that notes what it is asked, and fails as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.fails: BackendError | None = None
        self.hangs = False

    async def take(self, key: str, holder: str, **options: Any) -> float | None:
        await self._note("take")
        return await super().take(key, holder, **options)

    async def renew(self, key: str, holder: str, **options: Any) -> bool:
        await self._note("renew")
        return await super().renew(key, holder, **options)

    async def give(self, key: str, holder: str, **options: Any) -> None:
        await self._note("give")
        await super().give(key, holder, **options)

    async def _note(self, what: str) -> None:
        self.asked.append(what)
        if self.fails:
            raise self.fails
        if self.hangs:
            await asyncio.Event().wait()


@pytest.fixture
def store() -> Asked:
    return Asked()


def quotas(store: Asked, *, messages: int = 0, person: int = 0, tenant: int = 0, patience: float = 2.0) -> Quotas:
    limits = LimitSettings(messages_per_minute=messages, turns_per_person=person, turns_per_tenant=tenant)
    turns = TurnSettings(lease_seconds=LEASE, clock_skew_seconds=SKEW)
    return Quotas(store, limits, turns, patience=patience)


def by(principal: Principal = ANN, *, id: str = "", conversation: Conversation | None = None, job: str = "") -> Message:
    message = said("Hello", id=id, principal=principal, conversation=conversation or a_conversation())
    return Message(id=message.id, conversation=message.conversation, principal=principal, text=message.text, job=job)


async def admitted(counting: Quotas, messages: Sequence[Message], at: float = 0.0) -> list[bool]:
    """Which of the messages are taken in."""
    return [await may(counting.admit(message, now=NOW + at)) for message in messages]


async def may(asking: Any) -> bool:
    try:
        await asking
    except TooMuch:
        return False
    return True


async def begun(counting: Quotas, message: Message, at: float = 0.0) -> Places | None:
    try:
        return await counting.begin(message, now=NOW + at)
    except TooMuch:
        return None


async def test_one_message_too_many_is_refused_with_a_sentence_and_a_time(store: Asked) -> None:
    counting = quotas(store, messages=2)
    await counting.admit(by(), now=NOW)
    await counting.admit(by(), now=NOW + 10)
    with pytest.raises(TooMuch) as caught:
        await counting.admit(by(), now=NOW + 47.5)
    assert caught.value.user_text == "You have sent 2 messages within a minute; please wait 13 seconds."
    assert (caught.value.status, caught.value.retry_after, caught.value.retryable) == (429, 13, True)


async def test_after_the_time_that_was_told_the_message_is_taken(store: Asked) -> None:
    counting = quotas(store, messages=1)
    await counting.admit(by(), now=NOW)
    with pytest.raises(TooMuch) as caught:
        await counting.admit(by(), now=NOW + 20.5)
    assert caught.value.user_text == "You have sent 1 message within a minute; please wait 40 seconds."
    await counting.admit(by(), now=NOW + 20.5 + caught.value.retry_after)


async def test_the_same_message_again_is_counted_once(store: Asked) -> None:
    counting = quotas(store, messages=2)
    assert await admitted(counting, [by(id="m0")] * 3 + [by(id="m1"), by(id="m2")]) == [True] * 4 + [False]


async def test_a_refused_message_does_not_count(store: Asked) -> None:
    counting = quotas(store, messages=1)
    assert await admitted(counting, [by(), by(), by()]) == [True, False, False]
    assert await admitted(counting, [by()], at=60) == [True]


async def test_conversations_of_one_person_are_counted_together(store: Asked) -> None:
    counting = quotas(store, messages=1)
    rooms = [by(id="m0", conversation=a_conversation(room)) for room in ("a", "b")]
    assert await admitted(counting, rooms) == [True, False]


async def test_people_and_tenants_are_counted_apart_whatever_they_are_called(store: Asked) -> None:
    counting = quotas(store, messages=1)
    people = [
        by(Principal(id=name, verified=True), conversation=a_conversation(tenant=tenant))
        for name in HOSTILE_NAMES
        for tenant in HOSTILE_NAMES
    ]
    assert all(await admitted(counting, people))


async def test_who_only_claims_a_name_uses_up_nothing_of_the_one_who_proved_it(store: Asked) -> None:
    counting = quotas(store, messages=1)
    assert await admitted(counting, [by(Principal(id="ann")), by(ANN)]) == [True, True]


async def test_the_result_of_a_job_is_never_counted(store: Asked) -> None:
    counting = quotas(store, messages=1, person=1, tenant=1)
    for number in range(3):
        result = by(id=f"job:{number}", job=f"{number}")
        await counting.admit(result, now=NOW)
        await (await counting.begin(result, now=NOW)).give()
    assert store.asked == []


async def test_without_limits_the_store_is_not_asked(store: Asked) -> None:
    counting = quotas(store)
    await counting.admit(by(), now=NOW)
    places = await counting.begin(by(), now=NOW)
    await places.renew(now=NOW + 10)
    await places.give()
    await (await counting.resume(by(), now=NOW)).give()
    assert store.asked == []


async def test_one_turn_too_many_of_a_person_is_refused_until_one_has_ended(store: Asked) -> None:
    counting = quotas(store, person=2)
    first = await begun(counting, by())
    await counting.begin(by(), now=NOW)
    with pytest.raises(TooMuch) as caught:
        await counting.begin(by(), now=NOW)
    sentence = "2 of your messages are still being answered; please wait for that, or try again in 5 seconds."
    assert (caught.value.user_text, caught.value.retry_after) == (sentence, TURN_PAUSE)
    assert first is not None
    await first.give()
    assert await begun(counting, by())


async def test_a_single_turn_is_told_in_the_singular(store: Asked) -> None:
    counting = quotas(store, person=1)
    await counting.begin(by(), now=NOW)
    with pytest.raises(TooMuch, match="A message of yours is still being answered"):
        await counting.begin(by(), now=NOW)


async def test_people_share_the_turns_of_their_tenant(store: Asked) -> None:
    counting = quotas(store, tenant=1)
    await counting.begin(by(ANN), now=NOW)
    with pytest.raises(TooMuch, match="Many people are asking something right now"):
        await counting.begin(by(BOB), now=NOW)
    assert await begun(counting, by(BOB, conversation=a_conversation(tenant="other")))


async def test_who_is_refused_for_the_tenant_keeps_no_place_of_their_own(store: Asked) -> None:
    counting = quotas(store, person=1, tenant=1)
    anns = await begun(counting, by(ANN))
    assert await begun(counting, by(BOB)) is None
    assert anns is not None
    await anns.give()
    assert await begun(counting, by(BOB))


async def test_a_dead_workers_place_comes_free_after_the_lease_and_the_skew(store: Asked) -> None:
    counting = quotas(store, person=1)
    await counting.begin(by(), now=NOW)
    assert await begun(counting, by(), at=LEASE + SKEW - 0.1) is None
    assert await begun(counting, by(), at=LEASE + SKEW)


async def test_a_place_that_is_renewed_is_held(store: Asked) -> None:
    counting = quotas(store, person=1)
    places = await begun(counting, by())
    assert places is not None
    for beat in range(1, 11):
        await places.renew(now=NOW + beat * LEASE / 3)
    assert await begun(counting, by(), at=100 + LEASE) is None


async def test_a_stalled_workers_place_that_was_taken_is_not_taken_back(store: Asked) -> None:
    counting = quotas(store, person=1)
    stalled = await begun(counting, by())
    assert await begun(counting, by(), at=LEASE + SKEW)
    assert stalled is not None
    await stalled.renew(now=NOW + LEASE + SKEW + 1)
    assert await begun(counting, by(), at=2 * (LEASE + SKEW))


async def test_a_place_that_came_free_meanwhile_is_taken_anew(store: Asked) -> None:
    counting = quotas(store, person=1)
    stalled, other = await begun(counting, by()), await begun(counting, by(), at=LEASE + SKEW)
    assert stalled is not None
    assert other is not None
    await other.give()
    await stalled.renew(now=NOW + LEASE + SKEW + 1)
    assert await begun(counting, by(), at=LEASE + SKEW + 2) is None


async def test_a_message_that_was_taken_in_before_gets_its_turn_though_no_place_is_left(store: Asked) -> None:
    counting = quotas(store, person=1, tenant=2)
    await counting.begin(by(), now=NOW)
    places = await counting.resume(by(), now=NOW)
    await places.renew(now=NOW + 10)
    await places.give()
    assert await begun(counting, by()) is None


async def test_whoever_takes_over_a_turn_holds_its_place(store: Asked) -> None:
    counting, message = quotas(store, person=1), by()
    await counting.begin(message, now=NOW)
    await (await counting.resume(message, now=NOW + 20)).renew(now=NOW + 20)
    assert await begun(counting, by(), at=LEASE + SKEW + 10) is None


@pytest.mark.parametrize("fault", ["fails", "hangs"])
async def test_a_store_that_does_not_answer_refuses_nobody(
    store: Asked, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    counting = quotas(store, messages=1, person=1, tenant=1, patience=0)
    store.fails = BackendError(service="quotas", operation="take", code="unavailable") if fault == "fails" else None
    store.hangs = fault == "hangs"
    assert await admitted(counting, [by(), by()]) == [True, True]
    places = await begun(counting, by())
    assert places is not None
    await places.renew(now=NOW + 10)
    await places.give()
    assert "not applied: " + {"fails": "quotas.take failed", "hangs": "no answer"}[fault] in caplog.text


async def test_a_turn_that_could_not_be_counted_is_counted_once_the_store_answers_again(store: Asked) -> None:
    counting = quotas(store, person=1)
    store.fails = BackendError(service="quotas", operation="take", code="unavailable")
    places = await begun(counting, by())
    store.fails = None
    assert places is not None
    await places.renew(now=NOW + 10)
    assert await begun(counting, by(), at=11) is None


async def test_closing_closes_the_store(store: Asked) -> None:
    await quotas(store).close()
