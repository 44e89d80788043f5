"""Messages of one socket that race through a gateway: none overtakes another, none is lost, whatever the client."""

import asyncio
import json
from typing import Any

import pytest

from stores.queue import MemoryQueue
from switchboard import Message

from .stage import Client, Stage, a_stage

TYPED = ["First, I say this.", "Then I say that.", "And this at last."]


class SlowFirst(MemoryQueue):
    """A queue that takes the longer the earlier a message was typed."""

    async def send(self, message: Message) -> None:
        for _ in range(20 * (len(TYPED) - TYPED.index(message.text))):
            await asyncio.sleep(0)
        await super().send(message)


async def hello(stage: Stage, name: str = "one", conversation: str = "") -> Client:
    client = await stage.connect(name)
    await client.hello(conversation)
    return client


def frame(number: int, **more: str) -> dict[str, Any]:
    return {"type": "message", "id": f"message-{number}", "text": TYPED[number], **more}


async def said(stage: Stage, client: Client, number: int) -> list[str]:
    """The texts of so many turns that have ended."""
    async with asyncio.timeout(60):
        while True:
            turns = await stage.turns(client)
            if len([turn for turn in turns if turn.state == "done"]) >= number:
                return [turn.message.text for turn in turns]
            await asyncio.sleep(0.01)


async def race(stage: Stage, client: Client, frames: list[dict[str, Any]]) -> None:
    """Each frame goes to a process of its own."""
    await asyncio.gather(*(stage.desk.take(client.name, json.dumps(each)) for each in frames))


@pytest.mark.parametrize("later", [{}, {"after": "message-0"}, {"after": "0" * 16}], ids=["naive", "guess", "forged"])
async def test_of_messages_that_race_one_is_taken_and_the_others_are_to_come_again(later: dict[str, str]) -> None:
    async with a_stage(["Yes."] * 3, queue=SlowFirst()) as stage:
        client = await hello(stage)
        await race(stage, client, [frame(0), frame(1, **later), frame(2, **later)])
        assert [each["id"] for each in client.heard("accepted")] == ["message-0"]
        refused = client.heard("error")
        assert {(each["id"], each["code"], each["next"]) for each in refused} == {
            ("message-1", "out_of_order", ""),
            ("message-2", "out_of_order", ""),
        }
        for number in (1, 2):
            await client.say(**frame(number))
        assert await said(stage, client, 3) == TYPED


async def test_a_message_that_comes_again_is_accepted_again_and_gives_the_same_turn_on() -> None:
    async with a_stage(["Yes."] * 2) as stage:
        client = await hello(stage)
        await race(stage, client, [frame(0)] * 3)
        assert len({each["next"] for each in client.heard("accepted")}) == 1
        await client.say(**frame(1))
        assert await said(stage, client, 2) == TYPED[:2]


async def test_a_repetition_that_comes_late_changes_nothing() -> None:
    async with a_stage(["Yes."] * 3) as stage:
        client = await hello(stage)
        for number in (0, 1):
            await client.say(**frame(number))
        assert await said(stage, client, 2) == TYPED[:2]
        await race(stage, client, [frame(0)])
        assert client.heard("error")[-1]["code"] == "out_of_order"
        await client.say(**frame(2))
        assert await said(stage, client, 3) == TYPED


async def test_a_message_that_is_refused_gives_the_turn_on() -> None:
    async with a_stage(["Yes."]) as stage:
        client = await hello(stage)
        await client.say(**frame(0) | {"attachments": ["0" * 64]})
        assert client.heard("error")[-1]["code"] == "unknown_file"
        await client.say(**frame(1))
        assert await said(stage, client, 1) == TYPED[1:2]


async def test_a_malformed_message_takes_no_turn() -> None:
    async with a_stage(["Yes."]) as stage:
        client = await hello(stage)
        for wrong, code in (({"text": " "}, "empty"), ({"after": "\ud800"}, "malformed"), ({"after": 7}, "malformed")):
            await client.say(**frame(0) | wrong)
            assert (client.heard("error")[-1]["code"], client.next) == (code, "")
        await client.say(**frame(1))
        assert await said(stage, client, 1) == TYPED[1:2]


async def test_every_connection_begins_anew_and_windows_do_not_wait_for_each_other() -> None:
    async with a_stage(["Yes."] * 2) as stage:
        client = await hello(stage)
        await client.say(**frame(0))
        other = await hello(stage, "two", client.welcome["conversation"])
        await other.say(**frame(1))
        assert [each["id"] for each in other.heard("accepted")] == ["message-1"]
        assert await said(stage, client, 2) == TYPED[:2]


async def test_a_message_in_chunks_has_its_turn_as_any_other() -> None:
    async with a_stage(["Yes."] * 2) as stage:
        client = await hello(stage)
        await client.say(**frame(0))
        for number, after in ((1, ""), (1, client.next)):
            whole = json.dumps(frame(number, after=after))
            for index, piece in enumerate((whole[:20], whole[20:])):
                await client.say(type="chunk", frame=f"frame-{after}-one", index=index, total=2, data=piece)
        assert [each["code"] for each in client.heard("error")] == ["out_of_order"]
        assert await said(stage, client, 2) == TYPED[:2]
