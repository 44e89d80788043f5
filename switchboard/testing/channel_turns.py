"""How every channel goes with an assistant: redelivery, reordering, slow tools, stops and quotas, end to end."""
# ruff: noqa: D102 - a test's name is its description

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from switchboard.channels import Channel
from switchboard.errors import TooMuch
from switchboard.events import Delta, Event, Final, Status, ToolStarted
from switchboard.messages import Message
from switchboard.reply import Reply, fold
from switchboard.settings import load
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.channel_case import ChannelCase

PATIENCE = 60.0
"""Seconds after which something that should have happened never will."""
SLOW = "a slow one"


class SlowTool:
    """A script whose answers to `SLOW` take until ``done`` is set; ``busy`` is set once one has begun."""

    def __init__(self) -> None:
        self.busy, self.done = asyncio.Event(), asyncio.Event()

    async def __call__(self, message: Message) -> AsyncIterator[Event]:
        if SLOW in message.text:
            yield ToolStarted(call_id="1", tool="search_documents", text="Searching")
            yield Delta(text="As far as I got. ")
            self.busy.set()
            await self.done.wait()
        yield Status(text="Nearly there")
        yield Final(text=f"The answer to: {message.text}")


class TurnsContract(ChannelCase):
    """Messages are offered, and their replies rendered."""

    @pytest.mark.asyncio
    async def test_a_redelivered_payload_is_answered_once(self, channel: Channel[Any, Any]) -> None:
        assistant, states = FakeAssistant(SlowTool()), []
        for _ in range(3):
            message = self.said(channel)
            states.append((await assistant.offer(message)).state)
            await self.answered(assistant, message)
        turns = await assistant.transcript(message.conversation)
        await assistant.close()
        assert (states, len(turns)) == (["new", "done", "done"], 1)

    @pytest.mark.asyncio
    async def test_reordered_payloads_get_each_its_own_answer(self, channel: Channel[Any, Any]) -> None:
        assistant = FakeAssistant(SlowTool())
        messages = [self.said(channel, f"Question {id}", id=id) for id in ("3", "1", "2")]
        for message in messages:
            await assistant.offer(message)
        replies = [await self.answered(assistant, message) for message in messages]
        await assistant.close()
        assert [reply.text for reply in replies] == [f"The answer to: Question {id}" for id in ("3", "1", "2")]

    @pytest.mark.asyncio
    async def test_a_slow_tool_keeps_nobody_else_waiting(self, channel: Channel[Any, Any]) -> None:
        tool = SlowTool()
        assistant = FakeAssistant(tool)
        slow, quick = self.said(channel, SLOW), self.said(channel, "Hello", sender="5552")
        for message in (slow, quick):
            await assistant.offer(message)
        reply = await self.answered(assistant, quick)
        tool.done.set()
        late = await self.answered(assistant, slow)
        await assistant.close()
        assert (reply.text, late.text) == ("The answer to: Hello", f"The answer to: {SLOW}")

    @pytest.mark.asyncio
    async def test_what_comes_again_while_a_tool_is_slow_waits_for_the_same_answer(
        self, channel: Channel[Any, Any]
    ) -> None:
        tool = SlowTool()
        assistant = FakeAssistant(tool)
        await assistant.offer(self.said(channel, SLOW))
        await tool.busy.wait()
        again = self.said(channel, SLOW)
        state = (await assistant.offer(again)).state
        tool.done.set()
        reply = await self.answered(assistant, again)
        await assistant.close()
        assert (state, reply.text) == ("running", f"The answer to: {SLOW}")

    @pytest.mark.asyncio
    async def test_what_was_stopped_is_shown_as_far_as_it_got(self, channel: Channel[Any, Any]) -> None:
        tool = SlowTool()
        assistant = FakeAssistant(tool)
        message = self.said(channel, SLOW)
        await assistant.offer(message)
        await tool.busy.wait()
        assert await assistant.stop(message.conversation, message.id)
        reply = await self.answered(assistant, message)
        following = self.said(channel, "Hello", id="2")
        await assistant.offer(following)
        after = await self.answered(assistant, following)
        await assistant.close()
        assert reply.status == "stopped"
        assert "As far as I got" in self.shown(channel.render(reply))
        assert after.text == "The answer to: Hello"

    @pytest.mark.asyncio
    async def test_who_sends_too_much_reads_when_to_try_again(self, channel: Channel[Any, Any]) -> None:
        from switchboard.testing.running import running  # with all of the agent, which nothing else here needs

        limited = load(None, {"SWITCHBOARD_LIMITS__MESSAGES_PER_MINUTE": "1"})
        async with running(["One."], settings=limited, clock=lambda: 1_000.0) as assistant:
            first = self.said(channel)
            await assistant.offer(first)
            async with asyncio.timeout(PATIENCE):
                async for _ in assistant.events(first.conversation, first.id):
                    pass
            with pytest.raises(TooMuch) as refused:
                await assistant.offer(self.said(channel, id="2"))
        shown = self.shown(channel.render(Reply(text=refused.value.user_text, status="failed")))
        assert re.search(r"wait \d+ second", shown)

    async def answered(self, assistant: FakeAssistant, message: Message) -> Reply:
        """The reply to a message that was offered."""
        async with asyncio.timeout(PATIENCE):
            return fold([event async for event in assistant.events(message.conversation, message.id)])
