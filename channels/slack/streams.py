"""Two ways of showing an answer while it is written: Slack's streams, and a message that is edited.

A stream is Slack's own; it ends by itself about five minutes after it began, whatever is appended, and holds about
12,000 characters, so before either it goes on in a new one. Where there is none, outside of threads, a message is
edited.
"""

import re
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

from channels.slack import texts
from channels.slack.api import Api, SlackFailed
from channels.slack.blocks import STOP, actions, button, growing
from channels.slack.incoming import Place
from channels.slack.posting import PREVIEW, body, metadata, target
from switchboard import Message

STREAM_SIZE = 11_000
TASK_TEXT = 250
ENDED = frozenset({"message_not_in_streaming_state", "message_not_found", "msg_too_long", "streaming_state_conflict"})
"""Slack's words for a stream that takes nothing more."""
_FIRES = re.compile(r"<(?=[!@#])")
Chunk: TypeAlias = dict[str, Any]


class Shower(Protocol):
    """Shows an answer in the making.

    Attributes:
        posts: The messages in which it is shown, in order.
    """

    posts: list[str]

    async def show(self, text: str, tasks: Sequence[Chunk], *, now: float) -> None:
        """Show the whole ``text`` up to now, and ``tasks`` that are new or have changed. Raises `SlackFailed`."""
        ...

    async def end(self) -> None:
        """Show nothing more. Raises `SlackFailed`."""
        ...


class Stream:
    """An answer as a stream in a thread."""

    def __init__(self, api: Api, place: Place, message: Message, *, lifetime: float) -> None:
        self.posts: list[str] = []
        self._api = api
        self._place = place
        self._message = message
        self._lifetime = lifetime
        self._open = ""
        self._began = 0.0
        self._length = 0
        self._shown = 0

    async def show(self, text: str, tasks: Sequence[Chunk], *, now: float) -> None:
        """See `Shower`. What Slack may have taken is not appended again: the reply itself is sent at the end."""
        held = 1 if text.endswith("<") else 0  # what follows decides whether it would mention somebody
        fresh = text[self._shown : len(text) - held]
        chunks = list(tasks)
        while fresh or chunks:
            if self._open and (now - self._began >= self._lifetime or self._length >= STREAM_SIZE):
                await self._roll()
            piece = fresh[: STREAM_SIZE - self._length]
            if piece:
                chunks.append({"type": "markdown_text", "text": harmless(piece)})
            try:
                await self._write(chunks, now)
            except SlackFailed as failure:
                if failure.code in ENDED and self._open:
                    self._open, self._length = "", 0
                    chunks = chunks[: len(chunks) - bool(piece)]
                    continue
                if failure.unsure:
                    self._shown += len(piece)
                raise
            self._length += len(piece)
            self._shown += len(piece)
            fresh, chunks = fresh[len(piece) :], []

    async def end(self) -> None:
        """See `Shower`. The metadata tells those who look later what the message is."""
        if not self._open:
            return
        try:
            await self._call("chat.stopStream", ts=self._open, metadata=metadata(PREVIEW, self._message.id))
        except SlackFailed as failure:
            if failure.retryable and failure.code not in ENDED:
                raise
        self._open = ""

    async def _roll(self) -> None:
        """End the stream with word that it goes on below; the next piece begins another."""
        chunk = {"type": "markdown_text", "text": texts.CONTINUED}
        told = metadata(PREVIEW, self._message.id)
        try:
            await self._call("chat.stopStream", ts=self._open, chunks=[chunk], metadata=told)
        except SlackFailed as failure:
            if failure.code not in ENDED:
                raise
        self._open, self._length = "", 0

    async def _write(self, chunks: list[Chunk], now: float) -> None:
        if self._open:
            await self._call("chat.appendStream", ts=self._open, chunks=chunks)
            return
        team, _, user = self._message.principal.id.partition(":")
        answer = await self._call(
            "chat.startStream",
            thread_ts=self._place.thread,
            recipient_team_id=team,
            recipient_user_id=user,
            task_display_mode="timeline",
            chunks=chunks,
        )
        self._open, self._began, self._length = str(answer.get("ts", "")), now, 0
        self.posts.append(self._open)

    async def _call(self, method: str, **arguments: Any) -> Any:
        return await self._api.call(self._place.team, method, channel=self._place.channel, **arguments)


class Edits:
    """An answer as a message that is edited."""

    def __init__(self, api: Api, place: Place, message: Message) -> None:
        self.posts: list[str] = []
        self._api = api
        self._place = place
        self._message = message

    async def show(self, text: str, tasks: Sequence[Chunk], *, now: float) -> None:
        """See `Shower`. Until there is text, the newest task is shown."""
        words = text or next((f"_{task['title']}_" for task in reversed(tasks)), "")
        stop = actions(button(texts.STOP, STOP, self._message.id))
        post = {**body(self._message, growing(words, stop)), "metadata": metadata(PREVIEW, self._message.id)}
        if self.posts:
            where = {"channel": self._place.channel, "ts": self.posts[0]}
            await self._api.call(self._place.team, "chat.update", **where, **post)
            return
        answer = await self._api.call(self._place.team, "chat.postMessage", **target(self._place), **post)
        self.posts.append(str(answer.get("ts", "")))

    async def end(self) -> None:
        """See `Shower`: there is nothing to end."""


def harmless(markdown: str) -> str:
    """Markdown in which nothing calls a person, a group or a channel: an invisible joiner stands in the way."""
    return _FIRES.sub("<\u2060", markdown)


def task(call_id: str, title: str, status: str) -> Chunk:
    """A step of the work, as a stream shows it."""
    return {"type": "task_update", "id": call_id, "title": harmless(title)[:TASK_TEXT], "status": status}
