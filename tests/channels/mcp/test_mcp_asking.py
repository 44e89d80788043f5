"""Asking a person, through the client, before a tool is called that needs it: in both ways that the protocol has."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from mcp import Client
from mcp.types import (
    ElicitationCapability,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
    UrlElicitationCapability,
)

from channels.mcp.asking import can_ask
from channels.mcp.calling import Caller
from channels.mcp.server import build
from channels.mcp.workshop import Workshop
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard import Principal, Tool, ToolContext, ToolResult, tool

WORKSHOP = Workshop(tenant="local", blobs=MemoryBlobStore(), jobs=MemoryJobStore())
ANN = Principal(id="ann", verified=True)
BOB = Principal(id="bob", verified=True)
YES = ElicitResult(action="accept", content={"agree": True})
ERAS = pytest.mark.parametrize("mode", ["legacy", "auto"])
Says = Callable[[Any, ElicitRequestFormParams], Awaitable[ElicitResult]]


def deleting(done: list[str]) -> Tool:
    @tool(needs_approval=True)
    async def delete_file(context: ToolContext, *, name: str) -> ToolResult:
        """Delete a file.

        Args:
            name: Which.
        """
        done.append(name)
        return ToolResult(text="Gone.")

    made: Tool = delete_file
    return made


def saying(answer: ElicitResult, asked: list[str] | None = None) -> Says:
    """A person who gives this answer, and remembers what was asked."""

    async def says(context: Any, params: ElicitRequestFormParams) -> ElicitResult:
        if asked is not None:
            asked.append(params.message)
        return answer

    return says


def client(done: list[str], says: Says | None, mode: str) -> Client:
    caller = Caller(principal=ANN, workshop=WORKSHOP)
    return Client(build([deleting(done)], lambda context: caller), mode=mode, elicitation_callback=says)


@ERAS
async def test_it_is_done_once_the_person_has_seen_everything_and_agreed(mode: str) -> None:
    done: list[str] = []
    asked: list[str] = []
    async with client(done, saying(YES, asked), mode) as connected:
        assert [one.name for one in (await connected.list_tools()).tools] == ["delete_file"]
        result = await connected.call_tool("delete_file", {"name": "plan.txt"})
    assert result.content[0].text == "Gone."  # type: ignore[union-attr]
    assert (done, asked) == (["plan.txt"], ['May delete_file be called with this?\nname: "plan.txt"'])


@ERAS
@pytest.mark.parametrize(
    "answer",
    [
        ElicitResult(action="decline"),
        ElicitResult(action="cancel"),
        ElicitResult(action="accept"),
        ElicitResult(action="accept", content={"agree": False}),
        ElicitResult(action="accept", content={"agree": "true"}),
        ElicitResult(action="accept", content={"other": True}),
    ],
)
async def test_anything_but_a_yes_is_a_no(mode: str, answer: ElicitResult) -> None:
    done: list[str] = []
    async with client(done, saying(answer), mode) as connected:
        result = await connected.call_tool("delete_file", {"name": "plan.txt"})
    assert (result.is_error, done) == (True, [])
    assert "did not agree" in result.content[0].text  # type: ignore[union-attr]


@ERAS
async def test_where_nobody_can_be_asked_the_tool_is_not_there(mode: str) -> None:
    done: list[str] = []
    async with client(done, None, mode) as connected:
        assert (await connected.list_tools()).tools == []
        result = await connected.call_tool("delete_file", {"name": "plan.txt"})
    assert "no tool called 'delete_file'" in result.content[0].text  # type: ignore[union-attr]
    assert done == []


@ERAS
async def test_nobody_is_asked_about_a_call_that_can_not_be_made(mode: str) -> None:
    asked: list[str] = []
    async with client([], saying(YES, asked), mode) as connected:
        result = await connected.call_tool("delete_file", {"names": "plan.txt"})
    assert "name: Field required" in result.content[0].text  # type: ignore[union-attr]
    assert asked == []


@ERAS
async def test_what_can_not_be_seen_is_shown_as_its_code(mode: str) -> None:
    asked: list[str] = []
    async with client([], saying(YES, asked), mode) as connected:
        await connected.call_tool("delete_file", {"name": "b\u202egpj.exe\u200b"})
    assert asked[0].endswith('name: "b\\u202egpj.exe\\u200b"')


async def test_a_yes_that_nobody_was_asked_for_does_nothing() -> None:
    done: list[str] = []
    async with client(done, saying(YES), "auto") as connected:
        for state in (None, "made-up"):
            result = await connected.session.call_tool(
                "delete_file",
                {"name": "plan.txt"},
                input_responses={"agree": YES},
                request_state=state,
                allow_input_required=True,
            )
            assert isinstance(result, InputRequiredResult)
    assert done == []


async def test_a_yes_counts_once_and_for_the_very_call_that_was_asked_about() -> None:
    done: list[str] = []
    async with client(done, saying(YES), "auto") as connected:

        async def call(name: str, state: str | None) -> Any:
            return await connected.session.call_tool(
                "delete_file",
                {"name": name},
                input_responses={"agree": YES},
                request_state=state,
                allow_input_required=True,
            )

        first = (await call("plan.txt", None)).request_state
        assert isinstance(await call("all.txt", first), InputRequiredResult)
        second = (await call("plan.txt", None)).request_state
        await call("plan.txt", second)
        assert isinstance(await call("plan.txt", second), InputRequiredResult)
    assert done == ["plan.txt"]


@pytest.mark.parametrize(
    ("capability", "shows"),
    [
        (None, False),
        (ElicitationCapability(), True),
        (ElicitationCapability(url=UrlElicitationCapability()), False),
    ],
)
def test_only_a_client_that_shows_forms_can_ask(capability: ElicitationCapability | None, shows: bool) -> None:
    capabilities = SimpleNamespace(elicitation=capability)
    context: Any = SimpleNamespace(
        session=SimpleNamespace(client_capabilities=capabilities, can_send_request=True), protocol_version="2025-11-25"
    )
    assert can_ask(context) == shows
    context.session.can_send_request = False
    assert not can_ask(context)
