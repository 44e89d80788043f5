"""Who is speaking, and in which conversation; the one place where a conversation key is built."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NewType
from urllib.parse import quote, unquote

from switchboard.errors import BadKey

MessageId = NewType("MessageId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The place where messages follow each other in order.

    Attributes:
        tenant: The organisation; conversations of two tenants never share anything.
        channel: Name of the channel plug-in, such as ``websocket`` or ``slack``.
        room: Where on that channel: a Slack channel, a Lex session, a browser's visitor id.
        thread: Which thread of the room; empty where the channel has none.
    """

    tenant: str
    channel: str
    room: str
    thread: str = ""

    @property
    def key(self) -> str:
        """The conversation as one string. Every part is percent-escaped, so no two conversations share a key."""
        return _key(self.tenant, self.channel, self.room, self.thread)

    @classmethod
    def from_key(cls, key: str) -> "Conversation":
        """Read a key back.

        Raises:
            BadKey: The string was not made by ``key``.
        """
        parts = key.split("/")
        if len(parts) != 4:
            raise BadKey(key=key)
        try:
            tenant, channel, room, thread = (unquote(part, errors="surrogatepass") for part in parts)
        except UnicodeDecodeError:
            raise BadKey(key=key) from None
        conversation = cls(tenant=tenant, channel=channel, room=room, thread=thread)
        if conversation.key != key:
            raise BadKey(key=key)
        return conversation


@lru_cache(maxsize=4096)  # a turn asks for its conversation's key a dozen times
def _key(*parts: str) -> str:
    return "/".join(quote(part, safe="", errors="surrogatepass") for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, as the channel has verified it; never taken from text, session attributes or tool output.

    Attributes:
        id: Stable name of the person, unique within the tenant; access lists name it.
        groups: Groups the person is in; access lists name these too.
        display_name: For people to read; empty if unknown.
        locale: BCP 47 tag, such as ``en-GB``; empty if unknown.
        verified: Whether the channel proved the identity. An unverified principal sees public documents only.
    """

    id: str
    groups: frozenset[str] = frozenset()
    display_name: str = ""
    locale: str = ""
    verified: bool = False
