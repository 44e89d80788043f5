"""Chats as OpenAI's clients send them, and the files in them. Pure."""

import base64
import binascii
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel, ConfigDict, Field

from channels.http import texts
from channels.http.naming import ConversationId
from switchboard import BadInput


class _Foreign(BaseModel):
    """OpenAI's clients send more than is heard here; the rest is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class FilePart(_Foreign):
    """A file inside a message; `file_data` is a data URL or base64."""

    filename: str = ""
    file_data: str = ""


class ImagePart(_Foreign):
    """A picture inside a message; only data URLs are opened."""

    url: str


class Part(_Foreign):
    """A piece of what was said."""

    type: str
    text: str = ""
    file: FilePart | None = None
    image_url: ImagePart | None = None


class Said(_Foreign):
    """One message of the history."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | tuple[Part, ...] | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it is made of."""
        if isinstance(self.content, tuple):
            return self.content
        return (Part(type="text", text=self.content),) if self.content else ()

    @property
    def text(self) -> str:
        """The text of all parts."""
        return "\n".join(part.text for part in self.parts if part.type == "text")


class Metadata(_Foreign):
    """What a caller may say besides."""

    conversation: ConversationId | None = Field(None, description="The conversation to go on with.")


class StreamOptions(_Foreign):
    """What a stream has besides."""

    include_usage: bool = False


class NewCompletion(_Foreign):
    """A chat as OpenAI's clients send it. The last message is the question; what was said before is known."""

    model: str
    messages: tuple[Said, ...] = Field(min_length=1, max_length=10_000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    user: str | None = Field(None, max_length=1_000, description="Keeps apart the chats of the caller's own users.")
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that stood in a message. Name and type are the sender's, untrusted."""

    name: str
    media_type: str
    data: bytes


def files(said: Said) -> Iterator[File]:
    """The files of a message, in order.

    Raises:
        BadInput: A part is neither text nor a file, or its bytes are not in it (status 422).
    """
    for number, part in enumerate(said.parts, start=1):
        if part.type == "file" and part.file is not None and part.file.file_data:
            media_type, data = _opened(part.file.file_data)
            yield File(name=part.file.filename or _name("file", number, media_type), media_type=media_type, data=data)
        elif part.type == "image_url" and part.image_url is not None and part.image_url.url.startswith("data:"):
            media_type, data = _opened(part.image_url.url)
            yield File(name=_name("image", number, media_type), media_type=media_type, data=data)
        elif part.type != "text":
            raise BadInput(texts.ONLY_TEXT_AND_FILES, status=422)


def _opened(text: str) -> tuple[str, bytes]:
    """Type and bytes of a data URL (RFC 2397), or of base64 alone."""
    head, comma, body = text.partition(",") if text.startswith("data:") else ("data:;base64", ",", text)
    media_type, _, coding = head.removeprefix("data:").rpartition(";")
    try:
        if coding == "base64" and comma:
            return media_type, base64.b64decode(body, validate=True)
        if comma:
            return head.removeprefix("data:"), unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        pass
    raise BadInput(texts.BAD_FILE_PART, status=422)


def _name(kind: str, number: int, media_type: str) -> str:
    return f"{kind}-{number}{mimetypes.guess_extension(media_type.partition(';')[0]) or ''}"
