"""Calls that a channel asks for by name, and those that a person has to agree to first."""

import asyncio
import time
from dataclasses import replace

import pytest
from langchain_core.messages import ToolCall, ToolMessage

from agent.approving import beginning, is_approved, waiting
from switchboard import BadInput, Call, Message, MessageId, Principal, Reply, Tool, ToolContext, ToolResult, fold, tool
from switchboard.testing import models
from switchboard.testing.models import ScriptedChatModel
from switchboard.testing.running import SOMEWHERE, ask, running, said
from tests.agent.shared import find

SOMEBODY_ELSE = Principal(id="else", verified=True)


def paying(paid: list[tuple[str, int]]) -> Tool:
    @tool(needs_approval=True)
    async def pay(context: ToolContext, *, to: str, amount: int) -> ToolResult:
        """Pay somebody."""
        paid.append((to, amount))
        return ToolResult(text=f"Paid {amount} to {to}.")

    return pay


def calling(text: str, tool: str, arguments: str, **fields: bool) -> Message:
    return replace(said(text), call=Call(tool=tool, arguments=arguments, **fields))


PAY = models.Call("pay", to="ann", amount=5)


async def test_a_call_by_name_is_run_without_asking_the_model_which() -> None:
    model = ScriptedChatModel(["Here it is."])
    async with running(model, tools=(find,)) as assistant:
        reply = await ask(assistant, calling("find leave", "find", '{"query": "leave"}'))
    assert reply.text == "Here it is."
    assert [one.tool for one in reply.tools] == ["find"]
    assert "leave" in str(model.given[0].messages[-1].content)
    assert len(model.given) == 1


async def test_a_call_by_name_needs_no_words() -> None:
    async with running(["done"], tools=(find,)) as assistant:
        assert (await ask(assistant, calling("", "find", '{"query": "leave"}'))).text == "done"


@pytest.mark.parametrize("arguments", ["", "[]", "null", "{", '"x"', "[" * 5_000])
async def test_a_call_whose_arguments_are_no_object_is_refused(arguments: str) -> None:
    async with running([], tools=(find,)) as assistant:
        with pytest.raises(BadInput, match="not a JSON object"):
            await assistant.offer(calling("find", "find", arguments))


async def test_wrong_arguments_of_a_call_by_name_are_told_to_the_model_as_its_own_are() -> None:
    model = ScriptedChatModel(["What should I look for?"])
    async with running(model, tools=(find,)) as assistant:
        await ask(assistant, calling("find", "find", '{"depth": 3}'))
    assert "query" in str(model.given[0].messages[-1].content)


async def test_what_needs_a_yes_is_asked_and_not_run() -> None:
    paid: list[tuple[str, int]] = []
    async with running([PAY], tools=(paying(paid),)) as assistant:
        reply = await ask(assistant, "pay ann 5")
    assert paid == []
    assert reply.question is not None
    assert reply.question.text == "May I do this?\n\n- pay (to: `ann`, amount: `5`)"
    assert reply.question.options == ("Yes", "No")
    assert (reply.text, reply.status, reply.tools) == ("", "complete", ())


async def test_a_yes_runs_exactly_what_was_asked_and_the_model_tells_of_it() -> None:
    paid: list[tuple[str, int]] = []
    model = ScriptedChatModel([PAY, "Done."])
    async with running(model, tools=(paying(paid),)) as assistant:
        await ask(assistant, "pay ann 5")
        reply = await ask(assistant, " yes. ")
    assert paid == [("ann", 5)]
    assert (reply.text, reply.question) == ("Done.", None)
    assert "Paid 5 to ann." in str(model.given[1].messages[-1].content)


async def test_a_yes_counts_once() -> None:
    paid: list[tuple[str, int]] = []
    async with running([PAY, "Done.", "What for?"], tools=(paying(paid),)) as assistant:
        for text in ("pay ann 5", "Yes", "Yes"):
            await ask(assistant, text)
    assert paid == [("ann", 5)]


async def test_a_no_is_told_to_the_model_and_nothing_is_run() -> None:
    paid: list[tuple[str, int]] = []
    model = ScriptedChatModel([PAY, "All right."])
    async with running(model, tools=(paying(paid),)) as assistant:
        await ask(assistant, "pay ann 5")
        reply = await ask(assistant, "No")
    assert (paid, reply.text, reply.status) == ([], "All right.", "complete")
    assert "did not agree" in str(model.given[1].messages[-1].content)


async def test_what_needs_no_yes_waits_with_what_does_and_is_run_after_a_no() -> None:
    paid: list[tuple[str, int]] = []
    both = models.Say(calls=(PAY, models.Call("find", query="ann")))
    async with running([both, "Found her."], tools=(paying(paid), find)) as assistant:
        first = await ask(assistant, "pay ann 5 and look her up")
        second = await ask(assistant, "no")
    assert first.tools == ()
    assert [each.tool for each in second.tools] == ["find"]
    assert paid == []


async def test_anything_else_lets_go_of_what_waits() -> None:
    paid: list[tuple[str, int]] = []
    async with running([PAY, "Tuesday.", "Yes what?"], tools=(paying(paid),)) as assistant:
        for text in ("pay ann 5", "what day is it?", "yes"):
            reply = await ask(assistant, text)
    assert (paid, reply.text) == ([], "Yes what?")


async def test_nobody_elses_yes_counts_and_the_askers_still_does() -> None:
    paid: list[tuple[str, int]] = []
    async with running([PAY, "You were not asked.", "Done."], tools=(paying(paid),)) as assistant:
        await ask(assistant, "pay ann 5")
        await ask(assistant, said("yes", principal=SOMEBODY_ELSE))
        assert paid == []
        await ask(assistant, "yes")
    assert paid == [("ann", 5)]


async def test_the_same_name_unverified_is_somebody_else() -> None:
    paid: list[tuple[str, int]] = []
    async with running([PAY, "Who are you?"], tools=(paying(paid),)) as assistant:
        await ask(assistant, "pay ann 5")
        await ask(assistant, said("yes", principal=Principal(id="somebody", verified=False)))
    assert paid == []


async def test_a_yes_said_before_the_question_does_not_count() -> None:
    paid: list[tuple[str, int]] = []
    early = said("yes")
    async with running([PAY, "Yes to what?"], tools=(paying(paid),)) as assistant:
        await ask(assistant, "pay ann 5")
        await ask(assistant, early)
    assert paid == []


async def test_a_yes_to_something_else_does_not_count() -> None:
    paid: list[tuple[str, int]] = []
    asking = said("pay ann 5")
    async with running([PAY, "Yes to what?", "Done."], tools=(paying(paid),)) as assistant:
        await ask(assistant, asking)
        await ask(assistant, replace(said("yes"), reply_to=MessageId("another")))
        assert paid == []
        await ask(assistant, replace(said("yes"), reply_to=asking.id))
    assert paid == [("ann", 5)]


async def test_another_call_of_the_same_turn_is_asked_for_as_well() -> None:
    paid: list[tuple[str, int]] = []
    async with running([PAY, models.Call("pay", to="eve", amount=500)], tools=(paying(paid),)) as assistant:
        await ask(assistant, "pay ann 5")
        reply = await ask(assistant, "yes")
    assert paid == [("ann", 5)]
    assert reply.question is not None
    assert "eve" in reply.question.text


def test_a_call_that_copies_the_id_of_one_agreed_to_is_not_agreed_to() -> None:
    asked = said("pay ann 5")
    pending = waiting([ToolCall(name="pay", args={"to": "ann"}, id="call-1")], asked, asked.received_at)
    yes = said("yes")
    begun = beginning(yes, pending)
    assert begun is not None
    (call,) = begun.tool_calls
    assert is_approved(yes, pending, call, [begun]) is True
    assert is_approved(yes, pending, ToolCall(**{**call, "args": {"to": "eve"}}), [begun]) is None


def test_a_yes_is_good_for_one_run_of_the_call() -> None:
    asked = said("pay ann 5")
    pending = waiting([ToolCall(name="pay", args={"to": "ann"}, id="call-1")], asked, asked.received_at)
    yes = said("yes")
    begun = beginning(yes, pending)
    assert begun is not None
    (call,) = begun.tool_calls
    paid = ToolMessage("Paid.", tool_call_id=str(call["id"]))
    assert is_approved(yes, pending, call, [begun, paid]) is None


async def test_a_call_by_name_can_bring_its_yes_along() -> None:
    paid: list[tuple[str, int]] = []
    async with running(["Done."], tools=(paying(paid),)) as assistant:
        await ask(assistant, calling("pay", "pay", '{"to": "ann", "amount": 5}', approved=True))
    assert paid == [("ann", 5)]


async def test_a_call_by_name_without_its_yes_is_asked_for() -> None:
    paid: list[tuple[str, int]] = []
    async with running(["Done."], tools=(paying(paid),)) as assistant:
        reply: Reply = await ask(assistant, calling("pay", "pay", '{"to": "ann", "amount": 5}'))
        assert (paid, reply.question is not None) == ([], True)
        await ask(assistant, "Yes")
    assert paid == [("ann", 5)]


async def test_an_argument_can_not_pretend_to_be_another() -> None:
    text = "ann`, amount: `1"
    async with running([models.Call("pay", to=text, amount=999)], tools=(paying([]),)) as assistant:
        reply = await ask(assistant, "pay")
    assert reply.question is not None
    assert reply.question.text.endswith("- pay (to: ``ann`, amount: `1``, amount: `999`)")


async def test_an_argument_hides_nothing() -> None:
    async with running([models.Call("pay", to="ann\u202eeve\u200b", amount=5)], tools=(paying([]),)) as assistant:
        reply = await ask(assistant, "pay")
    assert reply.question is not None
    assert "to: `ann\\u202eeve\\u200b`" in reply.question.text


async def test_nothing_is_asked_of_somebody_who_waits_no_longer() -> None:
    paid: list[tuple[str, int]] = []
    gate = asyncio.Event()
    model = ScriptedChatModel([models.Say(calls=(PAY,), gate=gate), "Ask me again."])
    async with running(model, tools=(paying(paid),), works=True) as assistant:
        reply = await ask(assistant, replace(said("pay"), deadline=time.time() + 0.05))
        assert reply.job is not None
        gate.set()
        async for news in assistant.watch_job(SOMEWHERE, reply.job.job_id):
            last = news
        assert last.result is not None
        result = fold([event async for event in assistant.events(SOMEWHERE, last.result)])
    assert (paid, result.text, result.question) == ([], "Ask me again.", None)
    assert "nobody can be asked now" in str(model.given[1].messages[-1].content)


async def test_the_result_of_other_work_does_not_take_the_question_away() -> None:
    paid: list[tuple[str, int]] = []
    gate = asyncio.Event()
    steps = [models.Say(text="The summary.", gate=gate), PAY, "Done."]
    async with running(steps, tools=(paying(paid),), works=True) as assistant:
        slow = await ask(assistant, replace(said("sum up"), deadline=time.time() + 0.05))
        assert slow.job is not None
        await ask(assistant, "pay ann 5")
        gate.set()
        async for _ in assistant.watch_job(SOMEWHERE, slow.job.job_id):
            pass
        await ask(assistant, "yes")
    assert paid == [("ann", 5)]
