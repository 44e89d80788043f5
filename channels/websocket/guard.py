"""The doors of the web chat: which host names and origins are let in, and the headers that every answer carries."""

from collections.abc import Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.websocket import texts
from channels.websocket.settings import WebSettings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types dompurify"
)
_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Stands before the application.

    A page on a foreign host name that was made to point here (DNS rebinding) is stopped by its Host header; a page on a
    foreign site that opens a socket or posts a form is stopped by its Origin header. Programs send no Origin and carry
    nobody's cookies, so they are let through.
    """

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._origins = frozenset(origin.rstrip("/").lower() for origin in settings.origins)
        self._hosts = frozenset(_host(urlsplit(origin).netloc) for origin in self._origins)
        self._names = frozenset({*LOOPBACK, *_names(settings.host)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or answer why not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        foreign = origin is not None and not self._is_own(origin, headers.get("host", ""))
        refusal = self._refusal(scope, headers, origin if foreign else None)
        send = _with_headers(send, origin if foreign and origin and self._is_allowed(origin) else None)
        if refusal is not None:
            await refusal(scope, receive, send)
        elif foreign and scope["type"] == "http" and scope["method"] == "OPTIONS":
            await Response(status_code=204)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers, foreign: str | None) -> Response | None:
        if scope["path"] != "/health" and not self._knows_host(headers.get("host", "")):
            return refused(texts.WRONG_HOST, code="wrong_host", status=421)
        acts = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if foreign is not None and acts and not self._is_allowed(foreign):
            return refused(texts.WRONG_ORIGIN, code="wrong_origin", status=403)
        return None

    def _knows_host(self, host: str) -> bool:
        return _host(host) in self._hosts or _name(host) in self._names

    def _is_allowed(self, origin: str) -> bool:
        return origin.lower() in self._origins

    def _is_own(self, origin: str, host: str) -> bool:
        return bool(host) and _host(urlsplit(origin).netloc) == _host(host)


def refused(text: str, *, code: str, status: int, incident: str = "") -> JSONResponse:
    """An error as a browser's script and a person with curl can both read it."""
    return JSONResponse({"error": {"code": code, "text": text, "incident": incident}}, status_code=status)


def is_cross_site(headers: Headers) -> bool:
    """Whether the browser says that a page of another site asks."""
    return headers.get("sec-fetch-site") == "cross-site"


def _with_headers(send: Send, allowed: str | None) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            headers = MutableHeaders(raw=_raw(message))
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if allowed is not None:
                headers["Access-Control-Allow-Origin"] = allowed
                headers["Access-Control-Allow-Credentials"] = "true"
                headers["Access-Control-Allow-Methods"] = "GET, POST"
                headers["Access-Control-Allow-Headers"] = "Content-Type"
                headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                headers.add_vary_header("Origin")
        await send(message)

    return sending


def _raw(message: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
    message["headers"] = list(message.get("headers", ()))
    return message["headers"]  # type: ignore[no-any-return]


def _names(host: str) -> Iterable[str]:
    """The host that we listen on, if it is one: 0.0.0.0 and :: are none."""
    return () if host in ("", "0.0.0.0", "::") else (f"[{host}]" if ":" in host else host,)  # noqa: S104


def _host(netloc: str) -> str:
    """Host and port in one spelling; the schemes' own ports are left out."""
    name, port = _name(netloc), netloc.rpartition("]")[2].partition(":")[2]
    return name if port in ("", "80", "443") else f"{name}:{port}"


def _name(host: str) -> str:
    end = host.rfind("]")
    name = host[: end + 1] if end >= 0 else host.partition(":")[0]
    return name.lower().rstrip(".")
