"""What people think of replies."""

import pytest

from agent.inbox import MOST_FEEDBACK
from switchboard import BadInput, Feedback, MessageId
from switchboard.testing.running import SOMEWHERE, ask, running, said


def opinion(verdict: str, principal: str = "somebody", comment: str = "") -> Feedback:
    return Feedback(verdict="good" if verdict == "good" else "bad", principal=principal, at=1.0, comment=comment)


async def test_an_opinion_stands_beside_the_reply() -> None:
    message = said("q")
    async with running(["a"]) as assistant:
        await ask(assistant, message)
        assert await assistant.rate(SOMEWHERE, message.id, opinion("bad", comment="wrong year"))
        turn = await assistant.turn(SOMEWHERE, message.id)
    assert turn is not None
    assert turn.feedback == (opinion("bad", comment="wrong year"),)
    assert turn.reply is not None
    assert turn.reply.text == "a"


async def test_a_later_opinion_of_the_same_person_replaces_the_earlier() -> None:
    message = said("q")
    async with running(["a"]) as assistant:
        await ask(assistant, message)
        for each in (opinion("bad"), opinion("bad", "else"), opinion("good")):
            await assistant.rate(SOMEWHERE, message.id, each)
        turn = await assistant.turn(SOMEWHERE, message.id)
    assert turn is not None
    assert turn.feedback == (opinion("bad", "else"), opinion("good"))


async def test_only_so_many_opinions_are_kept() -> None:
    message = said("q")
    async with running(["a"]) as assistant:
        await ask(assistant, message)
        for number in range(MOST_FEEDBACK + 2):
            await assistant.rate(SOMEWHERE, message.id, opinion("good", str(number)))
        turn = await assistant.turn(SOMEWHERE, message.id)
    assert turn is not None
    assert [each.principal for each in turn.feedback] == [str(number) for number in range(2, MOST_FEEDBACK + 2)]


async def test_there_is_nothing_to_rate_without_a_reply() -> None:
    async with running([]) as assistant:
        assert not await assistant.rate(SOMEWHERE, MessageId("unknown"), opinion("good"))


async def test_a_comment_has_a_limit() -> None:
    message = said("q")
    async with running(["a"]) as assistant:
        await ask(assistant, message)
        with pytest.raises(BadInput, match="2,001 characters"):
            await assistant.rate(SOMEWHERE, message.id, opinion("bad", comment="x" * 2_001))
