"""How far a job is, as one message below the reply that announced it; its result comes as a message of its own."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from channels.slack import texts
from channels.slack.addresses import place_of
from channels.slack.api import Api, SlackFailed
from channels.slack.blocks import CANCEL_JOB, Post, actions, button, note
from channels.slack.incoming import Place
from channels.slack.posting import NOTE, body, metadata, target
from switchboard import BadInput, JobStarted, Message
from switchboard.assistant import Assistant, JobNews

log = logging.getLogger("switchboard.channels")


async def show_job(assistant: Assistant, api: Api, message: Message, started: JobStarted, *, pause: float) -> None:
    """Post how far a job is and edit that, no faster than every ``pause`` seconds, until the job has ended."""
    place, ts = place_of(message.conversation), ""
    try:
        async for news in assistant.watch_job(message.conversation, started.job_id):
            post = {**body(message, _post(news, started)), "metadata": metadata(NOTE, message)}
            method, where = "chat.postMessage", target(place)
            if ts:
                method, where = "chat.update", {"channel": place.channel, "ts": ts}
            said = await _in_time(api, place, method, {**where, **post})
            ts = ts or str(said.get("ts", ""))
            await asyncio.sleep(pause)
    except (SlackFailed, BadInput) as failure:
        log.info("the progress of a job is shown no longer: %s", failure)


async def _in_time(api: Api, place: Place, method: str, arguments: dict[str, Any]) -> Mapping[str, Any]:
    """Call, and again when Slack wants to be called. Whoever is slow to take the news misses what is overtaken."""
    while True:
        try:
            return await api.call(place.team, method, **arguments)
        except SlackFailed as failure:
            if failure.code != "ratelimited":
                raise
            await asyncio.sleep(failure.retry_after or 0.0)


def _post(news: JobNews, started: JobStarted) -> Post:
    count = f" {news.done}/{news.total}" if news.total else ""
    text = " · ".join(filter(None, (texts.JOB_STATES[news.state] + count, news.text)))
    going = news.state in ("queued", "running")
    return note(text, actions(button(texts.CANCEL_JOB, CANCEL_JOB, started.job_id))) if going else note(text)
