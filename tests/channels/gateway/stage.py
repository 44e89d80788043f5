"""A gateway on a stage: its sockets are lists, its functions the real desk and a real consumer over shared stores."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from agent.assistant import SwitchboardAssistant
from agent.consuming import Consuming
from agent.front import Front
from agent.refusing import Refusing
from agent.showing import Shown
from channels.drops.making import orders
from channels.gateway.catalogues import Catalogues, Listing
from channels.gateway.channel import GatewayChannel
from channels.gateway.desk import Desk
from channels.gateway.hall import Hall
from channels.gateway.posting import Gone
from channels.gateway.settings import GatewaySettings
from channels.websocket.identity import Visitors
from channels.websocket.settings import WebSettings
from channels.websocket.shapes import Bounds
from stores.connections import MemoryConnectionStore
from stores.memory import MemoryBlobStore, MemoryConversationStore, MemoryJobStore
from stores.queue import MemoryQueue
from switchboard import BackendError, Catalogue, Conversation, Event, MessageId, Principal
from switchboard.connections import Connection
from switchboard.jobs import JobKind
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.storage import BlobStore, Inbox, Snapshot, Turn
from switchboard.testing.models import ScriptedChatModel, Step
from switchboard.testing.running import QUICK, running
from switchboard.tools import Tool
from switchboard.uploading import UploadAddress

SECRET = "s" * 32
FRAME_LIMIT = 32 * 1024
ANN = Principal(id="ann", verified=True)
BUSY = BackendError(service="apigatewaymanagementapi", operation="post_to_connection", code="throttled", retryable=True)


@dataclass
class Sockets:
    """A `Post` to clients that are lists; those in ``gone`` have left, those in ``busy`` are not served.

    Attributes:
        leaves: How many texts a client takes until it is gone.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    leaves: dict[str, int] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, connection: Connection, text: str) -> None:
        self.tried.append(connection.id)
        await asyncio.sleep(0)
        if connection.id in self.gone or len(self.texts.get(connection.id, ())) >= self.leaves.get(
            connection.id, 9_999
        ):
            raise Gone
        if connection.id in self.busy:
            raise BUSY
        assert len(text.encode()) <= FRAME_LIMIT
        self.texts.setdefault(connection.id, []).append(text)
        self.changed.set()

    async def close(self) -> None:
        pass


@dataclass
class Client:
    """A client, which puts chunks together, and says after which answer a message comes."""

    name: str
    stage: "Stage"
    welcome: dict[str, Any] = field(default_factory=dict)

    async def say(self, **frame: Any) -> None:
        after = {"after": self.next} if frame["type"] == "message" else {}
        assert await self.stage.desk.take(self.name, json.dumps(after | frame))

    @property
    def next(self) -> str:
        """What the next message has to show."""
        return next((frame["next"] for frame in reversed(self.heard()) if frame.get("next")), "")

    async def hello(self, conversation: str = "") -> dict[str, Any]:
        await self.say(type="hello", v=1, conversation=conversation)
        self.welcome = self.heard("welcome")[-1]
        return self.welcome

    def heard(self, kind: str = "") -> list[dict[str, Any]]:
        """All whole frames so far; of a kind if one is named."""
        frames, parts = [], dict[str, dict[int, str]]()
        for frame in map(json.loads, self.stage.sockets.texts.get(self.name, [])):
            if frame["type"] == "chunk":
                there = parts.setdefault(frame["frame"], {})
                there[frame["index"]] = frame["data"]
                if len(there) < frame["total"]:
                    continue
                frame = json.loads("".join(there[index] for index in sorted(there)))
            frames.append(frame)
        return [frame for frame in frames if kind in ("", frame["type"])]

    def events(self) -> list[dict[str, Any]]:
        """All events so far, as they came."""
        found: list[dict[str, Any]] = []
        for frame in self.heard():
            found += {"event": [frame.get("event")], "events": frame.get("events", [])}.get(frame["type"], [])
        return found

    async def until_the_end(self) -> list[dict[str, Any]]:
        """All events up to one that ends a turn."""
        await self.stage.until(lambda: bool(self.events()) and self.events()[-1]["kind"] in ("final", "failed"))
        return self.events()


@dataclass
class Stage:
    """The parts, and how to reach them."""

    assistant: SwitchboardAssistant
    channel: GatewayChannel
    desk: Desk
    sockets: Sockets
    queue: MemoryQueue
    consuming: Consuming
    setup: Setup

    async def connect(self, name: str, *, principal: Principal = ANN) -> Client:
        connection = Connection(
            id=name, endpoint="https://gateway.test/prod", principal=principal, expires_at=time.time() + 7_200
        )
        await self.channel.hall.connections.add(connection)
        return Client(name, self)

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self.sockets.changed.clear()
                if not condition():
                    await asyncio.wait({asyncio.ensure_future(self.sockets.changed.wait())}, timeout=0.02)

    def conversation(self, client: Client) -> Conversation:
        found = self.desk.visitors.conversation(ANN, client.welcome["conversation"])
        assert found is not None
        return found

    async def turns(self, client: Client) -> Sequence[Turn]:
        return await self.assistant.transcript(self.conversation(client))

    async def stored(self, client: Client) -> Sequence[Event]:
        """What is stored by now of the first message's turn."""
        store = self.setup.backend("conversations")
        found: Sequence[Event] = await store.events(self.conversation(client), MessageId("message-1"))
        return found

    async def inbox(self, client: Client) -> Inbox:
        snapshot: Snapshot = await self.setup.backend("conversations").read(self.conversation(client))
        return snapshot.inbox


class Addresses(MemoryBlobStore):
    """A store that gives out addresses at which nobody is, and notes for what."""

    url = "http://127.0.0.1:9"

    def __init__(self) -> None:
        super().__init__()
        self.given: list[dict[str, Any]] = []

    async def upload_address(
        self, digest: str, *, size: int, owner: str, name: str = "", media_type: str = "", order: str = ""
    ) -> UploadAddress:
        given = {"digest": digest, "size": size, "owner": owner, "name": name, "media_type": media_type}
        self.given.append({**given, "order": order})
        return UploadAddress(url=f"{self.url}/{digest}", headers={"x-name": "1"})


async def nothing(principal: Principal) -> Catalogue:
    """A library that is empty."""
    return Catalogue(documents=0, suggestions=(), model="")


@asynccontextmanager
async def a_stage(
    script: Iterable[Step] | ScriptedChatModel,
    *,
    tools: Sequence[Tool] = (),
    job_kinds: Sequence[JobKind] = (),
    works: bool = False,
    blobs: BlobStore | None = None,
    listing: Listing = nothing,
    queue: MemoryQueue | None = None,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """A gateway whose assistant's model plays a script."""
    sockets, queue = Sockets(), queue or MemoryQueue()
    given = {
        "conversations": MemoryConversationStore(),
        "jobs": MemoryJobStore(),
        "blobs": blobs or MemoryBlobStore(),
        "message_queue": queue,
    }
    own = GatewaySettings.model_validate({"secret": SECRET, "pace_seconds": 0.05, **settings})
    channel = GatewayChannel(Hall(MemoryConnectionStore(), sockets), own)
    setup = Setup(load(None, QUICK), given=given)
    desk = Desk(
        front=Front(setup),
        channel=channel,
        visitors=Visitors(WebSettings(secret=SECRET.encode()), channel="gateway"),
        bounds=Bounds(text=32_000, upload=1_000, attachments=2),
        catalogues=Catalogues(listing, clock=time.time),
        orders=lambda: orders(setup),
    )
    channels = {"gateway": channel}
    async with running(
        script, tools=tools, job_kinds=job_kinds, given=given, channels=channels, works=works
    ) as assistant:
        consuming = Consuming(queue, Shown(assistant, channels), refused=Refusing(channels), wait_seconds=0.02)
        consuming.start()
        try:
            yield Stage(assistant, channel, desk, sockets, queue, consuming, setup)
        finally:
            await consuming.close()
            await channel.close()
