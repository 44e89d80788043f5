"""The HTTP channel as one application: who calls is found out first, then the address answers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from channels.http.house import Call, House
from channels.http.mcp import PATH as MCP
from channels.http.mcp import Doors
from channels.http.operation import Operation
from channels.http.operations import OPERATIONS
from channels.http.problems import Unauthenticated, failed, http_failed
from channels.mcp.mount import Endpoint
from switchboard import SwitchboardError

PREFIX = "/v1"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_OF_MCP = ["Mcp-Session-Id", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"]
_ASKED = ["Authorization", "Content-Type", "Prefer", "Idempotency-Key", "Last-Event-ID", "X-Conversation-Id", *_OF_MCP]
_SHOWN = ["Location", "Preference-Applied", "Retry-After", "X-Conversation-Id", "X-Message-Id", "Mcp-Session-Id"]


def build(house: House, mcp: Endpoint | None = None) -> Starlette:
    """The application. Whoever made the assistant closes it, once the server has ended.

    Args:
        mcp: Answers MCP's clients, where it is offered.
    """
    offered = [Route(MCP, Doors(house, mcp))] if mcp is not None else []
    routes = [
        Route(_converted(one.path), _endpoint(house, one), methods=[one.method], name=one.name) for one in OPERATIONS
    ]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=house.settings.origins,
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=_ASKED,
        expose_headers=_SHOWN,
    )
    return Starlette(
        routes=[Route(f"{PREFIX}/openapi.json", _described(house)), *routes, *offered],
        lifespan=_closing(mcp),
        middleware=[Middleware(_Headers), cors],
        exception_handlers={
            SwitchboardError: failed,
            ClientDisconnect: failed,
            HTTPException: http_failed,
            Exception: failed,
        },
    )


def beside(web: ASGIApp, api: ASGIApp | None) -> ASGIApp:
    """Both on one port. Cookies count for nothing in the API, so the guard of the web chat need not stand before it.

    The API is told when the server begins and ends; the web chat does not care.
    """
    if api is None:
        return web

    async def together(scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and (scope["path"] == MCP or scope["path"].startswith(f"{PREFIX}/"))
        await (api if ours or scope["type"] == "lifespan" else web)(scope, receive, send)

    return together


def _closing(mcp: Endpoint | None) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        if mcp is not None:
            await mcp.close()

    return lifespan


def _endpoint(house: House, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await operation.handler(await _call(house, operation, request))

    return answer


async def _call(house: House, operation: Operation, request: Request) -> Call:
    """The call of whoever the credential, or for some addresses the ticket, speaks for.

    Raises:
        Unauthenticated: There is none that counts.
    """
    ticket = request.query_params.get("ticket") if operation.ticket else None
    if ticket is not None:
        path = request.scope.get("raw_path", b"").decode("ascii", errors="replace") or request.url.path
        known = house.tickets.read(ticket, path=path, now=house.now())
        if known is None:
            raise Unauthenticated
        return Call(house=house, request=request, principal=known.principal, ticket=known)
    principal = await house.callers.principal_of(request.headers.get("authorization", ""))
    if principal is None:
        raise Unauthenticated
    return Call(house=house, request=request, principal=principal)


def _described(house: House) -> Callable[[Request], Awaitable[Response]]:
    @cache
    def description() -> dict[str, Any]:
        from channels.http.openapi import document

        return document(house.tools)

    async def openapi(request: Request) -> Response:
        """What there is, for programs; no secret."""
        return JSONResponse(description())

    return openapi


def _converted(path: str) -> str:
    """Documents' ids have slashes."""
    return path.replace("{document}", "{document:path}")


class _Headers:
    """Says on every answer that it is nobody else's to keep or to run."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)
