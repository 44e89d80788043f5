"""How the e-mail channel is tested: what its payloads look like, and a mail server that is a dictionary."""

import smtplib
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

import pytest

from examples.mail_channel import Mail, MailChannel
from switchboard import Attachment, Limits
from switchboard.testing.channel import ChannelContract, SendingAgainContract, SendingContract


class Server:
    """Keeps mails by their Message-ID, as mailboxes do. ``troubles`` come up at the next submissions."""

    def __init__(self) -> None:
        self.mails: dict[str, EmailMessage] = {}
        self.troubles: list[Exception] = []

    async def submit(self, mail: EmailMessage) -> None:
        """Take a mail. A lost connection leaves open whether it was taken: here it was."""
        trouble = self.troubles.pop() if self.troubles else None
        if not isinstance(trouble, smtplib.SMTPResponseException):
            self.mails[mail["Message-ID"]] = mail
        if trouble:
            raise trouble


class MailContract(SendingAgainContract, SendingContract, ChannelContract):
    """The e-mail channel."""

    @pytest.fixture
    def channel(self) -> MailChannel:
        """A channel with a server of its own, that takes small files only, so that the tests are quick."""
        self.server = Server()
        made = MailChannel(self.server.submit, address="assistant@example.com")
        made.limits = Limits(images=False, streaming=False, markup="plain", upload=10_000)
        return made

    def payload(self, text: str, *, id: str, sender: str, file: Attachment | None = None) -> Mail:
        """A mail in the sender's one thread."""
        head = f"From: {sender}@example.org\nMessage-ID: <{id}@example.org>\nReferences: <first@example.org>\n"
        if len(head.splitlines()) != 3:
            raise ValueError("a header has one line")
        mail = EmailMessage()
        mail.set_content(text, cte="base64")
        if file:
            mail.add_attachment(b"x" * file.size, maintype="application", subtype="pdf", filename=file.name)
        return Mail(raw=head.encode() + mail.as_bytes(), authenticated=True)

    def payload_with(self, attachment: Attachment, *, id: str, sender: str) -> Mail:
        """A mail with a file."""
        return self.payload("Read this.", id=id, sender=sender, file=attachment)

    def busy(self, channel: Any) -> MailChannel:
        """Mailbox busy: try again later."""
        return self._with(channel, smtplib.SMTPResponseException(450, b"busy"))

    def refusing(self, channel: Any) -> MailChannel:
        """No such mailbox."""
        return self._with(channel, smtplib.SMTPResponseException(550, b"unknown"))

    def lossy(self, channel: Any) -> MailChannel:
        """The connection is lost before the server's answer."""
        return self._with(channel, smtplib.SMTPServerDisconnected())

    def displayed(self, channel: Any) -> Sequence[str]:
        """What is in the mailboxes."""
        return [mail.get_content().strip() for mail in self.server.mails.values()]

    def _with(self, channel: MailChannel, trouble: Exception) -> MailChannel:
        self.server.troubles.append(trouble)
        return channel
