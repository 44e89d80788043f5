"""The MCP server over HTTP, for callers that somebody else has checked; importing this loads no MCP library."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from channels.mcp.workshop import Workshop
from switchboard import Principal, Tool

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PRINCIPAL = "switchboard.principal"
"""Where the scope of a request says who calls."""


class Endpoint:
    """Streamable HTTP. The library is loaded, and sessions are kept, from the first request on."""

    def __init__(self, tools: Sequence[Tool], workshop: Workshop) -> None:
        self._tools = tools
        self._workshop = workshop
        self._starting = asyncio.Lock()
        self._ending = asyncio.Event()
        self._manager: StreamableHTTPSessionManager | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of whoever ``scope[PRINCIPAL]`` says. A session is its opener's alone."""
        manager = await self._started()
        scope["user"] = _user(scope[PRINCIPAL])
        await manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End all sessions."""
        self._ending.set()
        if self._running is not None:
            await self._running

    async def _started(self) -> "StreamableHTTPSessionManager":
        async with self._starting:
            if self._manager is None:
                manager = await asyncio.to_thread(self._made)
                began = asyncio.Event()
                self._running = asyncio.create_task(self._run(manager, began))
                await began.wait()
                self._manager = manager
        return self._manager

    def _made(self) -> "StreamableHTTPSessionManager":
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from channels.mcp.calling import Caller
        from channels.mcp.server import Context, build

        def who(context: Context) -> Caller:
            request: Request = context.request  # type: ignore[assignment]  # there is one for all that comes by HTTP
            return Caller(principal=request.scope[PRINCIPAL], workshop=self._workshop)

        return StreamableHTTPSessionManager(build(self._tools, who))

    async def _run(self, manager: "StreamableHTTPSessionManager", began: asyncio.Event) -> None:
        """Keep sessions until the end, in one task, as the library wants to end them where it began."""
        async with manager.run():
            began.set()
            await self._ending.wait()


def _user(principal: Principal) -> object:
    """The caller as the library compares callers."""
    from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
    from mcp.server.auth.provider import AccessToken

    return AuthenticatedUser(AccessToken(token="", client_id=principal.id, scopes=[]))
