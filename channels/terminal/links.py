"""Links to sources that outlive a run: what ``--json`` gives and ``switchboard open`` takes."""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, unquote, urlsplit

from channels.terminal import texts
from channels.terminal.clean import web_link
from switchboard import BadInput, Citation, Event, Reply

_PAGE = re.compile(r"page=([0-9]{1,7})")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLink:
    """A place in a document of the library: ``switchboard://documents/<id>?conversation=<key>#page=<n>``.

    Attributes:
        conversation: Key of the conversation that the document was attached to; empty for the library's own.
        page: From 1; 0 for the document as a whole.
    """

    document: str
    conversation: str = ""
    page: int = 0

    def __str__(self) -> str:
        query = f"?conversation={quote(self.conversation, safe='')}" if self.conversation else ""
        fragment = f"#page={self.page}" if self.page else ""
        return f"switchboard://documents/{quote(self.document, safe='')}{query}{fragment}"

    @classmethod
    def parse(cls, link: str) -> "DocumentLink":
        """Read a link back.

        Raises:
            BadInput: It is not one of ours.
        """
        try:
            parts = urlsplit(link)
        except ValueError:
            raise BadInput(texts.BAD_LINK) from None
        document = unquote(parts.path.removeprefix("/"))
        if (parts.scheme, parts.netloc) != ("switchboard", "documents") or not document:
            raise BadInput(texts.BAD_LINK)
        page = _PAGE.fullmatch(parts.fragment)
        conversation = parse_qs(parts.query).get("conversation", [""])[0]
        return cls(document=document, conversation=conversation, page=int(page[1]) if page else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Gives every citation a link: its own if that leads to the web, otherwise a `DocumentLink`.

    Attributes:
        conversation: Key to put into links, where the run's sources may have been attached to it.
    """

    conversation: str = ""

    def event(self, event: Event) -> Event:
        """The event, with its link if it is a citation."""
        return self._citation(event) if isinstance(event, Citation) else event

    def reply(self, reply: Reply) -> Reply:
        """The reply with all its citations linked."""
        return replace(reply, citations=tuple(self._citation(citation) for citation in reply.citations))

    def _citation(self, citation: Citation) -> Citation:
        link = web_link(citation.link)
        if not link and citation.document:
            link = str(DocumentLink(document=citation.document, conversation=self.conversation, page=citation.page))
        return replace(citation, link=link)
