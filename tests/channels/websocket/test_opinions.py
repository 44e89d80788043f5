"""Opinions on replies, told through the socket."""

import pytest

from channels.websocket.protocol import BadFrame, Rate, read
from channels.websocket.rating import rated
from channels.websocket.shapes import Bounds
from switchboard import Conversation, Feedback, MessageId, Principal

from .conftest import Site

HERE = Conversation(tenant="local", channel="websocket", room="r", thread="t")
ANN = Principal(id="ann")
ASK = {"type": "message", "id": "message-1", "text": "hi"}
RATE = {"type": "rate", "message_id": "message-1", "verdict": "bad", "comment": "Too short."}


async def test_an_opinion_is_kept_as_its_persons(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    await client.events()
    await client.say(**RATE)
    opinion = {"verdict": "bad", "comment": "Too short."}
    assert await client.hear("rated") == {"type": "rated", "message_id": "message-1", "feedback": opinion}
    again = await site.chat(hello={"conversation": client.welcome["conversation"]})
    assert again.welcome["history"][0]["feedback"] == opinion


async def test_there_is_no_opinion_on_what_has_no_reply(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**RATE)
    problem = await client.hear("error")
    assert (problem["code"], problem["id"]) == ("unknown", "message-1")


async def test_what_is_kept_says_who_and_when() -> None:
    kept: list[Feedback] = []

    async def keep(conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        kept.append(feedback)
        return True

    await rated(Rate(message_id="m", verdict="good"), keep, conversation=HERE, principal=ANN, at=7.0)
    assert kept == [Feedback(verdict="good", principal="ann", at=7.0)]


@pytest.mark.parametrize(
    "frame", ['{"type":"rate","verdict":"good"}', '{"type":"rate","message_id":"m","verdict":"x"}']
)
def test_an_opinion_about_nothing_or_of_no_kind_is_refused(frame: str) -> None:
    with pytest.raises(BadFrame):
        read(frame, bounds=Bounds(text=1, upload=1, attachments=1))
