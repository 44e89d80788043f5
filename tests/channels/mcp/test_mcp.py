"""The MCP server as the official client sees it, in this process and as a command of its own."""

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from channels.mcp.calling import Caller
from channels.mcp.server import build
from channels.mcp.workshop import Workshop
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard import (
    BackendError,
    Citation,
    Message,
    Principal,
    Status,
    Tool,
    ToolContext,
    ToolFailed,
    ToolResult,
    TooMuch,
    Warning,
    tool,
)
from switchboard.__main__ import main

WORKSHOP = Workshop(tenant="local", blobs=MemoryBlobStore(), jobs=MemoryJobStore())
ANN = Principal(id="ann", verified=True)
TRAVEL = Citation(title="Travel policy", source="t.pdf", page=2, quote="Forty euros.", link="https://example.com/t")


@tool
async def look_up(context: ToolContext, *, query: str) -> ToolResult:
    """Look something up.

    Args:
        query: What to look for.
    """
    context.emit(Status(text="Reading", done=1, total=2))
    context.emit(Status(text="Reading on", done=2, total=2))
    context.emit(Status(text="Nearly there"))
    match query:
        case "refused":
            raise ToolFailed("That is not to be had.")
        case "down":
            raise BackendError(service="s", operation="o", code="c")
        case "bug":
            raise ZeroDivisionError("a secret")
        case "partial":
            return ToolResult(text="Half.", status="partial", missing=("page 7 is blank",))
    return ToolResult(
        text=f"For {context.principal.id}.",
        citations=(TRAVEL,),
        warnings=(Warning(text="It is old.", code="old"),),
        data={"query": query},
    )


@tool(needs_approval=True)
async def delete_all(context: ToolContext) -> ToolResult:
    """Delete everything."""
    raise AssertionError


def client(*tools: Tool) -> Client:
    caller = Caller(principal=ANN, workshop=WORKSHOP)
    return Client(build(tools or (look_up, delete_all), lambda context: caller))


async def ask(query: str, name: str = "look_up") -> Any:
    async with client() as connected:
        return await connected.call_tool(name, {"query": query})


async def test_tools_have_our_names_descriptions_and_schemas() -> None:
    async with client() as connected:
        (offered,) = (await connected.list_tools()).tools
    assert (offered.name, offered.description) == (look_up.name, look_up.description)
    assert offered.input_schema == look_up.parameters


async def test_a_tool_that_a_person_has_to_agree_to_is_not_there() -> None:
    result = await ask("x", name="delete_all")
    assert result.is_error
    assert "no tool called 'delete_all'" in result.content[0].text


async def test_a_result_is_text_links_and_json_on_behalf_of_the_caller() -> None:
    result = await ask("travel")
    text, link = result.content
    assert not result.is_error
    assert text.text == "For ann.\n\n[1] Travel policy, page 2\nForty euros.\n\nNote: It is old."
    assert (link.type, link.uri, link.name) == ("resource_link", "https://example.com/t", "Travel policy")
    assert result.structured_content["citations"][0]["quote"] == "Forty euros."
    assert result.structured_content["data"] == {"query": "travel"}


async def test_a_partial_result_says_what_is_missing() -> None:
    result = await ask("partial")
    assert result.content[0].text.startswith("This is incomplete: page 7 is blank")
    assert result.structured_content["missing"] == ["page 7 is blank"]


async def test_arguments_that_do_not_fit_are_sent_back_with_a_hint() -> None:
    async with client() as connected:
        result = await connected.call_tool("look_up", {"no_such": 1})
    assert result.is_error
    assert "query: Field required" in result.content[0].text


@pytest.mark.parametrize(
    ("query", "said"),
    [("refused", "That is not to be had."), ("down", "not available right now"), ("bug", "look_up failed on our side")],
)
async def test_a_failure_is_a_sentence_and_never_an_exceptions_text(query: str, said: str) -> None:
    result = await ask(query)
    assert result.is_error
    assert said in result.content[0].text
    assert ("ncident" in result.content[0].text) == (query != "refused")
    assert "secret" not in result.content[0].text


async def test_who_calls_too_much_is_told_and_the_tool_is_not_called() -> None:
    counted: list[str] = []

    async def admit(message: Message) -> None:
        counted.append(message.principal.id)
        if len(counted) > 1:
            raise TooMuch("Please wait 12 seconds.", retry_after=12)

    caller = Caller(principal=ANN, workshop=replace(WORKSHOP, admit=admit))
    async with Client(build([look_up], lambda context: caller)) as connected:
        said: list[Any] = [await connected.call_tool("look_up", {"query": "x"}) for _ in range(2)]
    assert [one.is_error for one in said] == [False, True]
    assert (said[1].content[0].text, counted) == ("Please wait 12 seconds.", ["ann", "ann"])


async def test_progress_is_told_and_only_ever_grows() -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        told.append((done, total, message))

    async with client() as connected:
        await connected.call_tool("look_up", {"query": "x"}, progress_callback=progress)
    assert told == [(1.0, 2.0, "Reading"), (2.0, 2.0, "Reading on"), (2.01, None, "Nearly there")]


async def test_a_late_tool_is_stopped_and_told() -> None:
    @tool(deadline=0.01)
    async def slow(context: ToolContext) -> ToolResult:
        """Never end."""
        await asyncio.Event().wait()
        raise AssertionError

    async with client(slow) as connected:
        result = await connected.call_tool("slow")
    assert "slow did not end within" in result.content[0].text


async def test_a_cancelled_call_stops_the_tool() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    @tool
    async def endless(context: ToolContext) -> ToolResult:
        """Never end."""
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    async with client(endless) as connected:
        call = asyncio.create_task(connected.call_tool("endless"))
        await begun.wait()
        call.cancel()
        async with asyncio.timeout(60):
            await ended.wait()


def test_without_the_library_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("channels.mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp.types", None)
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert main(["serve", "--mcp"]) == 2
    assert "switchboard-assistant[mcp]" in capsys.readouterr().err


async def test_the_command_serves_the_official_client_over_standard_input_and_output(tmp_path: Path) -> None:
    environment = {**os.environ, "SWITCHBOARD_DATA_DIR": str(tmp_path)}
    arguments = ["-m", "switchboard", "serve", "--mcp"]
    parameters = StdioServerParameters(command=sys.executable, args=arguments, env=environment)
    async with asyncio.timeout(120), Client(parameters) as connected:
        names = {offered.name for offered in (await connected.list_tools()).tools}
        result = await connected.call_tool("list_documents", {})
    assert {"search_documents", "list_documents", "check_job"} <= names
    assert not result.is_error
    assert result.structured_content["data"] == {"documents": []}
