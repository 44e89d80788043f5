"""From a call to its answer, with the real assistant: repeats, late results, pages, failures."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.assistant import SwitchboardAssistant
from channels.lex import texts
from channels.lex.answering import Fulfilment
from channels.lex.channel import Invocation
from channels.lex.state import ATTRIBUTE
from switchboard.settings import load
from switchboard.storage import Turn
from switchboard.testing.models import Say, ScriptedChatModel, Step
from switchboard.testing.running import running

from .lexing import NOW, a_channel, faults, payload, says, token

SOON = 1.0
"""A call with so many seconds left gives up after a third of a second, and its turn a little before that."""


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody at a bot, whose client keeps session attributes, as Lex itself does."""

    fulfilment: Fulfilment
    assistant: SwitchboardAssistant
    model: ScriptedChatModel
    now: list[float]
    attributes: dict[str, str] = field(default_factory=dict)
    session: str = "visitor-7f3a"

    async def say(self, words: str, *, after: float = 60.0, seconds: float = 30.0, keep: bool = True) -> dict[str, Any]:
        """Say something a while after what was said before. Unless the client keeps it, the answer's state is lost."""
        self.now[0] += after
        response = await self.fulfilment.answer(
            says(words, attributes=self.attributes, session=self.session), seconds=seconds
        )
        assert faults(response) == []
        if keep:
            self.attributes = response["sessionState"]["sessionAttributes"]
        return response

    async def turns(self) -> list[Turn]:
        """All turns of the person's conversation."""
        heard = a_channel().hear(Invocation(event=says("x", session=self.session), received_at=NOW))
        return list(await self.assistant.transcript(heard.conversation, limit=100))

    async def ended(self, count: int) -> list[Turn]:
        """The turns, once so many have ended."""
        while len(done := [turn for turn in await self.turns() if turn.state == "done"]) < count:
            await asyncio.sleep(0)
        return done


@asynccontextmanager
async def talking(*script: Step, busy: str = "queue", **lex: Any) -> AsyncIterator[Person]:
    """A person, and an assistant whose model says these things."""
    model, now = ScriptedChatModel(script), [NOW]

    def clock() -> float:
        return now[0]

    settings = load(None, {"SWITCHBOARD_TURN__BUSY": busy, "SWITCHBOARD_TURN__DEADLINE_SECONDS": "20"})
    async with running(model, settings=settings, clock=clock) as assistant:
        yield Person(
            fulfilment=Fulfilment(a_channel(**lex), assistant, clock), assistant=assistant, model=model, now=now
        )


def shown(response: dict[str, Any]) -> str:
    """All text of an answer."""
    return "\n".join(message["content"] for message in response["messages"] if "content" in message)


def buttons(response: dict[str, Any]) -> list[str]:
    cards = [message["imageResponseCard"] for message in response["messages"] if "imageResponseCard" in message]
    return [button["value"] for card in cards for button in card.get("buttons", [])]


def action(response: dict[str, Any]) -> str:
    return str(response["sessionState"]["dialogAction"]["type"])


async def test_an_answer_closes_the_intent() -> None:
    async with talking("Sixteen weeks.") as ann:
        response = await ann.say("How long is parental leave?")
    assert (shown(response), action(response)) == ("Sixteen weeks.", "Close")
    assert response["sessionState"]["intent"]["state"] == "Fulfilled"


async def test_r22_a_call_made_twice_is_one_model_call_and_one_answer() -> None:
    async with talking("Sixteen weeks.") as ann:
        first = await ann.say("How long is parental leave?", keep=False)
        again = await ann.say("How long is parental leave?", after=2.6, keep=False)
        assert shown(first) == shown(again) == "Sixteen weeks."
        assert len(ann.model.given) == 1


async def test_r22_the_second_of_two_calls_joins_the_turn_of_the_first() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="Sixteen weeks.", gate=gate)) as ann:
        both = asyncio.gather(ann.say("How long?", keep=False), ann.say("How long?", after=2.6, keep=False))
        while not ann.model.given:
            await asyncio.sleep(0)
        gate.set()
        first, again = await both
        assert shown(first) == shown(again) == "Sixteen weeks."
        assert len(ann.model.given) == 1


async def test_r22_a_call_repeated_in_mid_conversation_gets_what_the_first_got() -> None:
    async with talking("Hello.", "Sixteen weeks.") as ann:
        await ann.say("hello")
        first = await ann.say("How long?", keep=False)
        again = await ann.say("How long?", after=90, keep=False)
        assert shown(first) == shown(again) == "Sixteen weeks."
        assert len(ann.model.given) == 2


async def test_r23_a_client_that_sends_again_while_the_turn_runs_gets_its_answer() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="Sixteen weeks.", gate=gate)) as ann:
        first = asyncio.create_task(ann.say("How long?", keep=False))
        while not ann.model.given:
            await asyncio.sleep(0)
        again = asyncio.create_task(ann.say("How long?", after=20, keep=False))
        await asyncio.sleep(0)
        gate.set()
        assert shown(await first) == shown(await again) == "Sixteen weeks."
        assert len(ann.model.given) == 1


async def test_r23_a_client_that_sends_again_when_the_turn_went_on_gets_the_handle_and_then_the_result() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="Sixteen weeks.", gate=gate)) as ann:
        first = await ann.say("How long?", seconds=3.0, keep=False)
        again = await ann.say("How long?", after=31, keep=False)
        assert shown(first) == shown(again)
        assert buttons(again) == [texts.SHOW_RESULT]
        gate.set()
        await ann.ended(2)
        once_more = await ann.say("How long?", after=1, keep=False)
        assert "Sixteen weeks." in shown(once_more)
        assert len(ann.model.given) == 1


async def test_the_same_words_later_are_answered_anew() -> None:
    async with talking("Monday.", "Tuesday.") as ann:
        assert shown(await ann.say("What day is it?")) == "Monday."
        assert shown(await ann.say("What day is it?", after=86_400)) == "Tuesday."


async def test_a_client_without_session_attributes_is_answered_anew_as_well() -> None:
    async with talking("Monday.", "Tuesday.") as ann:
        assert shown(await ann.say("What day is it?", keep=False)) == "Monday."
        assert shown(await ann.say("What day is it?", keep=False)) == "Tuesday."


async def test_a_turn_that_will_not_make_it_goes_on_and_its_result_comes_with_the_next_words() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="The long answer.", gate=gate), "Hello yourself.") as ann:
        closed = await ann.say("Summarise everything", seconds=3.0)
        assert "still working" in shown(closed)
        assert buttons(closed) == [texts.SHOW_RESULT]
        assert action(closed) == "Close"
        gate.set()
        await ann.ended(2)
        response = await ann.say("hello")
        assert shown(response) == "You asked: “Summarise everything”\n\nThe long answer.\nHello yourself."
        again = await ann.say("show result")
        assert shown(again) == texts.NO_RESULT
        assert all(turn.delivered for turn in await ann.turns())


async def test_show_result_shows_it_and_asks_no_model() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="The long answer.", gate=gate)) as ann:
        await ann.say("Summarise everything", seconds=3.0)
        gate.set()
        await ann.ended(2)
        assert "The long answer." in shown(await ann.say(texts.SHOW_RESULT))
        assert len(ann.model.given) == 1


async def test_show_result_waits_for_a_result_that_is_nearly_there() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="The long answer.", gate=gate)) as ann:
        await ann.say("Summarise everything", seconds=3.0)
        asking = asyncio.create_task(ann.say(texts.SHOW_RESULT))
        await asyncio.sleep(0)
        gate.set()
        assert "The long answer." in shown(await asking)


async def test_show_result_says_when_it_is_not_there_yet() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="The long answer.", gate=gate)) as ann:
        await ann.say("Summarise everything", seconds=3.0)
        response = await ann.say(texts.SHOW_RESULT, seconds=SOON)
        assert shown(response) == texts.STILL_WORKING
        assert buttons(response) == [texts.SHOW_RESULT]
        gate.set()


async def test_a_result_goes_with_both_of_two_calls_for_the_same_words() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="The long answer.", gate=gate), "Hello yourself.") as ann:
        await ann.say("Summarise everything", seconds=3.0)
        gate.set()
        await ann.ended(2)
        first = await ann.say("hello", keep=False)
        again = await ann.say("hello", after=2.6, keep=False)
        assert shown(first) == shown(again)
        assert "The long answer." in shown(again)


async def test_a_message_that_waits_too_long_for_its_turn_is_told_so_and_answered_later() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="First.", gate=gate), "Second.", "Third.") as ann:
        first = asyncio.create_task(ann.say("one", keep=False))
        while not ann.model.given:
            await asyncio.sleep(0)
        waiting = await ann.say("two", after=1, seconds=SOON, keep=False)
        assert shown(waiting) == texts.STILL_WORKING
        assert buttons(waiting) == [texts.SHOW_RESULT]
        ann.now[0] += 60
        gate.set()
        await first
        await ann.ended(2)
        response = await ann.say("three")
        assert "You asked: “two”\n\nSecond." in shown(response)
        assert shown(response).endswith("Third.")


async def test_a_busy_conversation_says_so_where_the_policy_is_to_reject() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="First.", gate=gate), busy="reject") as ann:
        first = asyncio.create_task(ann.say("one", keep=False))
        while not ann.model.given:
            await asyncio.sleep(0)
        assert shown(await ann.say("two", after=1, keep=False)) == texts.BUSY
        gate.set()
        await first


async def test_more_shows_all_of_a_long_answer_once_and_asks_no_model() -> None:
    text = " ".join(f"Sentence number {number} says something." for number in range(2_000))
    async with talking(text) as ann:
        response = await ann.say("Tell me everything")
        numbers = re.findall(r"number (\d+) says", shown(response))
        while buttons(response):
            assert (buttons(response), action(response)) == ([texts.MORE], "ElicitIntent")
            response = await ann.say("more", after=1)
            numbers += re.findall(r"number (\d+) says", shown(response))
        assert numbers == [str(number) for number in range(2_000)]
        assert action(response) == "Close"
        assert len(ann.model.given) == 1


async def test_a_page_asked_for_twice_is_the_same_page() -> None:
    async with talking("Once upon a time there was a king. " * 1_000) as ann:
        await ann.say("Tell me a story")
        first, again = await ann.say("more", keep=False), await ann.say("more", keep=False)
        assert shown(first) == shown(again)


async def test_pages_of_a_late_result_and_an_answer_go_on_where_they_stopped() -> None:
    gate = asyncio.Event()
    long = " ".join(f"Sentence number {number} says something." for number in range(600))
    async with talking(Say(text=long, gate=gate), "Hello yourself.") as ann:
        await ann.say("Summarise everything", seconds=3.0)
        gate.set()
        await ann.ended(2)
        response = await ann.say("hello")
        told = shown(response)
        while buttons(response):
            response = await ann.say("more")
            told += "\n" + shown(response)
        assert re.findall(r"number (\d+) says", told) == [str(number) for number in range(600)]
        assert told.count("Hello yourself.") == 1
        assert told.count("You asked") == 1


async def test_more_without_anything_left_is_for_the_assistant() -> None:
    async with talking("Hello.", "There is more to it.") as ann:
        await ann.say("hello")
        assert shown(await ann.say("more")) == "There is more to it."


async def test_a_failure_closes_the_intent_as_failed_with_an_incident() -> None:
    async with talking(RuntimeError("secret detail")) as ann:
        response = await ann.say("hello")
    assert response["sessionState"]["intent"]["state"] == "Failed"
    assert re.search(r"incident id [0-9a-f]+", shown(response))
    assert "secret detail" not in shown(response)


async def test_what_the_assistant_refuses_is_said() -> None:
    async with talking() as ann:
        response = await ann.say("x" * 32_001)
    assert "32,001 characters" in shown(response)
    assert response["sessionState"]["intent"]["state"] == "Failed"


@pytest.mark.parametrize("event", [None, [], {}, {"sessionId": 7}])
async def test_what_is_no_call_gets_a_valid_answer(event: object) -> None:
    async with talking() as ann:
        response = await ann.fulfilment.answer(event, seconds=30)
    assert faults(response) == []
    assert (shown(response), action(response)) == (texts.MALFORMED, "ElicitIntent")


async def test_a_step_of_a_dialog_asks_no_model_and_keeps_the_state() -> None:
    async with talking("Hello.") as ann:
        await ann.say("hello")
        event = payload("dialog_null_slots")
        event["sessionState"]["sessionAttributes"] = ann.attributes
        response = await ann.fulfilment.answer(event, seconds=30)
        assert faults(response) == []
        assert action(response) == "Delegate"
        assert response["sessionState"]["sessionAttributes"] == ann.attributes
        assert len(ann.model.given) == 1


async def test_attributes_of_others_are_kept_and_ours_is_replaced() -> None:
    async with talking("Hello.", "Again.") as ann:
        ann.attributes = {"theirs": "x", ATTRIBUTE: "made up"}
        first = (await ann.say("hello"))["sessionState"]["sessionAttributes"]
        second = (await ann.say("hello again"))["sessionState"]["sessionAttributes"]
    assert first.keys() == second.keys() == {"theirs", ATTRIBUTE}
    assert len({"made up", first[ATTRIBUTE], second[ATTRIBUTE]}) == 3


async def test_a_persons_result_is_not_shown_to_whoever_names_the_session() -> None:
    gate = asyncio.Event()
    async with talking(Say(text="Ann's secret.", gate=gate), "Hello, stranger.") as ann:
        ann.attributes = {"switchboardToken": token(exp=NOW + 9_000)}
        closed = await ann.say("Summarise my file", seconds=3.0)
        assert "still working" in shown(closed)
        gate.set()
        ann.attributes = {ATTRIBUTE: closed["sessionState"]["sessionAttributes"][ATTRIBUTE]}
        assert shown(await ann.say("hello")) == "Hello, stranger."


async def test_two_sessions_never_mix() -> None:
    async with talking("For one.", "For two.") as ann:
        one = await ann.say("hello", keep=False)
        ann.session = "another"
        two = await ann.say("hello", keep=False)
    assert (shown(one), shown(two)) == ("For one.", "For two.")
