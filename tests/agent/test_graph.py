"""What the model is given, and what becomes of its tool calls."""

import asyncio

import pytest
from langchain_core.messages import ToolMessage

from switchboard import (
    Artifact,
    Attachment,
    BackendError,
    Delta,
    Refused,
    Tool,
    ToolContext,
    ToolFailed,
    ToolResult,
    ToolRetry,
    fold,
    tool,
)
from switchboard.testing.models import Call, Say, ScriptedChatModel
from switchboard.testing.running import ask, follow, running, said
from tests.agent.shared import SECRET, find, settings, upload


async def test_the_model_sees_earlier_turns_but_only_so_many() -> None:
    model = ScriptedChatModel(["a", "b", "c", "d"])
    async with running(model, settings=settings(turn__window_turns="2")) as assistant:
        for text in "1234":
            await ask(assistant, text)
    assert [message.content for message in model.given[-1].messages[1:]] == ["2", "b", "3", "c", "4"]


async def test_the_model_reads_the_names_of_attached_files() -> None:
    model = ScriptedChatModel(["read"])
    async with running(model) as assistant:
        digest = await upload(assistant.blobs, b"x")
        attachment = Attachment(name="a\nb.pdf", media_type="application/pdf", size=1, digest=digest)
        await ask(assistant, said("sum this up", attachments=(attachment,)))
    assert model.given[0].messages[-1].content == "sum this up\n[attached: a b.pdf]"


async def test_a_tool_reaches_the_files_of_earlier_messages() -> None:
    seen: list[tuple[str, bytes]] = []

    @tool
    async def look(context: ToolContext) -> ToolResult:
        """Look at the files."""
        seen.extend([(file.name, await context.read(file)) for file in context.attachments])
        return ToolResult(text="ok")

    async with running(["got it", Call("look"), "done"], tools=(look,)) as assistant:
        digest = await upload(assistant.blobs, b"bytes")
        attachment = Attachment(name="a.txt", media_type="", size=0, digest=digest)
        await ask(assistant, said("here", attachments=(attachment,)))
        await ask(assistant, "now look")
    assert seen == [("a.txt", b"bytes")]


async def test_sources_of_several_calls_are_numbered_as_the_answer_uses_them() -> None:
    script = [
        Say(calls=(Call("find", query="a"), Call("find", query="b"))),
        Call("find", query="c"),
        "x [3] y [1] z [9]",
    ]
    model = ScriptedChatModel(script)
    async with running(model, tools=(find,)) as assistant:
        reply = await ask(assistant, "q")
    assert [(citation.number, citation.quote) for citation in reply.citations] == [(1, "c"), (2, "a")]
    assert reply.text == "x [1] y [2] z"
    assert '<passage id="3"' in str(model.given[2].messages[-1].content)


async def test_a_marker_that_is_split_over_chunks_still_brings_its_source() -> None:
    async with running([Call("find", query="a"), Say(text="so [1] it", words=1)], tools=(find,)) as assistant:
        assert len((await ask(assistant, "q")).citations) == 1


async def test_the_final_text_is_what_has_been_streamed() -> None:
    step = Say(text=" Let me see [9]. ", calls=(Call("find", query="a"),))
    async with running([step, Say(text="It is so [1], [4] and `[1]", words=1)], tools=(find,)) as assistant:
        message = said("q")
        await assistant.offer(message)
        events = await follow(assistant, message)
    streamed = "".join(event.text for event in events if isinstance(event, Delta))
    assert fold(events).text == streamed.strip() == "Let me see. \n\nIt is so [1], and `[1]"


async def test_what_was_found_and_not_cited_is_not_shown() -> None:
    async with running([Call("find", query="a"), "I do not know."], tools=(find,)) as assistant:
        assert (await ask(assistant, "q")).citations == ()


async def test_a_model_that_never_stops_calling_is_made_to_answer() -> None:
    model = ScriptedChatModel([Call("find", query=str(number)) for number in range(2)] + ["enough"])  # type: ignore[arg-type]
    async with running(model, tools=(find,), settings=settings(turn__max_steps="2")) as assistant:
        assert (await ask(assistant, "q")).text == "enough"
    assert model.given[-1].tools == ()


def failing(error: Exception) -> Tool:
    @tool(name="fail")
    async def fail(context: ToolContext) -> ToolResult:
        """Fail."""
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ToolRetry("name a year"), "Call fail again: name a year"),
        (ToolFailed("The scale is broken. Use another."), "The scale is broken. Use another."),
        (Refused("You may not see that.", policy="access"), "You may not see that."),
        (BackendError(service="kendra", operation="Retrieve", code="ThrottlingException"), "not available right now"),
        (RuntimeError(SECRET), "fail failed. (Incident "),
        (TimeoutError(SECRET), "did not end within"),
    ],
)
async def test_a_failure_is_told_to_the_model_in_safe_words(error: Exception, told: str) -> None:
    model = ScriptedChatModel([Call("fail"), "Sorry."])
    async with running(model, tools=(failing(error),)) as assistant:
        reply = await ask(assistant, "q")
    result = model.given[1].messages[-1]
    assert isinstance(result, ToolMessage)
    assert result.status == "error"
    assert told in str(result.content)
    assert SECRET not in str(result.content)
    assert (reply.text, reply.status, reply.tools[0].status) == ("Sorry.", "partial", "failed")


async def test_a_tool_that_hangs_ends_at_its_deadline() -> None:
    @tool(deadline=0.01)
    async def hang(context: ToolContext) -> ToolResult:
        """Hang."""
        await asyncio.Event().wait()
        return ToolResult()

    model = ScriptedChatModel([Call("hang"), "It took too long."])
    async with running(model, tools=(hang,)) as assistant:
        reply = await ask(assistant, "q")
    assert reply.tools[0].status == "failed"
    assert "did not end within" in str(model.given[1].messages[-1].content)


async def test_a_call_of_no_tool_or_with_wrong_arguments_can_be_mended() -> None:
    model = ScriptedChatModel([Call("dig"), Call("find", depth=3), Call("find", query="q"), "found"])
    async with running(model, tools=(find,)) as assistant:
        reply = await ask(assistant, "q")
    assert "no tool called dig" in str(model.given[1].messages[-1].content)
    assert "query" in str(model.given[2].messages[-1].content)
    assert reply.text == "found"


async def test_a_partial_result_can_not_be_called_done() -> None:
    @tool
    async def half(context: ToolContext) -> ToolResult:
        """Do half."""
        artifact = Artifact(name="a", media_type="b", size=1, digest="c")
        return ToolResult(text="half", status="partial", missing=("page 7 is blank",), artifacts=(artifact,))

    async with running([Call("half"), "All done!"], tools=(half,)) as assistant:
        reply = await ask(assistant, "q")
    assert (reply.status, reply.warnings[0].text) == ("partial", "This is incomplete: page 7 is blank.")
    assert reply.tools[0].missing == ("page 7 is blank",)
    assert len(reply.artifacts) == 1
