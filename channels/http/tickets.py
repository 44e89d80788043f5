"""Links that open a source or a file for whoever got them, for a while, without a credential: signed, nothing kept."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from urllib.parse import quote

from channels.http.naming import conversation_of
from channels.websocket.links import is_web
from switchboard import Artifact, Citation, Conversation, Event, Principal, Reply

LARGEST = 16_000
"""Characters of a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link allows: to open what is at ``path`` as this person, from this conversation."""

    path: str
    principal: Principal
    conversation: Conversation


class Tickets:
    """Writes and reads tickets. ``secret`` is the installation's."""

    def __init__(self, secret: bytes, *, tenant: str, seconds: int) -> None:
        self._secret = secret
        self.tenant = tenant
        self._seconds = seconds

    def write(self, ticket: Ticket, *, now: float) -> str:
        """The ticket as text that fits into an address."""
        who = ticket.principal
        facts = [ticket.path, who.id, sorted(who.groups), ticket.conversation.thread, int(now) + self._seconds]
        body = base64.urlsafe_b64encode(json.dumps(facts, separators=(",", ":")).encode("ascii")).rstrip(b"=")
        return f"{body.decode('ascii')}.{self._sign(body)}"

    def read(self, text: str, *, path: str, now: float) -> Ticket | None:
        """The ticket, or ``None`` if it is not ours, for another path, or has run out."""
        body, _, signature = text.partition(".")
        if len(text) > LARGEST or not text.isascii():
            return None
        if not hmac.compare_digest(signature.encode("ascii"), self._sign(body.encode("ascii")).encode("ascii")):
            return None
        try:
            facts = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            named, person, groups, thread, until = facts
        except (ValueError, TypeError, binascii.Error):
            return None
        if named != path or now >= until:
            return None
        principal = Principal(id=person, groups=frozenset(groups), verified=True)
        return Ticket(
            path=path,
            principal=principal,
            conversation=conversation_of(principal, thread, tenant=self.tenant),
        )

    def _sign(self, body: bytes) -> str:
        return hmac.new(self._secret, b"http-ticket\0" + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses of one caller's things. ``base`` is where the caller reaches the server; ``now`` is the time."""

    tickets: Tickets
    principal: Principal
    base: str
    now: float

    def file(self, digest: str, conversation: Conversation) -> str:
        """Opens a file of the conversation; empty if it is not in the blob store."""
        return self._signed(f"/v1/files/{digest}", conversation) if digest else ""

    def source(self, citation: Citation, conversation: Conversation) -> str:
        """The document's own web address if it has one, else ours, at the page; empty if there is neither."""
        page = f"#page={citation.page}" if citation.page else ""
        if is_web(citation.link):
            return citation.link if "#" in citation.link else citation.link + page
        if not citation.document:
            return ""
        return self.document(citation.document, conversation) + page

    def document(self, document: str, conversation: Conversation | None) -> str:
        """Opens a document of the library, or one that was attached to the conversation."""
        return self._signed(f"/v1/documents/{_escaped(document)}", conversation)

    def event(self, event: Event, conversation: Conversation) -> Event:
        """The event with an address in it, where it is of the kind that has one."""
        match event:
            case Citation():
                return replace(event, link=self.source(event, conversation))
            case Artifact():
                return replace(event, link=event.link if is_web(event.link) else self.file(event.digest, conversation))
            case _:
                return event

    def reply(self, reply: Reply, conversation: Conversation) -> Reply:
        """The reply with addresses in its citations and files."""
        return replace(
            reply,
            citations=tuple(replace(one, link=self.source(one, conversation)) for one in reply.citations),
            artifacts=tuple(
                replace(one, link=one.link if is_web(one.link) else self.file(one.digest, conversation))
                for one in reply.artifacts
            ),
        )

    def address(self, kind: str, name: str, conversation: Conversation | None) -> str:
        """Where something is looked up with a credential, in the conversation if it is in one."""
        place = f"?conversation={_escaped(conversation.thread)}" if conversation else ""
        return f"{self.base}/v1/{kind}/{_escaped(name)}{place}"

    def _signed(self, path: str, conversation: Conversation | None) -> str:
        place = conversation or conversation_of(self.principal, "", tenant=self.tickets.tenant)
        ticket = Ticket(path=path, principal=self.principal, conversation=place)
        return f"{self.base}{path}?ticket={self.tickets.write(ticket, now=self.now)}"


def _escaped(part: str) -> str:
    return quote(part, safe="", errors="surrogatepass")
