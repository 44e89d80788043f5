"""A conversation through a gateway, frame by frame: hello, messages, events, windows, resuming, stopping, jobs."""

import asyncio
import json

import pytest

from switchboard import Principal
from switchboard.testing.models import Say

from .stage import Client, Stage, a_stage

ASK = {"type": "message", "id": "message-1", "text": "How long?"}


async def hello(stage: Stage, name: str = "one", conversation: str = "") -> Client:
    client = await stage.connect(name)
    await client.hello(conversation)
    return client


async def test_hello_is_answered_with_what_the_line_asks_for() -> None:
    async with a_stage([], suggestions=("What is new?",)) as stage:
        client = await hello(stage)
        assert client.welcome["line"] == {"frame": 32_000, "life": 7_200, "quiet": 300, "uploads": "server"}
        assert client.welcome["suggestions"] == ["What is new?"]
        assert client.welcome["history"] == []
        assert client.welcome["signed_in"] is True


async def test_a_message_is_accepted_and_answered_with_numbered_events() -> None:
    async with a_stage(["Sixteen weeks, as the policy says."]) as stage:
        client = await hello(stage)
        await client.say(**ASK)
        assert client.heard("accepted") == [
            {"type": "accepted", "id": "message-1", "state": "new", "ahead": 0, "next": client.next}
        ]
        events = await client.until_the_end()
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert events[-1]["text"] == "Sixteen weeks, as the policy says."


async def test_a_stream_costs_few_requests() -> None:
    async with a_stage([Say(text="word " * 600, words=1)]) as stage:
        client = await hello(stage)
        before = len(stage.sockets.tried)
        await client.say(**ASK)
        events = await client.until_the_end()
        assert len(events) > 100
        assert len(stage.sockets.tried) - before < len(events) / 5


async def test_what_was_shown_to_its_end_is_not_sent_again_and_counts_as_delivered() -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        client = await hello(stage)
        await client.say(**ASK)
        await client.until_the_end()
        async with asyncio.timeout(60):
            while not (await stage.turns(client))[0].delivered:
                await asyncio.sleep(0.01)
        assert client.heard("turn") == []


async def test_a_message_that_comes_again_is_answered_once_and_its_events_follow() -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        client = await hello(stage)
        await client.say(**ASK)
        await client.until_the_end()
        await client.say(**ASK)
        assert client.heard("accepted")[-1]["state"] == "done"
        assert client.events()[-1]["text"] == "Sixteen weeks."
        assert len(await stage.turns(client)) == 1


async def test_other_windows_are_told_of_a_message_and_see_its_events() -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        one = await hello(stage)
        two = await hello(stage, "two", one.welcome["conversation"])
        await one.say(**ASK)
        assert [frame["turn"]["text"] for frame in two.heard("turn")] == ["How long?"]
        assert one.heard("turn") == []
        assert await two.until_the_end() == await one.until_the_end()


async def test_a_conversation_of_somebody_else_is_unknown() -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        ann = await hello(stage)
        await ann.say(**ASK)
        await ann.until_the_end()
        eve = await stage.connect("two", principal=Principal(id="eve", verified=True))
        await eve.hello(ann.welcome["conversation"])
        assert eve.heard("error")[0]["code"] == "unknown_conversation"
        assert eve.welcome["history"] == []
        assert eve.welcome["conversation"] != ann.welcome["conversation"]


async def test_a_message_of_many_chunks_in_any_order_is_one_message() -> None:
    text = '\U0001f600"\\\u00e4' * 7_000
    async with a_stage(["Long."]) as stage:
        client = await hello(stage)
        whole = json.dumps({**ASK, "text": text}, ensure_ascii=False)
        pieces = [whole[start : start + 7_000] for start in range(0, len(whole), 7_000)]
        for index in reversed(range(len(pieces))):
            await client.say(type="chunk", frame="frame-0001", index=index, total=len(pieces), data=pieces[index])
        assert client.heard("accepted")
        await client.until_the_end()
        assert (await stage.turns(client))[0].message.text == text


async def test_a_chunk_in_a_chunk_is_refused() -> None:
    async with a_stage([]) as stage:
        client = await hello(stage)
        inner = json.dumps({"type": "chunk", "frame": "frame-0002", "index": 0, "total": 1, "data": "{}"})
        await client.say(type="chunk", frame="frame-0001", index=0, total=1, data=inner)
        assert client.heard("error")[-1]["code"] == "malformed"


async def test_chunks_over_the_limit_are_refused_with_a_sentence() -> None:
    async with a_stage([]) as stage:
        client = await hello(stage)
        for index in range(6):
            await client.say(type="chunk", frame="frame-0001", index=index, total=9, data="x" * 25_000)
        assert {frame["code"] for frame in client.heard("error")} == {"too_large"}


async def test_a_long_answer_reaches_its_reader_in_chunks() -> None:
    text = "\u00e4" * 30_000
    async with a_stage([Say(text=text, words=1_000)]) as stage:
        client = await hello(stage)
        await client.say(**ASK)
        assert (await client.until_the_end())[-1]["text"] == text
        await client.say(**{**ASK, "type": "resume", "message_id": "message-1"})
        assert client.events()[-1]["text"] == text


@pytest.mark.parametrize("text", ["", "[]", '{"type": "nothing"}', '{"type": "stop", "message_id": "../.."}', None])
async def test_what_is_no_frame_gets_a_sentence(text: str | None) -> None:
    async with a_stage([]) as stage:
        client = await hello(stage)
        assert await stage.desk.take("one", text)
        assert client.heard("error")[-1]["code"] == "malformed"


async def test_whoever_has_not_said_hello_can_ask_nothing() -> None:
    async with a_stage([]) as stage:
        client = await stage.connect("one")
        await client.say(**ASK)
        assert client.heard("error")[-1]["text"] == "Say hello first."


async def test_hello_is_said_once() -> None:
    async with a_stage([]) as stage:
        client = await hello(stage)
        await client.say(type="hello", v=1)
        assert client.heard("error")[-1]["code"] == "malformed"


async def test_another_version_is_told_so() -> None:
    async with a_stage([]) as stage:
        client = await stage.connect("one")
        await client.say(type="hello", v=2)
        assert client.heard("error")[-1]["code"] == "version"


async def test_a_ping_is_answered() -> None:
    async with a_stage([]) as stage:
        client = await hello(stage)
        await client.say(type="ping")
        assert client.heard()[-1] == {"type": "pong"}


async def test_a_frame_of_an_unknown_connection_is_not_taken() -> None:
    async with a_stage([]) as stage:
        assert not await stage.desk.take("nobody", '{"type": "ping"}')


async def test_stopping_ends_the_turn() -> None:
    async with a_stage([Say(text="half a sentence", halt=asyncio.Event())]) as stage:
        client = await hello(stage)
        await client.say(**ASK)
        await stage.until(lambda: bool(client.events()))
        await client.say(type="stop", message_id="message-1")
        assert (await client.until_the_end())[-1]["status"] == "stopped"


async def test_an_unknown_message_can_not_be_resumed() -> None:
    async with a_stage([]) as stage:
        client = await hello(stage)
        await client.say(type="resume", message_id="message-9")
        assert [(each["code"], each["id"]) for each in client.heard("error")] == [("unknown", "message-9")]


async def test_why_a_message_is_refused_is_told() -> None:
    async with a_stage([]) as stage:
        client = await hello(stage)
        await client.say(**{**ASK, "attachments": ["0" * 64]})
        assert client.heard("error")[-1]["code"] == "unknown_file"


async def test_an_opinion_on_a_reply_is_kept_and_shown_with_the_history() -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        client = await hello(stage)
        await client.say(**ASK)
        await client.until_the_end()
        await client.say(type="rate", message_id="message-1", verdict="bad", comment="And fathers?")
        opinion = {"verdict": "bad", "comment": "And fathers?"}
        assert client.heard("rated") == [{"type": "rated", "message_id": "message-1", "feedback": opinion}]
        again = await hello(stage, "two", client.welcome["conversation"])
        assert again.welcome["history"][0]["feedback"] == opinion
