"""The web chat's server with the HTTP channel on its port, on this machine, and programs that call it."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from channels.http.app import beside, build
from channels.http.callers import Callers
from channels.http.channel import HttpChannel
from channels.http.house import House
from channels.http.keys import ApiKeys
from channels.http.settings import HttpSettings
from channels.http.tickets import Tickets
from channels.mcp.mount import Endpoint
from channels.websocket.serve import running
from channels.websocket.settings import WebSettings
from switchboard import Principal
from switchboard.assistant import Assistant
from switchboard.testing.assistant import FakeAssistant
from tools.retrieval.backend import Access, Source

OWNER = Principal(id="owner", display_name="Owner", verified=True)
ANN = Principal(id="ann", groups=frozenset({"staff"}), verified=True)
BOB = Principal(id="bob", verified=True)
SECRET = b"s" * 32


@dataclass
class Api:
    """A served assistant and those who call it; ``anybody`` has no credential."""

    address: str
    assistant: FakeAssistant
    house: House
    key: str
    ann: httpx.AsyncClient
    bob: httpx.AsyncClient
    anybody: httpx.AsyncClient


@dataclass(frozen=True)
class Sent:
    """A server-sent event."""

    kind: str
    number: int | None
    data: Any


def sent_in(text: str) -> list[Sent]:
    """The events in the body of a stream."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            number = int(fields["id"]) if "id" in fields else None
            data = fields["data"]
            found.append(Sent(fields.get("event", ""), number, data if data == "[DONE]" else json.loads(data)))
    return found


class SmallLibrary:
    """What the caller may read, besides what was attached to a conversation."""

    def __init__(self, *titles: str) -> None:
        self.titles = titles

    async def sources(self, *, principal: Principal, conversation: str = "", limit: int = 1000) -> Sequence[Source]:
        titles = [*self.titles, *(["attached.txt"] if conversation else [])] if principal.verified else []
        return [Source(id=f"id/{title}", title=title, access=Access(public=True)) for title in sorted(titles)][:limit]


def house_of(assistant: Assistant, folder: Path, **changes: Any) -> House:
    settings = changes.pop("settings", HttpSettings())
    house = House(
        assistant=assistant,
        settings=settings,
        callers=Callers(keys=ApiKeys(folder), owner_key="the-owner-key", owner=OWNER),
        tickets=Tickets(SECRET, tenant="local", seconds=settings.link_seconds),
        channel=HttpChannel(),
        library=cast("Any", SmallLibrary()),
        tools={},
        tenant="local",
        text_limit=1_000,
        upload_limit=100_000,
        attachment_limit=3,
    )
    return replace(house, **changes)


@asynccontextmanager
async def api_of(
    assistant: FakeAssistant, folder: Path, mcp: Endpoint | None = None, **changes: Any
) -> AsyncIterator[Api]:
    house = house_of(assistant, folder, **changes)
    keys = ApiKeys(folder)
    web = WebSettings(secret=SECRET, owner_key="the-owner-key", owner=OWNER, port=0)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(assistant.close)
        address = await stack.enter_async_context(
            running(assistant, web, around=lambda app: beside(app, build(house, mcp)))
        )

        async def caller(key: str = "") -> httpx.AsyncClient:
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            return await stack.enter_async_context(httpx.AsyncClient(base_url=address, headers=headers, timeout=60))

        ann_key, _ = keys.add(ANN, now=1.0)
        bob_key, _ = keys.add(BOB, now=2.0)
        yield Api(
            address=address,
            assistant=assistant,
            house=house,
            key=ann_key,
            ann=await caller(ann_key),
            bob=await caller(bob_key),
            anybody=await caller(),
        )


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with api_of(FakeAssistant(), tmp_path) as built:
        yield built
