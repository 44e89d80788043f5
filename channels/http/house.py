"""What the addresses of one server share, and what one call is: who calls, and what it needs besides the request."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from channels.http import naming, texts
from channels.http.callers import Callers
from channels.http.channel import HttpChannel
from channels.http.settings import HttpSettings
from channels.http.tickets import Links, Ticket, Tickets
from switchboard import BadInput, Conversation, Principal, Tool
from switchboard.assistant import Assistant

if TYPE_CHECKING:
    from channels.drops.orders import Orders
    from tools.retrieval.backend import Retriever


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Shared by all calls.

    Attributes:
        text_limit: Longest message in characters.
        upload_limit: Largest file in bytes.
        attachment_limit: Most files with one message.
        library: Where documents are listed.
        tools: What can be asked for by name, by that name.
        orders: Takes files that are still to come with what is to become of them, where that is possible.
        patience: Seconds that a caller may take to send a piece of a body, or to take one of a stream.
        heartbeat: Seconds after which a stream that has nothing to tell shows that it is alive.
        now: Seconds since the epoch.
    """

    assistant: Assistant
    settings: HttpSettings
    callers: Callers
    tickets: Tickets
    channel: HttpChannel
    library: "Retriever"
    tools: Mapping[str, Tool]
    tenant: str
    text_limit: int
    upload_limit: int
    attachment_limit: int
    orders: "Orders | None" = None
    patience: float = 20.0
    heartbeat: float = 15.0
    now: Callable[[], float] = time.time

    @property
    def body_limit(self) -> int:
        """Largest JSON body in bytes: room for a message that is too long, which gets a sentence, not a hang-up."""
        return max(1_000_000, 16 * self.text_limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a known caller. ``ticket`` is what the caller's link allows, where that stands for a credential."""

    house: House
    request: Request
    principal: Principal
    ticket: Ticket | None = None

    @property
    def links(self) -> Links:
        """The addresses of the caller's things."""
        base = self.house.settings.public_url or str(self.request.base_url).rstrip("/")
        return Links(tickets=self.house.tickets, principal=self.principal, base=base, now=self.house.now())

    def place(self) -> Conversation | None:
        """The conversation that the ticket or the parameter names, if one does.

        Raises:
            BadInput: It is not the name of one.
        """
        named = self.ticket is not None or "conversation" in self.request.query_params
        return self.conversation() if named else None

    def conversation(self, name: str | None = None, *, missing: str = "") -> Conversation:
        """The caller's conversation of this name, or of the parameter ``conversation``.

        Raises:
            BadInput: It is not the name of one; with the sentence ``missing`` and status 404 where that is given.
        """
        if self.ticket is not None:
            return self.ticket.conversation
        found = self.request.query_params.get("conversation", "") if name is None else name
        if not naming.fits(naming.CONVERSATION_ID, found):
            raise BadInput(missing or texts.BAD_PARAMETER.format(name="conversation"), status=404 if missing else 400)
        return naming.conversation_of(self.principal, found, tenant=self.house.tenant)

    def path(self, name: str, pattern: str, *, missing: str) -> str:
        """A part of the path.

        Raises:
            BadInput: Nothing can have such a name (status 404).
        """
        found: str = self.request.path_params[name]
        if not naming.fits(pattern, found):
            raise BadInput(missing, status=404)
        return found

    def number(self, name: str, *, least: int, most: int) -> int | None:
        """A parameter that is a whole number, or ``None`` if it was not given.

        Raises:
            BadInput: It is none, or out of bounds.
        """
        text = self.request.query_params.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most):
            raise BadInput(texts.BAD_PARAMETER.format(name=name))
        return int(text)
