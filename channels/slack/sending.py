"""Sending a reply: the one delivery that counts, whatever was shown of it before.

A reply's posts carry, as metadata that only apps see, the message that they answer and their number. So after a crash
or a lost answer it can be looked up what is there already. A message in which the answer was shown while it was being
written becomes the reply's first post; nothing is shown twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from channels.slack.addresses import place_of
from channels.slack.api import Api, SlackFailed
from channels.slack.blocks import Part, Post
from channels.slack.incoming import Place
from channels.slack.looking import looked_up
from channels.slack.posting import PREVIEW, REPLY, body, metadata, target
from channels.slack.uploading import Uploader
from switchboard import Message, Receipt

UNFIT = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


@dataclass(slots=True, kw_only=True)
class Shown:
    """What is in Slack of a reply: its posts by number, files by name and size, and previews to write over."""

    posts: dict[int, str] = field(default_factory=dict)
    files: set[tuple[str, int]] = field(default_factory=set)
    previews: list[str] = field(default_factory=list)


class Previews(Protocol):
    """The previews of this process."""

    async def end(self, message: Message) -> Sequence[str] | None:
        """End what shows a message's answer in the making; its posts, or ``None`` if nothing ever did."""
        ...

    def forget(self, message: Message) -> None:
        """The reply is there: its previews are no more, or are the reply."""
        ...


class Sender:
    """Sends parts of replies to where their messages came from.

    Attributes:
        alone: Whether all that the bot posts is ours: what says nothing of itself is then a stream that was left.
    """

    def __init__(self, api: Api, uploader: Uploader, previews: Previews, *, looks: bool) -> None:
        self._api = api
        self._uploader = uploader
        self._previews = previews
        self._looks = looks
        self.alone = True

    async def send(self, message: Message, parts: Sequence[Part], *, again: bool) -> Receipt:
        """Send what is not there yet; see `switchboard.channels.Channel.send`."""
        place, done, ts = place_of(message.conversation), 0, ""
        try:
            shown = await self._shown(message, place, again=again)
            for part in parts:
                ts = await self._put(message, place, part, shown)
                done += 1
            for preview in shown.previews:
                await self._remove(place, preview)
        except SlackFailed as failure:
            retry = (failure.retry_after or 0.0) if failure.retryable else None
            return Receipt(delivered=False, why=failure.why, retry_after=retry, sent=done)
        self._previews.forget(message)
        return Receipt(delivered=True, platform_id=f"{place.channel}/{ts}")

    async def _shown(self, message: Message, place: Place, *, again: bool) -> Shown:
        previews = await self._previews.end(message)
        if again or (previews is None and self._looks and not message.job):
            shown = await self._look(message, place)
            shown.previews += [ts for ts in previews or () if ts not in (*shown.posts.values(), *shown.previews)]
            return shown
        return Shown(previews=list(previews or ()))

    async def _look(self, message: Message, place: Place) -> Shown:
        """What is there already of the reply."""
        found = await looked_up(self._api, place, since=message.id)
        own, shown = await self._api.bot(place.team) if self.alone else "", Shown()
        for post in found:
            _note(shown, post, message, own)
        return shown

    async def _put(self, message: Message, place: Place, part: Part, shown: Shown) -> str:
        if not isinstance(part, Post):
            there = (part.artifact.name, part.artifact.size) in shown.files
            return part.artifact.name if there else await self._uploader.upload(message, place, part)
        if part.number in shown.posts:
            return shown.posts[part.number]
        post = {**body(message, part), "metadata": metadata(REPLY, message.id, part.number)}
        while shown.previews:
            ts = shown.previews[0]
            written = await self._write_over(place, ts, post)
            shown.previews.pop(0)
            if written:
                return ts
            await self._remove(place, ts)  # where what was shown can't be changed any more, it may still go
        return await self._fitting(place, "chat.postMessage", {**target(place), **post})

    async def _write_over(self, place: Place, ts: str, post: Mapping[str, Any]) -> bool:
        """Make a preview the post; whether that can be done."""
        try:
            await self._fitting(place, "chat.update", {"channel": place.channel, "ts": ts, **post})
        except SlackFailed as failure:
            if failure.code in GONE:
                return False
            raise
        return True

    async def _fitting(self, place: Place, method: str, post: dict[str, Any]) -> str:
        """Call, and once more as mere text if Slack takes exception to the blocks: better plain than never."""
        try:
            answer = await self._api.call(place.team, method, **post)
        except SlackFailed as failure:
            if failure.code not in UNFIT:
                raise
            answer = await self._api.call(place.team, method, **{**post, "blocks": []})
        return str(answer.get("ts", ""))

    async def _remove(self, place: Place, ts: str) -> None:
        try:
            await self._api.call(place.team, "chat.delete", channel=place.channel, ts=ts)
        except SlackFailed as failure:
            if failure.retryable:
                raise


def _note(shown: Shown, post: Mapping[str, Any], message: Message, own: str) -> None:
    """Take note of a post, if it is of the reply.

    A post of ours that says nothing of itself is a stream whose process died: streams get their metadata at their end.
    """
    told = post.get("metadata") or {}
    about = told.get("event_payload") or {}
    ts = str(post.get("ts", ""))
    files = post.get("files") or ()
    shown.files.update((str(file.get("title", "")), file.get("size", 0)) for file in files)
    if told and about.get("message") != message.id:
        return
    if told.get("event_type") == REPLY:
        shown.posts[int(about.get("part", 0))] = ts
    elif told.get("event_type") == PREVIEW or (not told and not files and own and post.get("bot_id") == own):
        shown.previews.append(ts)
