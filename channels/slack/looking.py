"""Looking up what is in a conversation already, after a crash or an answer that was not heard."""

from collections.abc import Mapping, Sequence
from typing import Any

from channels.slack.addresses import posted_at
from channels.slack.api import Api, SlackFailed
from channels.slack.incoming import Place
from switchboard import MessageId

PAGE, PAGES = 200, 10
"""Posts that are asked for at once, as Slack advises, and how often: threads come with their oldest posts first."""


async def looked_up(api: Api, place: Place, *, since: MessageId) -> Sequence[Mapping[str, Any]]:
    """The posts of a thread, or of direct messages outside of threads, after that of a message if it has one.

    Raises:
        SlackFailed: They can't be had.
    """
    method = "conversations.replies" if place.thread else "conversations.history"
    where: dict[str, Any] = {"channel": place.channel, "limit": PAGE, "include_all_metadata": True}
    where |= {"ts": place.thread} if place.thread else {}
    where |= {"oldest": oldest} if (oldest := posted_at(since)) else {}
    posts: list[Mapping[str, Any]] = []
    for _ in range(PAGES):
        try:
            found = await api.call(place.team, method, **where)
        except SlackFailed as failure:
            if failure.code == "thread_not_found":  # what began it was deleted before anybody answered
                return ()
            raise
        posts += found.get("messages") or ()
        where["cursor"] = str((found.get("response_metadata") or {}).get("next_cursor") or "")
        if not where["cursor"]:
            break
    return posts
