"""What a channel's author says of the channel, once, for all the suites that it is held to."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from switchboard.channels import Channel
from switchboard.errors import BadInput, Refused
from switchboard.messages import Attachment, Message
from switchboard.storage import BlobStore


class ChannelCase:
    """The adapter between a channel and the suites. It needs two things: a fixture ``channel``, and ``payload``."""

    text_of: Callable[[Any], str] = staticmethod(str)
    """The text of a part as people see it, where parts are not text."""

    buttons_of: Callable[[Any], Sequence[str]] = staticmethod(lambda part: ())
    """The labels of a part's buttons, where the channel has buttons."""

    @pytest.fixture
    def channel(self) -> Any:
        """The channel that is tested, talking to no platform."""
        pytest.fail(f"{type(self).__name__} needs a fixture `channel` that makes the channel.", pytrace=False)

    def payload(self, text: str, *, id: str, sender: str) -> Any:
        """A verified payload of the platform, in which ``sender`` says ``text`` under the platform's id ``id``.

        Raises:
            ValueError: The platform has no such id or sender; `BadInput` will do as well.
        """
        pytest.fail(f"{type(self).__name__} needs a method payload(text, *, id, sender).", pytrace=False)

    def payload_with(self, attachment: Attachment, *, id: str, sender: str) -> Any:
        """The same with a file, of which the platform says name, media type and size.

        Raises:
            NotImplementedError: Files come on another way, which `filed` says, or not at all.
            ValueError: The platform has no such file.
        """
        raise NotImplementedError

    async def filed(
        self, channel: Channel[Any, Any], file: Attachment, *, id: str, sender: str, blobs: BlobStore
    ) -> Message:
        """The message with a file. Override it where bytes come before the message that names them, or after it.

        Args:
            file: What the platform says of it; its bytes are ``bytes(file.size)``.
            blobs: Where it is kept, for the conversation of the message.

        Raises:
            BadInput: It is refused.
            ValueError: The platform has no such file.
        """
        (message,) = channel.parse(self.payload_with(file, id=id, sender=sender))
        return message

    def heard(self, channel: Channel[Any, Any], text: str, *, id: str = "1", sender: str = "5551") -> Message | None:
        """What the channel makes of a payload; ``None`` if the platform has none such, or it holds nothing to answer.

        What is refused has to be refused with a sentence.
        """
        try:
            payload = self.payload(text, id=id, sender=sender)
        except (ValueError, BadInput):
            return None
        refused = ""
        try:
            messages = channel.parse(payload)
        except (BadInput, Refused) as error:
            messages, refused = (), error.user_text.strip() or "nothing"
        assert refused != "nothing", "what is refused has to be refused with a sentence"
        return messages[0] if messages else None

    def said(self, channel: Channel[Any, Any], text: str = "Hello", *, id: str = "1", sender: str = "5551") -> Message:
        """The message of a payload that has to be understood."""
        payload = self.payload(text, id=id, sender=sender)
        messages = channel.parse(payload)
        assert isinstance(messages, Sequence), f"parse gives a sequence of messages, not {messages!r}"
        assert len(messages) == 1, f"parse gave {len(messages)} messages, not 1, for {payload!r}"
        return messages[0]

    def shown(self, parts: Sequence[Any]) -> str:
        """Everything that a reader sees of parts, buttons included."""
        return "\n".join(text for part in parts for text in (self.text_of(part), *self.buttons_of(part)))
