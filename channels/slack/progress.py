"""How far a job is, as one message below the reply that announced it; its result comes as a message of its own."""

import asyncio
import logging

from channels.slack import texts
from channels.slack.addresses import place_of
from channels.slack.api import Api, SlackFailed
from channels.slack.blocks import CANCEL_JOB, Post, actions, button, note
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
            if ts:
                await api.call(place.team, "chat.update", channel=place.channel, ts=ts, **post)
            else:
                ts = str((await api.call(place.team, "chat.postMessage", **target(place), **post)).get("ts", ""))
            await asyncio.sleep(pause)
    except (SlackFailed, BadInput) as failure:
        log.info("the progress of a job is shown no longer: %s", failure)


def _post(news: JobNews, started: JobStarted) -> Post:
    count = f" {news.done}/{news.total}" if news.total else ""
    text = " · ".join(filter(None, (texts.JOB_STATES[news.state] + count, news.text)))
    going = news.state in ("queued", "running")
    return note(text, actions(button(texts.CANCEL_JOB, CANCEL_JOB, started.job_id))) if going else note(text)
