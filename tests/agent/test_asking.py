"""Questions that a tool has for the person."""

import asyncio

from langchain_core.messages import AIMessage, HumanMessage

from agent.detaching import job_of
from switchboard import Question, ToolContext, ToolResult, fold, tool
from switchboard.testing import models
from switchboard.testing.models import Say, ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, running, said
from tests.agent.shared import Clock, find

WHICH = Question(text="Which room?", options=("Fjord", "Hill"))
BOOK = models.Call("book", room="")


@tool
async def book(context: ToolContext, *, room: str) -> ToolResult:
    """Book a room."""
    return ToolResult(text=f"{room} is booked.") if room else ToolResult(text="No room was named.", question=WHICH)


async def test_a_tools_question_ends_the_turn_in_its_own_words_and_the_model_is_not_asked_to_repeat_it() -> None:
    model = ScriptedChatModel([BOOK])
    async with running(model, tools=(book,)) as assistant:
        reply = await ask(assistant, "book a room")
    assert reply.question is not None
    assert (reply.question.text, reply.question.options) == (WHICH.text, WHICH.options)
    assert (reply.text, reply.status, len(model.given)) == ("", "complete", 1)


async def test_the_answer_meets_a_model_that_knows_what_was_asked_and_why() -> None:
    model = ScriptedChatModel([BOOK, models.Call("book", room="Fjord"), "Fjord is yours."])
    async with running(model, tools=(book,)) as assistant:
        await ask(assistant, "book a room")
        reply = await ask(assistant, "Fjord")
    assert reply.text == "Fjord is yours."
    *_, called, answer = model.given[1].messages
    assert (type(called), called.text) == (AIMessage, "Which room?")
    assert (type(answer), answer.text) == (HumanMessage, "Fjord")


async def test_of_several_calls_none_ends_the_turn_and_the_model_hears_of_the_question() -> None:
    calls = Say(calls=(BOOK, models.Call("find", query="rooms")))
    model = ScriptedChatModel([calls, "There are two rooms. Which one?"])
    async with running(model, tools=(book, find)) as assistant:
        reply = await ask(assistant, "book a room, and which are there?")
    assert (reply.text, reply.question) == ("There are two rooms. Which one?", None)
    told = [message.text for message in model.given[1].messages if message.type == "tool"]
    assert any("ask the person: Which room? / Fjord / Hill" in text for text in told)


async def test_where_nobody_waits_any_more_the_model_hears_of_the_question() -> None:
    clock, may_end = Clock(), asyncio.Event()

    @tool
    async def slow(context: ToolContext) -> ToolResult:
        """Take long to find out that something is missing."""
        await may_end.wait()
        return ToolResult(question=WHICH)

    model = ScriptedChatModel([models.Call("slow"), "I would need to know which room."])
    async with running(model, tools=(slow,), clock=clock) as assistant:
        message = said("book a room", deadline=clock.now + 0.05)
        assert (await ask(assistant, message)).job is not None
        may_end.set()
        news = [one async for one in assistant.watch_job(SOMEWHERE, job_of(message))]
        assert news[-1].result is not None
        result = fold([event async for event in assistant.events(SOMEWHERE, news[-1].result)])
    assert (result.text, result.question) == ("I would need to know which room.", None)
