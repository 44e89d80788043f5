"""The ids of conversations and messages: whose they are, how they look, how they are made from others. Pure."""

import hashlib
import re
from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from switchboard import Conversation, Principal

ID = r"^[A-Za-z0-9_-]{8,64}$"
KNOWN_ID = r"^[A-Za-z0-9:_-]{1,140}$"
"""An id that the server gave may have a colon, which keeps it apart from those that clients make."""
CONVERSATION_ID = r"^[A-Za-z0-9_-]{1,64}$"
JOB_ID = r"^[A-Za-z0-9_-]{1,64}$"
DIGEST = r"^[0-9a-f]{64}$"
CHANNEL = "http"

NewId: TypeAlias = Annotated[str, StringConstraints(pattern=ID)]
KnownId: TypeAlias = Annotated[str, StringConstraints(pattern=KNOWN_ID)]
ConversationId: TypeAlias = Annotated[str, StringConstraints(pattern=CONVERSATION_ID)]
Digest: TypeAlias = Annotated[str, StringConstraints(pattern=DIGEST)]


def conversation_of(principal: Principal, name: str, *, tenant: str) -> Conversation:
    """The caller's conversation of this name: another caller's of the same name is another."""
    return Conversation(tenant=tenant, channel=CHANNEL, room=principal.id, thread=name)


def is_own(conversation: Conversation, principal: Principal) -> bool:
    """Whether the conversation is one of the caller's on this channel."""
    return conversation.channel == CHANNEL and conversation.room == principal.id


def fits(pattern: str, text: str) -> bool:
    """Whether a parameter has the form that its pattern says; a line break at the end is none."""
    return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None


def derived(*parts: str, prefix: str) -> str:
    """An id that is the same for the same parts, and for no others."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", errors="surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return f"{prefix}-{digest.hexdigest()[:40]}"
