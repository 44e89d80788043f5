"""Serving the local runtime beside other work of the loop, on loopback alone."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType

import uvicorn

from channels.lex.runtime.app import Hook, Runtime
from switchboard import ConfigError

HOST = "127.0.0.1"
GRACE = 5


class _Server(uvicorn.Server):
    """uvicorn without signals, as another server or the command has them, and with word of when it listens."""

    listening: asyncio.Event

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to others."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so."""
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def running(
    hook: Hook,
    *,
    port: int,
    origins: tuple[str, ...] = (),
    slots: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> AsyncIterator[str]:
    """Serve while the block lasts. Gives the address (``http://127.0.0.1:8081``), for a client's ``endpoint_url``.

    Args:
        hook: The code hook.
        port: 0 for any free one.
        origins: Origins besides this machine's whose pages may use it.
        slots: Those of each intent that clients may name.

    Raises:
        ConfigError: The port is taken.
    """
    app = Runtime(hook, slots=slots).app(origins)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    with _listener(port) as listener:
        server = _Server(config)
        server.listening = asyncio.Event()
        task = asyncio.create_task(server.serve([listener]))
        try:
            await server.listening.wait()
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise ConfigError(
            f"Port {port} for the Lex runtime can't be used ({error.strerror}).",
            fix="Choose another, or 0 for any free one.",
            where="channels.lex.port",
        ) from error
