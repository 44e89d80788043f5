"""E-mail: the headers that people read, the body, and the attachments, mails among them."""

from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from functools import partial

from tools.reading.backend import Block, Page
from tools.reading.budget import Budget
from tools.reading.bundle import Bundle, Member, Open
from tools.reading.parts import Parts
from tools.reading.reasons import unreadable
from tools.reading.text import decode, paragraphs
from tools.reading.words import display_name, one_line

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MALFORMED = (ValueError, LookupError, AttributeError, TypeError)  # what the standard library raises on odd mails


def opened(data: bytes, *, name: str, budget: Budget, open_member: Open) -> Bundle:
    """Open a mail; the pages after the first are those of its attachments."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(message, EmailMessage)
    headers = {header: _header(message, header) for header in _HEADERS}
    blocks = [Block(kind="text", text="\n".join(f"{key}: {value}" for key, value in headers.items() if value))]
    try:
        body, attachments = message.get_body(preferencelist=("plain", "html")), list(_attachments(message))
    except _MALFORMED as error:
        raise unreadable(name, "damaged") from error
    blocks += _body(body, name, budget)
    if attachments:
        listed = "\n".join(f"- {attachment.name}" for attachment in attachments)
        blocks.append(Block(kind="list", text=f"Attachments:\n{listed}"))
    metadata = {key.lower(): value for key, value in headers.items() if value}
    own = Parts(pages=(Page(number=1, blocks=tuple(blocks)),), title=headers["Subject"], metadata=metadata)
    return Bundle(own, attachments, kind="Attachment", budget=budget, open_member=open_member)


def _header(message: EmailMessage, header: str) -> str:
    """A header's text; the parser can raise all sorts on a malformed one, which then counts as missing."""
    try:
        return one_line(str(message.get(header, "")))
    except _MALFORMED:
        return ""


def _body(part: Message | None, name: str, budget: Budget) -> list[Block]:
    if part is None:
        return []
    content = _bytes(part)
    if part.get_content_type() == "text/html":
        from tools.reading import html

        return list(html.read(content, name=name, budget=budget).pages[0].blocks)
    return paragraphs(decode(content, name=name, declared=part.get_content_charset() or ""), budget)


def _attachments(message: EmailMessage) -> Iterator[Member]:
    for number, part in enumerate(message.iter_attachments(), start=1):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else part
            subject = inner.get("Subject") if isinstance(inner, Message) else None
            subject_name = display_name(f"{one_line(str(subject or 'message'))}.eml")
            yield Member(name=subject_name, fetch=partial(_as_bytes, inner))
        else:
            given = display_name(part.get_filename() or f"attachment {number}")
            yield Member(name=given, fetch=partial(_bytes, part))


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _as_bytes(part: object) -> bytes:
    """A mail in the mail as a file; nothing if it is too malformed to be written again."""
    try:
        return part.as_bytes() if isinstance(part, Message) else b""
    except _MALFORMED:
        return b""
