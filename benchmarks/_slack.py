"""A server that Slack calls over HTTP: ``python -m benchmarks._slack FOLDER ours|bolt``; it says where it listens.

``ours`` is the channel with the whole assistant and a chat model that says one thing, on SQLite that flushes each
write: a request is acknowledged once it is stored and its turn has begun. ``bolt`` acknowledges, and that is all.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import repeat
from pathlib import Path
from typing import Any

from channels.slack.settings import SlackSettings
from channels.websocket.serve import loop_factory

SECRET = "a secret for nothing but this benchmark"
HOST = "127.0.0.1"


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[str]:
    """The channel and the assistant, as `switchboard serve --slack` has them."""
    from benchmarks._sides import Nowhere
    from channels.slack.channel import SlackChannel
    from channels.slack.serve import serving
    from stores.memory import MemoryBlobStore
    from stores.sqlite import SqliteConversationStore, SqliteJobStore
    from switchboard.testing.models import ScriptedChatModel
    from switchboard.testing.running import running

    settings = SlackSettings.model_validate(
        {"signing_secret": SECRET, "bot_token": "xoxb-none", "streaming": "off", "port": 0}
    )
    file = folder / "switchboard.sqlite"
    given = {"conversations": SqliteConversationStore(file), "jobs": SqliteJobStore(file)}
    model = ScriptedChatModel(repeat("Sixteen weeks."))
    model.given = Nowhere()
    channel = SlackChannel(settings, tenant="local", blobs=MemoryBlobStore)
    async with running(model, given=given) as assistant, serving(channel, assistant) as address:
        yield address


@asynccontextmanager
async def bolt(folder: Path) -> AsyncIterator[str]:
    """An app of Bolt's that acknowledges."""
    import uvicorn
    from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from channels.websocket.serve import address_of, listen

    async def known() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0TEAM", bot_token="xoxb-none")

    async def nothing() -> None:
        """It is acknowledged by Bolt."""

    app = AsyncApp(signing_secret=SECRET, authorize=known)
    app.event("app_mention")(nothing)
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    web = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    with listen(HOST, 0) as listener:
        server = uvicorn.Server(uvicorn.Config(web, log_config=None, access_log=False, lifespan="off"))
        task = asyncio.create_task(server.serve([listener]))
        yield f"{address_of(listener)}/slack/events"
        server.should_exit = True
        await task


async def main(folder: Path, side: str) -> None:
    """Serve until the process is ended."""
    sides: dict[str, Any] = {"ours": ours, "bolt": bolt}
    async with sides[side](folder) as address:
        print(address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main(Path(sys.argv[1]), sys.argv[2]))
