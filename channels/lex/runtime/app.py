"""The Lex V2 runtime API as a web application: RecognizeText, RecognizeUtterance for text, and the session's three."""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from channels.lex.limits import FULFILMENT_SECONDS
from channels.lex.runtime import calls
from channels.lex.runtime.errors import LexError
from channels.lex.runtime.requests import LARGEST_BODY, Asked, from_body, from_headers, packed, session_key
from channels.lex.runtime.sessions import Session, SessionKey, Sessions

log = logging.getLogger("switchboard.lex")

SESSION = "/bots/{botId}/botAliases/{botAliasId}/botLocales/{localeId}/sessions/{sessionId}"
HOSTS = ("127.0.0.1", "localhost")
OWN_PAGES = r"https?://(127\.0\.0\.1|localhost)(:\d+)?"
HEADERS = ("messages", "session-state", "interpretations", "request-attributes", "session-id", "input-mode")
TEXT = "text/plain; charset=utf-8"


class Hook(Protocol):
    """The code hook."""

    def __call__(self, event: object, *, seconds: float) -> Awaitable[dict[str, Any]]:
        """Answer a call within so many seconds."""
        ...


class Runtime:
    """Serves the API with a code hook behind it.

    Args:
        hook: The code hook.
        clock: Seconds since the epoch.
        seconds: How long the hook may take.
        slots: Those of each intent that clients may name.
    """

    def __init__(
        self,
        hook: Hook,
        clock: Callable[[], float] = time.time,
        seconds: float = FULFILMENT_SECONDS,
        *,
        slots: Mapping[str, Collection[str]] = MappingProxyType({}),
    ) -> None:
        self._hook = hook
        self._slots = slots
        self._clock = clock
        self._seconds = seconds
        self._sessions = Sessions()

    def app(self, origins: tuple[str, ...] = ()) -> Starlette:
        """The application.

        Args:
            origins: Origins besides this machine's whose pages may use it.
        """
        routes = [
            Route(f"{SESSION}/text", self._recognize_text, methods=["POST"]),
            Route(f"{SESSION}/utterance", self._recognize_utterance, methods=["POST"]),
            Route(SESSION, self._session, methods=["GET", "POST", "DELETE"]),
        ]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_origin_regex=OWN_PAGES,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=["x-amzn-errortype", *(f"x-amz-lex-{name}" for name in HEADERS)],
        )
        host = Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
        return Starlette(routes=routes, middleware=[host, cors], exception_handlers={LexError: _refused})

    async def _recognize_text(self, request: Request) -> Response:
        key = _key(request)
        asked = from_body(await _body(request), needs_text=True)
        session = await self._answered(key, asked)
        return JSONResponse(
            {
                "sessionId": key[3],
                "messages": session.messages,
                "sessionState": session.state,
                "interpretations": calls.interpretations(session.state),
                "requestAttributes": dict(asked.request_attributes),
            }
        )

    async def _recognize_utterance(self, request: Request) -> Response:
        key = _key(request)
        asked = from_headers(request.headers, await _body(request))
        session = await self._answered(key, asked)
        return _in_headers(
            key, session, asked, interpretations=calls.interpretations(session.state), input_transcript=asked.text
        )

    async def _session(self, request: Request) -> Response:
        key, now = _key(request), self._clock()
        if request.method == "DELETE":
            self._sessions.delete(key, now)
            return JSONResponse(dict(zip(("botId", "botAliasId", "localeId", "sessionId"), key, strict=True)))
        if request.method == "GET":
            found = self._sessions.find(key, now)
            understood = calls.interpretations(found.state)
            state = {"sessionAttributes": {}, **found.state}
            return JSONResponse(
                {"sessionId": key[3], "messages": found.messages, "interpretations": understood, "sessionState": state}
            )
        asked = from_body(await _body(request), needs_text=False)
        session = self._idle(key)
        session.state = {"sessionAttributes": {}, **session.state, **asked.state}
        session.messages = list(asked.messages)
        return _in_headers(key, session, asked)

    def _idle(self, key: SessionKey) -> Session:
        session = self._sessions.open(key, self._clock())
        if session.busy:
            raise LexError("ConflictException", "The session is busy with another request. Wait for its answer.")
        return session

    async def _answered(self, key: SessionKey, asked: Asked) -> Session:
        """Call the hook for a text and keep what it answers."""
        session, request_id = self._idle(key), str(uuid.uuid4())
        state = {**session.state, **asked.state}
        session.busy = True
        event = calls.event(key, asked, state, request_id=request_id, slots=self._slots)
        call = asyncio.ensure_future(self._hook(event, seconds=self._seconds))
        try:
            await asyncio.wait({call}, timeout=self._seconds)
        finally:
            session.busy = False
            call.cancel()
        if not call.done() or call.cancelled() or (error := call.exception()) is not None:
            failure = None if not call.done() or call.cancelled() else error
            log.error("the code hook %s", "failed" if failure else "took too long", exc_info=failure)
            raise LexError("DependencyFailedException", "The code hook failed, or took too long.")
        response = call.result()
        session.state = calls.after(response, state, request_id=request_id)
        session.messages = list(response.get("messages", []))
        return session


def _key(request: Request) -> SessionKey:
    if "Credential=" not in request.headers.get("authorization", ""):
        raise LexError("AccessDeniedException", "The request is not signed. Any credentials will do.")
    return session_key(request.path_params)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise LexError("ValidationException", f"The request has more than {LARGEST_BODY:,} bytes.")
    return body


def _in_headers(key: SessionKey, session: Session, asked: Asked, **more: object) -> Response:
    """An answer whose members are in headers, and whose body would be audio."""
    members = {
        "messages": session.messages,
        "session_state": session.state,
        "request_attributes": dict(asked.request_attributes),
        **more,
    }
    headers = {f"x-amz-lex-{name.replace('_', '-')}": packed(value) for name, value in members.items() if value}
    return Response(
        headers={**headers, "x-amz-lex-session-id": key[3], "x-amz-lex-input-mode": "Text"}, media_type=TEXT
    )


async def _refused(request: Request, error: Exception) -> Response:
    known = error if isinstance(error, LexError) else LexError("ValidationException", "")
    return JSONResponse({"message": known.message}, status_code=known.status, headers={"x-amzn-errortype": known.kind})
