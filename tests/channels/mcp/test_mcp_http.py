"""MCP over HTTP: the official client at the served endpoint, as whoever its credential speaks for."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.types import ElicitResult

from channels.http.callers import Callers
from channels.http.keys import ApiKeys
from channels.http.settings import HttpSettings
from channels.mcp.mount import Endpoint
from channels.mcp.workshop import Workshop
from channels.tokens import JwtSettings, Tokens
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard import Status, Tool, ToolContext, ToolResult, tool
from switchboard.testing.assistant import FakeAssistant
from tests.channels.http.conftest import Api, api_of

BOTH = pytest.mark.parametrize("mode", ["legacy", "auto"])
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
ACCEPTS = {"Accept": "application/json, text/event-stream"}
WORKSHOP = Workshop(tenant="local", blobs=MemoryBlobStore(), jobs=MemoryJobStore())
SECRET = "a secret of thirty-two characters"


@tool
async def who_am_i(context: ToolContext) -> ToolResult:
    """Tell who calls."""
    return ToolResult(text=f"{context.principal.id} of {', '.join(sorted(context.principal.groups)) or 'nowhere'}")


@tool(needs_approval=True)
async def delete_all(context: ToolContext) -> ToolResult:
    """Delete everything."""
    return ToolResult(text="Gone.")


@asynccontextmanager
async def served(folder: Path, tools: Sequence[Tool] = (who_am_i,), **changes: Any) -> AsyncIterator[Api]:
    endpoint = Endpoint(tools, WORKSHOP)
    async with api_of(FakeAssistant(), folder, endpoint, **changes) as api:
        yield api


@asynccontextmanager
async def client(api: Api, key: str, mode: str = "auto", **more: Any) -> AsyncIterator[Client]:
    async with (
        create_mcp_http_client(headers={"Authorization": f"Bearer {key}"}) as http,
        Client(streamable_http_client(f"{api.address}/mcp", http_client=http), mode=mode, **more) as connected,
    ):
        yield connected


async def said(connected: Client, name: str = "who_am_i", **more: Any) -> str:
    result: Any = await connected.call_tool(name, {}, **more)
    return str(result.content[0].text)


@BOTH
async def test_a_tool_is_called_as_whoever_the_key_speaks_for(tmp_path: Path, mode: str) -> None:
    async with served(tmp_path) as api:
        async with client(api, api.key, mode) as connected:
            assert [one.name for one in (await connected.list_tools()).tools] == ["who_am_i"]
            assert await said(connected) == "ann of staff"
        async with client(api, "the-owner-key", mode) as connected:
            assert await said(connected) == "owner of nowhere"


async def test_a_tool_is_called_as_whoever_a_token_speaks_for(tmp_path: Path) -> None:
    settings = JwtSettings(secret=SECRET, issuer="idp", audience="here")
    callers = Callers(keys=ApiKeys(tmp_path), tokens=Tokens(settings, where="channels.http.jwt"))
    claims = {"sub": "eve", "iss": "idp", "aud": "here", "exp": time.time() + 60, "groups": ["sales"]}
    async with served(tmp_path, callers=callers) as api:
        async with client(api, jwt.encode(claims, SECRET, "HS256")) as connected:
            assert await said(connected) == "eve of sales"
        answer = await hello(api, jwt.encode({**claims, "exp": 1}, SECRET, "HS256"))
        assert answer.status_code == 401


async def hello(api: Api, key: str = "", **headers: str) -> httpx.Response:
    """What opening a session gives."""
    credential = {"Authorization": f"Bearer {key}"} if key else {}
    return await api.anybody.post("/mcp", json=HELLO, headers={**ACCEPTS, **credential, **headers})


async def test_nobody_gets_in_without_a_credential(tmp_path: Path) -> None:
    async with served(tmp_path) as api:
        for answer in (await hello(api), await hello(api, "sb_wrong"), await api.anybody.get("/mcp")):
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
            assert answer.headers["www-authenticate"].startswith("Bearer")
        await api.anybody.get("/?key=the-owner-key")
        assert api.anybody.cookies
        assert (await hello(api)).status_code == 401


async def test_a_session_is_its_openers_alone(tmp_path: Path) -> None:
    async with served(tmp_path) as api:
        session = (await hello(api, api.key)).headers["mcp-session-id"]
        listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
        headers = {**ACCEPTS, "Mcp-Session-Id": session}
        assert (await api.ann.post("/mcp", json=listing, headers=headers)).status_code == 200
        foreign = await api.bob.post("/mcp", json=listing, headers=headers)
        unknown = await api.bob.post("/mcp", json=listing, headers={**headers, "Mcp-Session-Id": "0" * 32})
        assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
        assert (await api.bob.delete("/mcp", headers=headers)).status_code == 404
        assert (await api.ann.delete("/mcp", headers=headers)).status_code == 200
        assert (await api.ann.post("/mcp", json=listing, headers=headers)).status_code == 404


@BOTH
async def test_progress_is_told_to_the_call_that_it_is_of(tmp_path: Path, mode: str) -> None:
    both = asyncio.Barrier(2)

    @tool
    async def work(context: ToolContext) -> ToolResult:
        """Work for a while."""
        await both.wait()
        context.emit(Status(text=f"for {context.principal.id}"))
        await both.wait()
        return ToolResult(text="Done.")

    async def worked(api: Api, key: str) -> list[str | None]:
        told: list[str | None] = []

        async def progress(done: float, total: float | None, message: str | None) -> None:
            told.append(message)

        async with client(api, key, mode) as connected:
            await said(connected, "work", progress_callback=progress)
        return told

    async with served(tmp_path, [work]) as api:
        told = await asyncio.gather(worked(api, api.key), worked(api, "the-owner-key"))
    assert told == [["for ann"], ["for owner"]]


@BOTH
async def test_a_cancelled_call_stops_the_tool(tmp_path: Path, mode: str) -> None:
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

    async with served(tmp_path, [endless]) as api, client(api, api.key, mode) as connected:
        call = asyncio.create_task(said(connected, "endless"))
        await begun.wait()
        call.cancel()
        async with asyncio.timeout(60):
            await ended.wait()


@BOTH
async def test_who_cancels_a_call_ends_nobody_elses_of_the_same_id(tmp_path: Path, mode: str) -> None:
    begun, ended = dict[str, asyncio.Event](), list[str]()
    both, release = asyncio.Barrier(3), asyncio.Event()

    @tool
    async def wait(context: ToolContext) -> ToolResult:
        """Wait."""
        begun[context.principal.id] = asyncio.Event()
        await both.wait()
        try:
            await release.wait()
        finally:
            ended.append(context.principal.id)
            begun[context.principal.id].set()
        return ToolResult(text=f"For {context.principal.id}.")

    async with (
        served(tmp_path, [wait]) as api,
        client(api, api.key, mode) as ann,
        client(api, "the-owner-key", mode) as owner,
    ):
        calls = [asyncio.create_task(said(each, "wait")) for each in (ann, owner)]
        await both.wait()
        calls[0].cancel()
        async with asyncio.timeout(60):
            await begun["ann"].wait()
        assert ended == ["ann"]
        release.set()
        assert await calls[1] == "For owner."


@BOTH
async def test_a_person_is_asked_through_the_client(tmp_path: Path, mode: str) -> None:
    async def agree(context: Any, params: Any) -> ElicitResult:
        return ElicitResult(action="accept", content={"agree": True})

    async with served(tmp_path, [delete_all]) as api:
        async with client(api, api.key, mode, elicitation_callback=agree) as connected:
            assert await said(connected, "delete_all") == "Gone."
        async with client(api, api.key, mode) as connected:
            assert "no tool called 'delete_all'" in await said(connected, "delete_all")


async def test_a_page_of_a_foreign_origin_may_not_call_and_one_of_an_allowed_may(tmp_path: Path) -> None:
    settings = HttpSettings(origins=("https://app.example.org",))
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "mcp-session-id"}
    async with served(tmp_path, settings=settings) as api:
        assert (await hello(api, api.key, Origin="https://evil.example")).status_code == 403
        allowed = await hello(api, api.key, Origin="https://app.example.org")
        assert allowed.status_code == 200
        assert "Mcp-Session-Id" in allowed.headers["access-control-expose-headers"]
        preflight = await api.anybody.options("/mcp", headers={"Origin": "https://app.example.org", **asks})
        assert preflight.status_code == 200


async def test_where_it_is_not_offered_there_is_nothing(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(), tmp_path) as api:
        assert (await hello(api, api.key)).status_code == 404


def test_its_library_is_not_loaded_before_somebody_calls() -> None:
    code = "import channels.http.app, sys; print('mcp' in sys.modules, 'mcp_types' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]
