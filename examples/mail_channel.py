"""An e-mail channel: a message comes in as RFC 5322, the reply goes out through whatever speaks SMTP."""

import hashlib
import html
import re
import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from switchboard import (
    Attachment,
    BadInput,
    Conversation,
    Limits,
    Message,
    MessageId,
    Principal,
    Receipt,
    Reply,
    render,
)
from switchboard.assistant import Assistant

Submit = Callable[[EmailMessage], Awaitable[None]]
SENDER = re.compile(r"(?:[^<>]*<)?([\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+)>?", re.ASCII)
ID = re.compile(r"<[!-;=?-~]+>")
TAIL = re.compile(r"^(-- ?|_{10,}|-{3,} ?Original Message ?-{3,}|On .{1,200}wrote:)$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message as it arrived. ``authenticated`` is what the receiving server says of DMARC, not what a header says."""

    raw: bytes
    authenticated: bool = False
    received_at: float = 0.0


class MailChannel:
    """Answers e-mail. A thread is a conversation, of its sender alone."""

    contract = "examples.mail_contract:MailContract"
    name = "mail"

    def __init__(self, submit: Submit, *, address: str, tenant: str = "local") -> None:
        self.limits = Limits(images=False, streaming=False, markup="plain", upload=10_000_000)
        self._submit, self._address, self._tenant = submit, address, tenant

    def parse(self, payload: Mail) -> Sequence[Message]:
        """The message; none where a machine wrote it, as two that answer each other would never stop."""
        mail = message_from_bytes(payload.raw, policy=policy.default)
        said = {name.lower(): " ".join(str(value).split()) for name, value in mail.raw_items()}
        if not (found := SENDER.fullmatch(said.get("from", ""))):
            raise BadInput("The sender's address can't be read.")
        sender = found[1].lower()
        automatic = said.get("auto-submitted", "no") != "no" or said.get("precedence") in ("bulk", "list", "junk")
        files = tuple(self._file(part) for part in mail.iter_attachments())
        earlier = ID.findall(f"{said.get('references', '')} {said.get('in-reply-to', '')}")
        text = _text(mail) if earlier else f"{mail['Subject'] or ''}\n\n{_text(mail)}".strip()
        if automatic or sender == self._address or not (text or files):
            return ()
        own = ID.findall(said.get("message-id", "")) or [f"<{hashlib.sha256(payload.raw).hexdigest()}@{self.name}>"]
        place = Conversation(tenant=self._tenant, channel=self.name, room=sender, thread=(earlier or own)[0])
        asking = Principal(id=sender, verified=payload.authenticated)
        told = Message(id=MessageId(own[0]), conversation=place, principal=asking, text=text, attachments=files)
        return (replace(told, received_at=payload.received_at, push=True),)

    def render(self, reply: Reply) -> Sequence[str]:
        """One mail has it all."""
        return render(reply, self.limits).messages

    async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
        """Submit the reply. Sent again, it has the same Message-ID, by which mailboxes keep one of them."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self._address, message.conversation.room
        mail["Subject"] = f"Re: {' '.join(message.text.split())[:80] or 'your message'}"
        mail["In-Reply-To"], mail["References"] = message.id, f"{message.conversation.thread} {message.id}"
        digest = hashlib.sha256(f"{message.conversation.key} {message.id}".encode()).hexdigest()
        mail["Message-ID"], mail["Auto-Submitted"] = f"<{digest}@{self._address.partition('@')[2]}>", "auto-replied"
        mail.set_content("\n\n".join(parts), cte="base64")
        try:
            await self._submit(mail)
        except smtplib.SMTPResponseException as error:  # 4xx: later; 5xx: never
            return Receipt(delivered=False, why=str(error), retry_after=60.0 if error.smtp_code < 500 else None)
        return Receipt(delivered=True, platform_id=mail["Message-ID"])

    async def take(self, payload: Mail, assistant: Assistant) -> None:
        """What a mail server calls: keep the files, then offer the message. The outbox sends the reply."""
        files = message_from_bytes(payload.raw, policy=policy.default).iter_attachments()
        for message in self.parse(payload):
            kept, owner = [], message.conversation.key
            for about, part in zip(message.attachments, files, strict=True):
                blob = await assistant.blobs.put(_bytes(part), owner=owner, name=about.name, limit=about.size)
                kept.append(replace(about, digest=blob.digest))
            await assistant.offer(replace(message, attachments=tuple(kept)))

    def _file(self, part: MIMEPart) -> Attachment:
        if (size := len(_content(part))) > self.limits.upload:
            raise BadInput(f"A file may have {self.limits.upload:,} bytes. Send a smaller one.", status=413)
        return Attachment(name=part.get_filename() or "file", media_type=part.get_content_type(), size=size)


def _text(mail: EmailMessage) -> str:
    """What somebody wrote anew: without quotes and signature. HTML is read where there is no plain text."""
    body = mail.get_body(("plain", "html"))
    text = _content(body).decode(body.get_content_charset("utf-8"), errors="replace") if body else ""
    if body and body.get_content_subtype() == "html":
        text = html.unescape(re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE))
    fresh = TAIL.split(text.replace("\r", ""), maxsplit=1)[0]
    return re.sub(r"^>.*\n?", "", fresh, flags=re.MULTILINE).strip()


def _content(part: MIMEPart) -> bytes:
    return data if isinstance(data := part.get_payload(decode=True), bytes) else part.as_bytes()


async def _bytes(part: MIMEPart) -> AsyncIterator[bytes]:
    yield _content(part)
