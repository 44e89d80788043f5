"""Looking up what is in a conversation already, after a crash or an answer that was not heard."""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.slack.addresses import posted_at
from channels.slack.api import Api
from channels.slack.incoming import Place
from switchboard import MessageId

LOOKED_THROUGH = 200
"""Posts of a thread that are looked through, the newest."""


async def looked_up(api: Api, place: Place, *, since: MessageId) -> Sequence[Mapping[str, Any]]:
    """The posts of a thread, or of direct messages outside of threads, after that of a message if it has one.

    Raises:
        SlackFailed: They can't be had.
    """
    where: dict[str, Any] = {"channel": place.channel, "limit": LOOKED_THROUGH, "include_all_metadata": True}
    if place.thread:
        method, where = "conversations.replies", {**where, "ts": place.thread}
    else:
        method = "conversations.history"
    oldest = posted_at(since)
    found = await api.call(place.team, method, **where, **({"oldest": oldest} if oldest else {}))
    return found.get("messages") or ()
