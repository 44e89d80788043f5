"""A real server on a free port of this machine, and clients that speak to it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from channels.websocket.serve import running
from channels.websocket.settings import WebSettings
from switchboard import Principal
from switchboard.testing.assistant import FakeAssistant

OWNER = Principal(id="owner", display_name="Owner", verified=True)


def web_settings(**changes: Any) -> WebSettings:
    facts: dict[str, Any] = {"secret": b"s" * 32, "owner_key": "the-owner-key", "owner": OWNER, "port": 0}
    return WebSettings(**{**facts, **changes})


@dataclass
class Client:
    """A client of the protocol that checks nothing."""

    socket: ClientConnection
    welcome: dict[str, Any] = field(default_factory=dict)

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def hear(self, kind: str = "") -> dict[str, Any]:
        """The next frame; of a kind if one is named, passing over others."""
        while True:
            frame: dict[str, Any] = json.loads(await self.socket.recv())
            if kind in ("", frame["type"]):
                return frame

    async def events(self) -> list[dict[str, Any]]:
        """The events up to the end of a turn."""
        found = [(await self.hear("event"))["event"]]
        while found[-1]["kind"] not in ("final", "failed"):
            found.append((await self.hear("event"))["event"])
        return found

    async def closed(self) -> int | None:
        """Wait for the server to hang up; its code."""
        await self.socket.wait_closed()
        return self.socket.close_code


@dataclass
class Site:
    """A served assistant and a way to reach it. ``chat`` opens a socket as one and the same visitor."""

    address: str
    assistant: FakeAssistant
    http: httpx.AsyncClient
    chat: Callable[..., Awaitable[Client]]


@asynccontextmanager
async def site_of(assistant: FakeAssistant, **changes: Any) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        stack.push_async_callback(assistant.close)
        address = await stack.enter_async_context(running(assistant, web_settings(**changes)))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60))
        await http.get("/")

        async def chat(*, hello: dict[str, Any] | None = None, cookies: bool = True, **headers: str) -> Client:
            cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
            extra = {**({"Cookie": cookie} if cookies else {}), **headers}
            url = address.replace("http", "ws") + "/ws"
            socket = connect(url, additional_headers=extra, max_size=None, open_timeout=60)
            client = Client(await stack.enter_async_context(socket))
            if hello is not None:
                await client.say(**{"type": "hello", "v": 1, **hello})
                client.welcome = await client.hear("welcome")
            return client

        yield Site(address=address, assistant=assistant, http=http, chat=chat)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with site_of(FakeAssistant()) as built:
        yield built
