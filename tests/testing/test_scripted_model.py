import asyncio
from collections.abc import Sequence
from itertools import cycle

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage

from switchboard.testing.models import Call, Say, ScriptedChatModel, ScriptOver

TOOL = {"type": "function", "function": {"name": "look_up", "description": "Look it up.", "parameters": {}}}


async def test_a_text_is_the_answer() -> None:
    assert (await ScriptedChatModel(["Good morning."]).ainvoke("hi")).text == "Good morning."


async def test_a_call_becomes_a_tool_call() -> None:
    answer = await ScriptedChatModel([Call("look_up", word="lease")]).ainvoke("hi")
    assert answer.tool_calls == [
        {"name": "look_up", "args": {"word": "lease"}, "id": "call-1", "type": "tool_call"},
    ]


async def test_calls_of_one_script_have_different_ids() -> None:
    model = ScriptedChatModel([Say(calls=(Call("a"), Call("b"))), Call("c")])
    first, second = await model.ainvoke("hi"), await model.ainvoke("hi")
    assert [call["id"] for call in first.tool_calls + second.tool_calls] == ["call-1", "call-2", "call-3"]


async def test_a_stream_adds_up_to_the_answer() -> None:
    text = "  One two three\n\nfour five, six. "
    model = ScriptedChatModel([Say(text=text, calls=(Call("look_up", n=1),), words=2, tokens=(7, 3))])
    whole: AIMessageChunk | None = None
    chunks = 0
    async for chunk in model.astream("hi"):
        assert isinstance(chunk, AIMessageChunk)
        whole = chunk if whole is None else whole + chunk
        chunks += 1
    assert whole is not None
    assert whole.text == text
    assert whole.tool_calls[0]["args"] == {"n": 1}
    assert whole.usage_metadata is not None
    assert (whole.usage_metadata["input_tokens"], whole.usage_metadata["output_tokens"]) == (7, 3)
    assert chunks == 5


async def test_an_exception_is_raised() -> None:
    with pytest.raises(ConnectionError, match="gone"):
        await ScriptedChatModel([ConnectionError("gone")]).ainvoke("hi")


async def test_a_stream_can_break_off_after_its_text() -> None:
    stream = ScriptedChatModel([Say(text="Half of", error=ConnectionError())]).astream("hi")
    assert (await anext(stream)).text == "Half of"
    with pytest.raises(ConnectionError):
        await anext(stream)


async def test_an_answer_that_breaks_off_fails_when_it_is_not_streamed() -> None:
    with pytest.raises(ConnectionError):
        await ScriptedChatModel([Say(text="Half of", error=ConnectionError())]).ainvoke("hi")


@pytest.mark.parametrize("streamed", [True, False])
async def test_nothing_is_said_before_the_gate_opens(streamed: bool) -> None:
    gate = asyncio.Event()
    model = ScriptedChatModel([Say(text="Now.", gate=gate)])
    answer = asyncio.create_task(_ask(model, streamed=streamed))
    await asyncio.sleep(0)
    assert not answer.done()
    gate.set()
    assert await answer == "Now."


async def test_a_halted_stream_has_said_its_text() -> None:
    stream = ScriptedChatModel([Say(text="Half.", halt=asyncio.Event())]).astream("hi")
    assert (await anext(stream)).text == "Half."
    rest = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    assert not rest.done()
    rest.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rest


async def test_a_function_answers_to_what_was_said() -> None:
    def echo(messages: Sequence[BaseMessage]) -> str:
        return str(messages[-1].text).upper()

    assert (await ScriptedChatModel([echo]).ainvoke("hi")).text == "HI"


async def test_a_script_can_be_endless() -> None:
    model = ScriptedChatModel(cycle(["tick", "tock"]))
    assert [(await model.ainvoke("?")).text for _ in range(3)] == ["tick", "tock", "tick"]


async def test_the_model_records_messages_tools_and_choice() -> None:
    model = ScriptedChatModel(["ok"])
    sent = [SystemMessage("rules"), HumanMessage("hi")]
    await model.bind_tools([TOOL], tool_choice="any").ainvoke(sent)
    (given,) = model.given
    assert given.messages == tuple(sent)
    assert given.tool_names == ("look_up",)
    assert given.tool_choice == "any"


async def test_a_script_that_is_over_fails_the_test() -> None:
    with pytest.raises(ScriptOver, match="call 1"):
        await ScriptedChatModel([]).ainvoke("hi")


def test_the_model_can_be_called_without_a_loop() -> None:
    assert isinstance(ScriptedChatModel(["ok"]).invoke("hi"), AIMessage)


def test_two_models_share_no_record() -> None:
    ScriptedChatModel(["ok"]).invoke("hi")
    assert ScriptedChatModel([]).given == []


def test_a_step_that_waits_says_that_it_needs_a_loop() -> None:
    with pytest.raises(TypeError, match="asynchronous"):
        ScriptedChatModel([Say(text="Now.", gate=asyncio.Event())]).invoke("hi")


async def _ask(model: ScriptedChatModel, *, streamed: bool) -> str:
    if streamed:
        return "".join([str(chunk.text) async for chunk in model.astream("hi")])
    return str((await model.ainvoke("hi")).text)
