"""What buttons do. Each press is safe to repeat: the second finds that the first has been."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from channels.slack import texts, views
from channels.slack.addresses import conversation, post_id, read_subject
from channels.slack.blocks import BAD, CANCEL_JOB, FEEDBACK, GOOD, QUESTION, STOP, remark
from channels.slack.clerk import Clerk
from channels.slack.incoming import Commented, Place, Pressed
from channels.slack.posting import REPLY, metadata
from switchboard import Conversation, Message, MessageId
from switchboard.storage import Feedback, Turn

Block: TypeAlias = Mapping[str, Any]
RATED = "sb-rated"
"""Begins the name of the line that shows how an answer was rated."""
LOOKED_BACK = 20
"""Turns after which a question counts as long past."""


async def pressed(press: Pressed, clerk: Clerk) -> None:
    """Do what a button says. Raises as `channels.slack.desk.Desk.take`."""
    _, asker, message_id = read_subject(press.subject)
    where = _conversation(press, clerk)
    if press.action == FEEDBACK and press.value in (GOOD, BAD):
        await _rated(press, clerk, where, message_id)
    elif press.principal.id != asker:
        await _whisper(press, clerk, texts.NOT_YOURS)
    elif press.action == STOP:
        stopped = await clerk.house.stop(where, message_id)
        await _whisper(press, clerk, texts.STOPPING if stopped else texts.STOPPED_ALREADY)
    elif press.action == CANCEL_JOB:
        stopped = await clerk.house.cancel_job(where, press.value)
        await _whisper(press, clerk, texts.STOPPING if stopped else texts.STOPPED_ALREADY)
    elif press.action.startswith(QUESTION) and press.value.strip():
        await _chosen(press, clerk, where, message_id)


async def commented(comment: Commented, clerk: Clerk) -> None:
    """Keep what somebody wrote about an answer that they rated as bad. Raises as `channels.slack.desk.Desk.take`."""
    if comment.text:
        where = conversation(clerk.channel.tenant, comment.place)
        given = Feedback(verdict="bad", comment=comment.text, principal=comment.principal.id, at=clerk.clock())
        await clerk.house.rate(where, comment.message_id, given)


async def _rated(press: Pressed, clerk: Clerk, where: Conversation, message_id: MessageId) -> None:
    """Keep what a reader thinks of an answer, and show what all of them do. Whoever finds it bad may say why."""
    good = press.value == GOOD
    given = Feedback(verdict="good" if good else "bad", principal=press.principal.id, at=clerk.clock())
    if not await clerk.house.rate(where, message_id, given):
        await _whisper(press, clerk, texts.NOT_RATED)
        return
    if not good and press.trigger:
        place = Place(team=press.place.team, channel=press.place.channel, thread=where.thread)
        form = views.comment(place, message_id)
        await clerk.tried(clerk.channel.api.call(press.place.team, "views.open", trigger_id=press.trigger, view=form))
    turn = await clerk.house.turn(where, message_id)
    verdicts = [each.verdict for each in turn.feedback] if turn else []
    count = {"good": verdicts.count("good"), "bad": verdicts.count("bad")}
    blocks: list[Block] = []
    for block in press.blocks:
        if _has(block, press):
            blocks.append(remark(texts.RATED.format(**count), f"{RATED}-{count['good']}-{count['bad']}"))
        if not str(block.get("block_id", "")).startswith(RATED):
            blocks.append(block)
    await _rewrite(press, clerk, blocks)


async def _chosen(press: Pressed, clerk: Clerk, where: Conversation, about: MessageId) -> None:
    """Answer the assistant's question. One question has one answer: the message's identity is the question's."""
    message = Message(
        id=MessageId(f"{post_id(press.place.team, press.place.channel, press.message)}/answer"),
        conversation=where,
        principal=press.principal,
        text=press.value,
        reply_to=about,
        push=True,
    )
    if _is_past(await clerk.house.transcript(where, limit=LOOKED_BACK), message, about):
        await _whisper(press, clerk, texts.CHOSEN_ALREADY)
        return
    if not await clerk.hand_over(message):
        return
    chosen = remark(texts.CHOSEN.format(option=press.value))
    if not await _rewrite(press, clerk, [chosen if _has(block, press) else block for block in press.blocks]):
        await _whisper(press, clerk, texts.CHOSEN.format(option=press.value))


def _is_past(turns: Sequence[Turn], message: Message, about: MessageId) -> bool:
    """Whether a question was answered, or its asker has said something since: a late yes could agree to another."""
    asked = next((turn.number for turn in turns if turn.message.id == about), -1)
    since = [turn for turn in turns if turn.number > asked and not turn.message.job]
    return any(turn.message.principal.id == message.principal.id for turn in since)


def _conversation(press: Pressed, clerk: Clerk) -> Conversation:
    """The conversation of the post with the button: its thread, or in direct messages perhaps none."""
    direct = press.place.channel.startswith("D")
    thread = press.place.thread or ("" if direct else press.message)
    return conversation(clerk.channel.tenant, Place(team=press.place.team, channel=press.place.channel, thread=thread))


def _has(block: Block, press: Pressed) -> bool:
    """Whether a block holds the buttons that were pressed."""
    return bool(block.get("type") in ("actions", "context_actions") and block.get("block_id") == press.subject)


async def _rewrite(press: Pressed, clerk: Clerk, blocks: Sequence[Block]) -> bool:
    """Change the post that was pressed; whether that could be done."""
    if not any(_has(block, press) for block in press.blocks):
        return False
    number, _, message_id = read_subject(press.subject)
    where = {"channel": press.place.channel, "ts": press.message}
    what = {"text": press.text, "blocks": blocks, "metadata": metadata(REPLY, message_id, number)}
    call = clerk.channel.api.call(press.place.team, "chat.update", **where, **what)
    return await clerk.tried(call)


async def _whisper(press: Pressed, clerk: Clerk, text: str) -> None:
    await clerk.whisper(press.place, press.user, text)
