"""E-mail: the headers that people read, the body, and the attachments one level deep."""

from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from switchboard import Unreadable
from tools.reading.backend import Block, Page
from tools.reading.budget import Budget
from tools.reading.parts import Parts
from tools.reading.reasons import unreadable
from tools.reading.text import decode, paragraphs
from tools.reading.words import display_name, one_line

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MOST_ATTACHMENTS = 200
_MALFORMED = (ValueError, LookupError, AttributeError, TypeError)  # what the standard library raises on odd mails

ReadPart = Callable[[bytes, str], Parts]


def read(data: bytes, *, name: str, budget: Budget, read_part: ReadPart | None = None) -> Parts:
    """Read a mail; the pages after the first are those of its attachments.

    Args:
        read_part: Reads an attachment; without it attachments are only listed, which is how a mail in a mail is read.
    """
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
        listed = "\n".join(f"- {attached_name}" for attached_name, _ in attachments)
        blocks.append(Block(kind="list", text=f"Attachments:\n{listed}"))
    budget.take_pages(1)
    pages = [Page(number=1, blocks=tuple(blocks))]
    warnings: list[str] = []
    if read_part:
        if len(attachments) > _MOST_ATTACHMENTS:
            warnings.append(f"Only the first {_MOST_ATTACHMENTS} attachments were read; there are {len(attachments)}")
        for attached_name, content in attachments[:_MOST_ATTACHMENTS]:
            pages += _read_attachment(attached_name, content, read_part, first=len(pages) + 1, warnings=warnings)
    metadata = {key.lower(): value for key, value in headers.items() if value}
    return Parts(pages=tuple(pages), title=headers["Subject"], metadata=metadata, warnings=tuple(warnings))


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


def _attachments(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(message.iter_attachments(), start=1):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else part
            subject = inner.get("Subject") if isinstance(inner, Message) else None
            yield display_name(f"{one_line(str(subject or 'message'))}.eml"), _as_bytes(inner)
        else:
            yield display_name(part.get_filename() or f"attachment {number}"), _bytes(part)


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _as_bytes(part: object) -> bytes:
    """A mail in the mail as a file; nothing if it is too malformed to be written again."""
    try:
        return part.as_bytes() if isinstance(part, Message) else b""
    except _MALFORMED:
        return b""


def _read_attachment(
    name: str, content: bytes, read_part: ReadPart, *, first: int, warnings: list[str]
) -> Iterator[Page]:
    """The attachment's pages under a heading of its name. One that can't be read costs a warning, not the mail."""
    try:
        parts = read_part(content, name)
    except Unreadable as error:
        warnings.append(f"The attachment {error}")
        return
    warnings += [f"{name}: {warning}" for warning in parts.warnings]
    heading = Block(kind="heading", text=f"Attachment: {name}", level=1)
    for number, page in enumerate(parts.pages, start=first):
        yield Page(number=number, blocks=(heading, *page.blocks), label=name)
