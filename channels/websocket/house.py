"""What the sockets and the pages of one server share, and what a socket is to a session."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from channels.websocket.channel import WebSocketChannel
from channels.websocket.identity import Visitors
from channels.websocket.rooms import Rooms
from channels.websocket.settings import WebSettings
from channels.websocket.shapes import Bounds
from switchboard.assistant import Assistant


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Shared by everything that serves a browser. ``now`` gives seconds since the epoch."""

    assistant: Assistant
    settings: WebSettings
    visitors: Visitors
    rooms: Rooms
    channel: WebSocketChannel
    now: Callable[[], float] = time.time

    @property
    def bounds(self) -> Bounds:
        """The sizes that clients are told and held to."""
        settings = self.settings
        return Bounds(text=settings.text_limit, upload=settings.upload_limit, attachments=settings.attachment_limit)


class Gone(Exception):
    """The client is no longer there."""


class Wire(Protocol):
    """A text socket."""

    async def receive(self) -> str | None:
        """The next text frame; ``None`` for one that is not text.

        Raises:
            Gone: The client has left.
        """
        ...

    async def send(self, text: str) -> None:
        """Send a frame; waits while the client does not read. Raises as ``receive``."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Close the socket. Raises as ``receive``."""
        ...
