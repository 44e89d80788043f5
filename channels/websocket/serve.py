"""Serving the web chat: take the port or say why not, tell when it listens, end in good order."""

import asyncio
import errno
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from channels.websocket.app import build
from channels.websocket.settings import WebSettings
from switchboard import ConfigError
from switchboard.assistant import Assistant

GRACE = 10
Ready = Callable[[str], None]
Around = Callable[[ASGIApp], ASGIApp]


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where it is installed, for ``asyncio.Runner``; otherwise asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def serve(
    assistant: Assistant,
    settings: WebSettings,
    *,
    ready: Ready = lambda address: None,
    around: Around = lambda app: app,
) -> None:
    """Serve until SIGINT or SIGTERM. Open sockets are told to come back; requests get ten seconds to end.

    Args:
        ready: Called with the address (``http://127.0.0.1:8080``) once connections are taken.
        around: Puts something else on the same port: given the web chat's application, gives the one to serve.

    Raises:
        ConfigError: The port is taken, or the host is not one of this machine.
    """
    with listen(settings.host, settings.port) as listener:
        app = around(build(assistant, settings))
        await WebServer(app, settings, address_of(listener), ready).serve([listener])


@asynccontextmanager
async def running(
    assistant: Assistant, settings: WebSettings, *, around: Around = lambda app: app
) -> AsyncIterator[str]:
    """The same beside other work of the loop, without signals, while the block lasts. Gives the address."""
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    with listen(settings.host, settings.port) as listener:
        app = around(build(assistant, settings))
        server = WebServer(app, settings, address_of(listener), listening.set_result, signals=False)
        task = asyncio.create_task(server.serve([listener]))
        try:
            yield await listening
        finally:
            server.should_exit = True
            await task


class WebServer(uvicorn.Server):
    """uvicorn, set up for the chat, with word of when it really listens."""

    def __init__(
        self, app: ASGIApp, settings: WebSettings, address: str, ready: Ready, *, signals: bool = True
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                log_level=logging.WARNING,
                access_log=False,  # addresses hold the sign-in key and conversation ids
                server_header=False,
                ws="websockets-sansio",
                ws_max_size=settings.frame_limit,
                ws_ping_interval=settings.heartbeat,
                ws_ping_timeout=settings.heartbeat,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._address = address
        self._ready = ready
        self._signals = signals

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Listen to signals only where the process is ours."""
        with super().capture_signals() if self._signals else nullcontext():
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end. The signal is not raised again afterwards: whoever serves still has an assistant to close."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so. Whose process it is also leaves what the start has made out of collections.

        Going through a few hundred thousand objects that stay anyway would hold up answers, again and again.
        """
        await super().startup(sockets)
        if self.started:
            if self._signals:
                gc.collect()
                gc.freeze()
            self._ready(self._address)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else is set up.

    Raises:
        ConfigError: As ``serve``.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise ConfigError(_problem(error, host, port), fix="Choose another with --host and --port.") from error


def address_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds the listener."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _problem(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is in use by another program."
        case errno.EACCES:
            return f"Port {port} is reserved for the administrator."
        case _:
            return f"The address {host} is not one of this machine."
