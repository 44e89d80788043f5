"""What buttons do. Each press is safe to repeat: the second finds that the first has been."""

import json
import logging
from typing import TYPE_CHECKING

from channels.slack import texts
from channels.slack.addresses import conversation, post_id, read_subject
from channels.slack.blocks import CANCEL_JOB, FEEDBACK, QUESTION, STOP
from channels.slack.incoming import Place, Pressed
from switchboard import Conversation, Message, MessageId

if TYPE_CHECKING:
    from channels.slack.desk import Desk

log = logging.getLogger("switchboard.feedback")


async def pressed(press: Pressed, desk: "Desk") -> None:
    """Do what a button says. Raises as `Desk.take`."""
    asker, message_id = read_subject(press.subject)
    where = _conversation(press, desk)
    if press.action == FEEDBACK:
        feedback = {"conversation": where.key, "message": message_id, "value": press.value}
        log.info("%s", json.dumps({"event": "feedback", "principal": press.principal.id, **feedback}))
        await _whisper(press, desk, texts.THANKS)
    elif press.principal.id != asker:
        await _whisper(press, desk, texts.NOT_YOURS)
    elif press.action == STOP:
        stopped = await desk.house.stop(where, message_id)
        await _whisper(press, desk, texts.STOPPING if stopped else texts.STOPPED_ALREADY)
    elif press.action == CANCEL_JOB:
        stopped = await desk.house.cancel_job(where, press.value)
        await _whisper(press, desk, texts.STOPPING if stopped else texts.STOPPED_ALREADY)
    elif press.action.startswith(QUESTION) and press.value.strip():
        await _chosen(press, desk, where, message_id)


async def _chosen(press: Pressed, desk: "Desk", where: Conversation, about: MessageId) -> None:
    """Answer the assistant's question. One question has one answer: the message's identity is the question's."""
    message = Message(
        id=MessageId(f"{post_id(press.place.team, press.place.channel, press.message)}/answer"),
        conversation=where,
        principal=press.principal,
        text=press.value,
        reply_to=about,
        push=True,
    )
    known = await desk.house.transcript(where, limit=20)
    if any(turn.message.id == message.id for turn in known):
        await _whisper(press, desk, texts.CHOSEN_ALREADY)
        return
    await desk.hand_over(message)
    await _whisper(press, desk, texts.CHOSEN.format(option=press.value))


def _conversation(press: Pressed, desk: "Desk") -> Conversation:
    """The conversation of the post with the button: its thread, or in direct messages perhaps none."""
    direct = press.place.channel.startswith("D")
    thread = press.place.thread or ("" if direct else press.message)
    return conversation(desk.channel.tenant, Place(team=press.place.team, channel=press.place.channel, thread=thread))


async def _whisper(press: Pressed, desk: "Desk", text: str) -> None:
    await desk.whisper(press.place, press.user, text)
