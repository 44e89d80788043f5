"""The web chat end to end through an emulated API Gateway: real sockets, our functions in processes of their own.

What ministack does not do as API Gateway does, and other tests hold instead: it gives a connection's frames to the
function one after the other (`tests/web/test_gateway_order.py` lets them race); it takes frames of any size
(`tests/web/test_gateway_chat.py` has a bridge that cuts as the gateway does); it answers a refused handshake with a
close, not with the function's status (`test_gateway_functions.py` has the statuses); it ends no socket after two hours
or ten silent minutes, throttles nothing, and does not ask whether the functions may call ``@connections``.
"""

import asyncio
import hashlib
import json
import socket as sockets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from channels.gateway.tickets import issue
from switchboard.testing.assistant import FakeAssistant
from tests.aws import a_world
from tests.channels.gateway.stage import ANN, SECRET
from tests.channels.websocket.conftest import site_of
from tests.web.conftest import CHROMIUM
from tests.web.gateways import a_site

from .deployed import Deployed, deploy, frame

ORIGIN = "https://www.example.com"
PATIENCE = 150.0
"""Seconds for a function's first call, on a machine that is busy with everything else."""


@pytest.fixture(scope="module")
def listening() -> Iterator[sockets.socket]:
    """Where the site of the browser's test will be; the functions have to know it from the start."""
    with sockets.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        yield listening


@pytest.fixture(scope="module")
def deployed(ministack: str, listening: sockets.socket, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    settings = {
        "CHANNELS__GATEWAY__SECRET": "secretsmanager:chat/gateway#tickets",
        "CHANNELS__GATEWAY__ORIGINS": f"{ORIGIN},http://127.0.0.1:{listening.getsockname()[1]}",
        "CHANNELS__GATEWAY__JWT__SECRET": SECRET,
        "CHANNELS__GATEWAY__JWT__ISSUER": "https://id.example",
        "CHANNELS__GATEWAY__JWT__AUDIENCE": "chat",
    }
    with a_world(ministack) as world:
        kept = json.dumps({"tickets": SECRET})
        world.sdk("secretsmanager").create_secret(Name="chat/gateway", SecretString=kept)
        yield deploy(world, tmp_path_factory.mktemp("functions"), settings)


def ticket() -> str:
    return issue(SECRET.encode(), ANN, tenant="local", now=time.time())


class Client:
    """A program on a socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []

    async def say(self, **members: Any) -> None:
        await self.socket.send(frame(**members))

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind, or of any; events are kept."""
        async with asyncio.timeout(PATIENCE):
            while True:
                heard: dict[str, Any] = json.loads(await self.socket.recv())
                self.events += heard.get("events", [heard["event"]] if "event" in heard else [])
                if kind in ("", heard["type"]):
                    return heard

    async def hello(self, conversation: str = "") -> dict[str, Any]:
        await self.say(type="hello", v=1, conversation=conversation)
        return await self.until("welcome")

    async def answered(self) -> dict[str, Any]:
        """The event with which the turn ends."""
        while not self.events or self.events[-1]["kind"] not in ("final", "failed"):
            await self.until("")
        return self.events[-1]


@asynccontextmanager
async def a_client(deployed: Deployed, **how: Any) -> AsyncIterator[Client]:
    address = how.pop("address", None) or deployed.with_ticket(ticket())
    async with connect(address, open_timeout=PATIENCE, **how) as socket:
        yield Client(socket)


async def test_from_a_socket_through_queue_and_functions_to_the_answer_and_its_receipt(deployed: Deployed) -> None:
    async with a_client(deployed, origin=ORIGIN) as client:
        conversation = (await client.hello())["conversation"]
        await client.say(type="message", id="message-1", text="Hello")
        assert (await client.until("accepted"))["state"] == "new"
        end = await client.answered()
        assert end["kind"] == "final"
        assert [event["seq"] for event in client.events] == list(range(1, len(client.events) + 1))
        await client.say(type="ack", message_id="message-1", seq=end["seq"])
        await client.say(type="ping")
        await client.until("pong")
    async with a_client(deployed) as back:
        (turn,) = (await back.hello(conversation))["history"]
        assert (turn["reply"]["text"], turn["delivered"]) == (end["text"], True)


async def test_a_program_with_a_token_is_let_in(deployed: Deployed) -> None:
    claims = {"iss": "https://id.example", "aud": "chat", "exp": time.time() + 60, "sub": "ann"}
    headers = {"Authorization": f"Bearer {jwt.encode(claims, SECRET)}"}
    async with a_client(deployed, address=deployed.address, additional_headers=headers) as client:
        assert (await client.hello())["signed_in"]


@pytest.mark.parametrize("how", [{"origin": "https://evil.example"}, {"address": "without"}])
async def test_who_is_refused_gets_no_socket(deployed: Deployed, how: dict[str, Any]) -> None:
    if "address" in how:
        how = {"address": deployed.address}
    with pytest.raises(InvalidStatus):
        async with a_client(deployed, **how):
            pass


async def test_a_message_that_is_too_large_for_one_frame_is_put_together_by_several_calls(deployed: Deployed) -> None:
    whole = frame(type="message", id="message-1", text='"\u00e4"' * 10_000)
    pieces = [whole[start : start + 10_000] for start in range(0, len(whole), 10_000)]
    async with a_client(deployed) as client:
        await client.hello()
        for index in reversed(range(len(pieces))):
            await client.say(type="chunk", frame="frame-0001", index=index, total=len(pieces), data=pieces[index])
        assert (await client.until("accepted"))["id"] == "message-1"


async def test_a_closed_socket_is_forgotten_and_the_answer_to_nobody_is_kept(deployed: Deployed) -> None:
    async with a_client(deployed) as client:
        conversation = (await client.hello())["conversation"]
        await client.say(type="message", id="message-1", text="Hello")
        await client.until("accepted")
    turn: dict[str, Any] = {}
    async with asyncio.timeout(PATIENCE):
        while turn.get("state") != "done":
            async with a_client(deployed) as back:
                turn = next(iter((await back.hello(conversation))["history"]), {})
        while deployed.connections():
            await asyncio.sleep(0.05)
    assert turn["reply"]["text"]


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs {CHROMIUM}: apt-get install chromium")
async def test_the_widget_is_answered_comes_back_after_a_hang_up_and_sends_a_file_past_the_functions(
    deployed: Deployed, listening: sockets.socket
) -> None:
    note = b"The warranty runs for 24 months."
    async with (
        site_of(FakeAssistant()) as widget,
        a_site(widget.address, deployed.address, listening=listening) as site,
    ):
        opened: list[str] = []
        site.page.on("websocket", lambda socket: opened.append(socket.url))
        await site.page.goto(site.address)
        await site.ask("Hello")
        done = site.page.locator("li.turn[data-state=done]")
        await done.first.wait_for(timeout=1_000 * PATIENCE)
        deployed.hang_up()
        await site.ask("Are you there?")
        await done.nth(1).wait_for(timeout=1_000 * PATIENCE)
        assert len(opened) == 2
        file = {"name": "note.txt", "mimeType": "text/plain", "buffer": note}
        await site.page.set_input_files("input[type=file]", files=[file])
        await site.page.locator(".upload[data-state=ready]").wait_for()
        await site.ask("How long is the warranty?")
        await done.nth(2).wait_for(timeout=1_000 * PATIENCE)
        assert "24 months" in await done.nth(2).locator(".answer").inner_text()
        assert hashlib.sha256(note).hexdigest() in {key.rpartition("/")[2] for key in deployed.files()}
