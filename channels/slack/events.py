"""Slack's requests over HTTP: verified before they are read, taken, answered."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from channels.slack.parsing import decode
from channels.slack.serving import Answered, Serving
from channels.slack.signing import is_signed
from switchboard import BadInput

if TYPE_CHECKING:
    from channels.slack.settings import SlackSettings

PATH = "/slack/events"
LARGEST = 1_000_000
"""Bytes of a request."""


def build(serving: Serving, settings: "SlackSettings", *, now: Callable[[], float] = time.time) -> Starlette:
    """The application: one address for events, commands and interactions alike."""
    secret = settings.signing_secret.get_secret_value()

    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(status_code=413, headers={"Connection": "close"})
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not is_signed(headers, body, secret=secret, now=now()):
            return Response(status_code=401)
        try:
            payload = decode(body, headers.get("content-type", ""))
        except BadInput as error:
            return Response(status_code=error.status)
        return _response(await serving.receive(payload))

    return Starlette(routes=[Route(PATH, events, methods=["POST"])])


@asynccontextmanager
async def listening(serving: Serving, settings: "SlackSettings") -> AsyncIterator[str]:
    """A server for the application while the block lasts. Gives its address.

    Raises:
        ConfigError: The port is taken, or the host is not one of this machine.
    """
    import asyncio

    import uvicorn

    from channels.websocket.serve import address_of, listen

    with listen(settings.host, settings.port) as listener:
        config = uvicorn.Config(
            build(serving, settings), log_config=None, access_log=False, server_header=False, lifespan="off"
        )

        class Server(uvicorn.Server):
            """A server beside other work: signals are for whoever has the process."""

            def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
                """None are captured."""
                return nullcontext()

        server = Server(config)
        task = asyncio.create_task(server.serve([listener]))
        try:
            yield f"{address_of(listener)}{PATH}"
        finally:
            server.should_exit = True
            await task


async def _body(request: Request) -> bytes | None:
    """The body, or ``None`` if it is too long; what is too long is not read."""
    announced = request.headers.get("content-length", "0")
    if not (announced.isascii() and announced.isdigit()) or int(announced[:12]) > LARGEST:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)


def _response(answered: Answered) -> Response:
    if answered.whisper:
        return JSONResponse({"response_type": "ephemeral", "text": answered.whisper}, answered.status)
    return PlainTextResponse(answered.text, answered.status)
