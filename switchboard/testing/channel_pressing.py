"""What channels with buttons owe: a press says what the button says, once, and by whoever pressed it."""
# ruff: noqa: D102 - a test's name is its description

from collections.abc import Sequence
from typing import Any

import pytest

from switchboard.decorating import tool
from switchboard.events import Question
from switchboard.messages import Message
from switchboard.reply import Reply
from switchboard.testing.channel_case import ChannelCase
from switchboard.tools import ToolContext, ToolResult

ASKER, OTHER = "5551", "5552"
QUESTION = Question(text="May I do this?", options=("Yes", "No"))


class PressingContract(ChannelCase):
    """What a channel adds to `ChannelContract` whose suggested answers are buttons: say how they are pressed."""

    def press(self, channel: Any, message: Message, option: str, *, sender: str) -> Any:
        """The platform's payload when somebody presses a button of the reply to ``message``, which was just sent.

        Raises:
            ValueError: The platform lets this sender press nothing here, as the place is the other's alone.
        """
        raise NotImplementedError

    async def pressed(self, channel: Any, payload: Any) -> Sequence[Message]:
        """What the channel makes of a press; override it where more than `parse` is needed for that."""
        messages: Sequence[Message] = channel.parse(payload)
        return messages

    @pytest.mark.asyncio
    async def test_a_press_says_the_suggested_answer_to_what_was_asked(self, channel: Any) -> None:
        asked = await self.asked(channel)
        (pressed,) = await self.pressed(channel, self.press(channel, asked, QUESTION.options[0], sender=ASKER))
        assert (pressed.text, pressed.conversation) == (QUESTION.options[0], asked.conversation)
        assert pressed.principal == asked.principal
        assert pressed.reply_to == asked.id, "without reply_to, a late press could agree to what was asked since"
        assert pressed.push == asked.push

    @pytest.mark.asyncio
    async def test_one_question_has_one_answer(self, channel: Any) -> None:
        asked = await self.asked(channel)
        presses = [
            self.press(channel, asked, option, sender=ASKER) for option in (*QUESTION.options, QUESTION.options[0])
        ]
        said = [message for press in presses for message in await self.pressed(channel, press)]
        assert len({message.id for message in said}) == 1
        assert asked.id not in {message.id for message in said}

    @pytest.mark.asyncio
    async def test_the_asker_agrees_by_a_press_and_nobody_else(self, channel: Any) -> None:
        from switchboard.testing.models import Call, ScriptedChatModel
        from switchboard.testing.running import ask, running

        done: list[str] = []

        @tool(needs_approval=True)
        async def burn(context: ToolContext) -> ToolResult:
            """Do what can't be undone."""
            done.append(context.principal.id)
            return ToolResult(text="It is done.")

        model = ScriptedChatModel([Call("burn"), *["So be it."] * 2])
        async with running(model, tools=[burn]) as assistant:
            asked = self.said(channel)
            question = await ask(assistant, asked)
            assert (await channel.send(asked, channel.render(question))).delivered
            for message in await self._pressed_by(OTHER, channel, asked):
                await ask(assistant, message)
            assert done == [], "somebody else agreed in the asker's stead"
            for message in await self._pressed_by(ASKER, channel, asked):
                await ask(assistant, message)
        assert done == [asked.principal.id]

    async def asked(self, channel: Any) -> Message:
        """A message whose reply, with a question, was sent."""
        message = self.said(channel, sender=ASKER)
        parts = channel.render(Reply(text="", status="complete", question=QUESTION))
        assert [label for part in parts for label in self.buttons_of(part)] == list(QUESTION.options)
        assert (await channel.send(message, parts)).delivered
        return message

    async def _pressed_by(self, sender: str, channel: Any, asked: Message) -> Sequence[Message]:
        try:
            payload = self.press(channel, asked, QUESTION.options[0], sender=sender)
        except ValueError:
            return ()
        return await self.pressed(channel, payload)
