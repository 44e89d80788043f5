"""A file's whole way on AWS: ordered, sent, recognised, summarised by Bedrock, and there in a socket or to be fetched.

Sockets, functions, worker and the clients of Amazon's services are the real ones; the services are moto and our fakes,
which hold every request to its description.
"""

import asyncio
import hashlib
import socket
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.assistant import build as build_assistant
from channels.drops.making import orders
from channels.gateway.tickets import issue
from channels.http.app import build
from channels.http.keys import ApiKeys
from infra.functions import connect, dropped, frames, recognised
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.aws import FakeBedrock, FakeGateway, Parameters
from switchboard.testing.aws.bedrock import said
from switchboard.testing.reader import pdf
from tests.channels.http.conftest import house_of
from tests.channels.websocket.conftest import site_of
from tests.infra.drop_stack import ANN, SENTENCES, Stack, a_stack, run
from tests.infra.sockets import Sockets, Window, window
from tests.web.conftest import CHROMIUM
from tests.web.gateways import a_site

SECRET = "s" * 32
MODEL = "bedrock:anthropic.claude-3-5-sonnet-20240620-v1:0"
WRITTEN = "Revenue rose by 12 percent to 48 million euros"


def writing(request: Parameters) -> str:
    """A model that writes what stands on the first page, and cites it."""
    return f"- {WRITTEN}. [p. 1]" if "48 million" in said(request) else "NOTHING"


@dataclass
class Flow:
    """The stack with sockets and a model."""

    stack: Stack
    sockets: Sockets
    bedrock: FakeBedrock

    def ticket(self) -> str:
        return issue(SECRET.encode(), ANN, tenant="local", now=time.time())

    async def finish(self, event: dict[str, Any]) -> None:
        """All that Amazon's services do once a file is in the bucket."""
        assert (await asyncio.to_thread(dropped.handler, event, None))["outcome"] == "reading"
        self.stack.textract.finish()
        for notice in self.stack.notices():
            assert (await asyncio.to_thread(recognised.handler, notice, None))["outcomes"] == ["begun"]
        assert await asyncio.to_thread(self.stack.work) == []
        (task,) = self.stack.ecs.tasks
        await asyncio.to_thread(run, task)


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Flow]:
    sockets, bedrock = Sockets(), FakeBedrock(writing)
    environment = {
        "AWS_REGION": "eu-west-1",
        "CHANNELS": "gateway",
        "SWITCHBOARD_BACKENDS__CHAT_MODEL": MODEL,
        "SWITCHBOARD_CHANNELS__GATEWAY__SECRET": SECRET,
    }
    with a_stack(monkeypatch, tmp_path, bedrock, FakeGateway(sockets.post), **environment) as stack:
        yield Flow(stack=stack, sockets=sockets, bedrock=bedrock)
        for function, kept in ((connect, connect._kept), (frames, frames._desk)):
            function._runner.run(kept.forget())


async def begun(here: Window) -> str:
    """Say hello, and have a file sent for that conversation. Returns the conversation's id."""
    await here.say(type="hello", v=1, conversation="")
    return str((await here.heard("welcome"))["conversation"])


def ordered(flow: Flow, thread: str, data: bytes) -> dict[str, Any]:
    """A file that was ordered for a conversation of the web chat, and has come: the news of it."""
    conversation = frames._desk.current().visitors.conversation(ANN, thread)
    assert conversation is not None
    return flow.stack.drop(data, at=conversation, focus="revenue")


async def test_the_summary_of_a_file_arrives_in_every_socket_of_its_conversation_and_in_no_other(flow: Flow) -> None:
    async with (
        flow.sockets.listening() as address,
        window(address, flow.ticket()) as one,
        window(address, flow.ticket()) as second,
        window(address, flow.ticket()) as other,
    ):
        thread = await begun(one)
        await begun(other)
        await second.say(type="hello", v=1, conversation=thread)
        await second.heard("welcome")
        data = pdf(*SENTENCES)
        await one.say(type="upload", id="upload-0001", **_told(data), order={"focus": "revenue"})
        await flow.finish(await asyncio.to_thread(_sent, flow.stack, await one.heard("upload"), data))
        turns = [(await each.heard("turn"))["turn"] for each in (one, second)]
        await other.say(type="ping")
        heard = [frame["type"] for frame in await other.until("pong")]
    assert "turn" not in heard
    for turn in turns:
        assert WRITTEN in turn["reply"]["text"]
        assert [citation["page"] for citation in turn["reply"]["citations"]] == [1]
    assert (flow.stack.textract.started, flow.stack.ecs.tasks[0].command[-1]) == (1, "gateway")
    assert flow.bedrock.called("Converse")


async def test_a_window_that_was_closed_meanwhile_finds_the_job_and_then_the_summary(flow: Flow) -> None:
    async with flow.sockets.listening() as address:
        async with window(address, flow.ticket()) as one:
            thread = await begun(one)
        event = await asyncio.to_thread(ordered, flow, thread, pdf(*SENTENCES))
        async with window(address, flow.ticket()) as back:
            await back.say(type="hello", v=1, conversation=thread)
            assert (await back.heard("job"))["text"] == "Waiting for report.pdf"
        await flow.finish(event)
        async with window(address, flow.ticket()) as back:
            await back.say(type="hello", v=1, conversation=thread)
            (turn,) = (await back.heard("welcome"))["history"]
    assert WRITTEN in turn["reply"]["text"]


@pytest.fixture
async def program(flow: Flow, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A program that calls a server of the same installation over HTTP."""
    setup = Setup(load())
    assistant = build_assistant(setup.settings, setup)
    house = house_of(assistant, tmp_path, orders=orders(setup))
    key, _ = ApiKeys(tmp_path).add(ANN, now=1.0)
    transport = httpx.ASGITransport(app=build(house))
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers) as client:
        yield client
    await assistant.close()


async def test_a_program_orders_a_summary_sends_the_file_past_the_server_and_picks_the_summary_up(
    flow: Flow, program: httpx.AsyncClient
) -> None:
    data = pdf(*SENTENCES)
    told = (await program.post("/v1/orders", json={"id": "order-0001", "file": _told(data)})).json()
    assert told["job"]["text"] == "Waiting for report.pdf"
    await flow.finish(await asyncio.to_thread(_sent, flow.stack, told["upload"], data))
    job = (await program.get(told["job"]["url"])).json()
    assert (job["state"], WRITTEN in job["result"]["text"]) == ("succeeded", True)
    said_there = (await program.get(f"/v1/conversations/{told['conversation']}")).json()["messages"]
    assert [WRITTEN in message["reply"]["text"] for message in said_there] == [True]


def _told(data: bytes) -> dict[str, Any]:
    """What is said of a file before it is sent."""
    return {"name": "report.pdf", "size": len(data), "digest": hashlib.sha256(data).hexdigest()}


def _sent(stack: Stack, upload: dict[str, Any], data: bytes) -> dict[str, Any]:
    """The file at its address: where its signature says, with the headers that it signs."""
    address = httpx.URL(upload["url"])
    signed = address.params["X-Amz-SignedHeaders"].split(";")
    assert {name.lower() for name in upload["headers"]} <= set(signed)
    assert "content-length" in signed
    key = address.path.lstrip("/").removeprefix(f"{stack.bucket}/")
    return stack.sent(data, key, _metadata(upload["headers"]))


def _metadata(headers: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("x-amz-meta-"): value for name, value in headers.items() if "-meta-" in name}


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}: apt-get install chromium")
async def test_the_widget_shows_a_summary_that_nobody_asked_it_for(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__GATEWAY__ORIGINS", f"http://127.0.0.1:{listening.getsockname()[1]}")
    async with (
        site_of(FakeAssistant()) as widget,
        flow.sockets.listening() as chat,
        a_site(widget.address, chat, listening=listening) as site,
    ):
        await site.page.goto(site.address)
        await site.page.get_by_role("textbox").wait_for()
        async with asyncio.timeout(60):
            while not flow.sockets.conversations:
                await asyncio.sleep(0.02)
        (thread,) = flow.sockets.conversations
        await flow.finish(await asyncio.to_thread(ordered, flow, thread, pdf(*SENTENCES)))
        answer = site.page.locator("li.turn[data-state=done] .answer")
        await answer.wait_for(timeout=60_000)
        assert WRITTEN in await answer.inner_text()
