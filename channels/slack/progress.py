"""How far a job is, as one message below the reply that announced it; its result comes as a message of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.following import Following
from channels.slack import texts
from channels.slack.addresses import place_of
from channels.slack.api import Api, SlackFailed
from channels.slack.blocks import CANCEL_JOB, Post, actions, button, note
from channels.slack.incoming import Place
from channels.slack.looking import looked_up
from channels.slack.posting import PROGRESS, body, metadata, target
from switchboard import BadInput, Message, MessageId
from switchboard.assistant import Assistant, JobNews
from switchboard.storage import Job

log = logging.getLogger("switchboard.channels")

PACE = 2.0
"""Seconds between two edits of a message."""


class JobProgresses(Following):
    """Shows the jobs that are at work in this process."""

    def __init__(self, api: Api, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        super().__init__()
        self._api = api
        self._pause = pause

    async def _show(self, assistant: Assistant, job: Job) -> None:
        """Post how far a job is and edit that, at Slack's pace, until the job has ended."""
        message, place = _about(job), place_of(job.conversation)
        try:
            # Another process may have had the job before, and have shown it.
            ts = await self._known(message, place, job) if job.attempts > 1 else ""
            async for news in assistant.watch_job(job.conversation, job.id):
                post = {**body(message, _post(news, job)), "metadata": metadata(PROGRESS, message.id)}
                method, where = "chat.postMessage", target(place)
                if ts:
                    method, where = "chat.update", {"channel": place.channel, "ts": ts}
                said = await self._in_time(place, method, {**where, **post})
                ts = ts or str(said.get("ts", ""))
                await self._pause(PACE)
        except (SlackFailed, BadInput) as failure:
            log.info("the progress of a job is shown no longer: %s", failure)

    async def _known(self, message: Message, place: Place, job: Job) -> str:
        found = await looked_up(self._api, place, since=job.message_id)
        own = (post for post in found if (post.get("metadata") or {}) == metadata(PROGRESS, message.id))
        return next((str(post["ts"]) for post in own), "")

    async def _in_time(self, place: Place, method: str, arguments: dict[str, Any]) -> Mapping[str, Any]:
        """Call, and again when Slack wants to be called. Whoever is slow to take the news misses what is overtaken."""
        while True:
            try:
                return await self._api.call(place.team, method, **arguments)
            except SlackFailed as failure:
                if failure.code != "ratelimited":
                    raise
                await self._pause(failure.retry_after or 0.0)


def _about(job: Job) -> Message:
    """What a job's progress is about, as a message of its own: whoever asked for the job may end it."""
    return Message(id=MessageId(f"progress:{job.id}"), conversation=job.conversation, principal=job.principal, text="")


def _post(news: JobNews, job: Job) -> Post:
    count = f" {news.done}/{news.total}" if news.total else ""
    text = " · ".join(filter(None, (texts.JOB_STATES[news.state] + count, news.text)))
    going = news.state in ("queued", "running")
    return note(text, actions(button(texts.CANCEL_JOB, CANCEL_JOB, job.id))) if going else note(text)
