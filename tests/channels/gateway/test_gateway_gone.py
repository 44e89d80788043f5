"""Sockets that vanish and come back: nothing is paid for in vain, nothing is lost, nothing comes twice."""

import asyncio

import pytest

from switchboard.testing.models import Say

from .stage import Client, Stage, a_stage

ASK = {"type": "message", "id": "message-1", "text": "How long?"}
WORDS = "one two three four five six seven eight nine ten"


async def hello(stage: Stage, name: str, conversation: str = "") -> Client:
    client = await stage.connect(name)
    await client.hello(conversation)
    return client


async def ended(stage: Stage, client: Client) -> str:
    """Wait until the first turn has a reply. Returns its status."""
    async with asyncio.timeout(60):
        while not (turns := await stage.turns(client)) or turns[0].reply is None:
            await asyncio.sleep(0.01)
    return turns[0].reply.status


async def test_r24_when_a_hundred_sockets_vanish_nothing_storms_and_the_reply_waits() -> None:
    gate = asyncio.Event()
    async with a_stage([Say(text=WORDS, halt=gate)]) as stage:
        first = await hello(stage, "0")
        others = [await hello(stage, f"{number}", first.welcome["conversation"]) for number in range(1, 100)]
        await first.say(**ASK)
        await stage.until(lambda: all(client.events() for client in (first, *others)))
        stage.sockets.gone |= {f"{number}" for number in range(100)}
        before = len(stage.sockets.tried)
        gate.set()
        assert await ended(stage, first) == "complete"
        back = await hello(stage, "back", first.welcome["conversation"])
        assert len(stage.sockets.tried) - before <= 100 + 1  # each is tried once, and the welcome
        assert back.welcome["history"][0]["reply"]["text"] == WORDS


async def test_r24_when_the_settings_say_so_the_model_stops_once_all_have_vanished() -> None:
    never = asyncio.Event()
    async with a_stage([Say(text=WORDS * 50, words=1, halt=never)], when_gone="stop") as stage:
        clients = [await hello(stage, "0")]
        clients += [await hello(stage, f"{n}", clients[0].welcome["conversation"]) for n in range(1, 5)]
        await clients[0].say(**ASK)
        stage.sockets.gone |= {client.name for client in clients}
        assert await ended(stage, clients[0]) == "stopped"


async def test_r25_when_the_socket_closes_in_mid_stream_the_providers_stream_is_broken_off() -> None:
    never = asyncio.Event()
    async with a_stage([Say(text=WORDS * 50, words=1, halt=never)], when_gone="stop") as stage:
        client = await hello(stage, "one")
        stage.sockets.leaves["one"] = 3  # the welcome, the acceptance and the first event
        await client.say(**ASK)
        assert await ended(stage, client) == "stopped"


async def test_r25_when_the_socket_closes_in_a_silence_the_turn_stops() -> None:
    never = asyncio.Event()
    async with a_stage([Say(text=WORDS, halt=never)], when_gone="stop") as stage:
        client = await hello(stage, "one")
        await client.say(**ASK)
        await stage.until(lambda: bool(client.events()))
        for _ in range(2):
            await stage.desk.leave("one")
        assert await ended(stage, client) == "stopped"


async def test_r25_by_default_the_answer_is_finished_though_nobody_is_there() -> None:
    gate = asyncio.Event()
    async with a_stage([Say(text=WORDS, halt=gate)]) as stage:
        client = await hello(stage, "one")
        await client.say(**ASK)
        await stage.until(lambda: bool(client.events()))
        await stage.desk.leave("one")
        gate.set()
        assert await ended(stage, client) == "complete"


async def test_r25_an_answer_goes_on_while_somebody_is_there() -> None:
    gate = asyncio.Event()
    async with a_stage([Say(text=WORDS, words=1, halt=gate)], when_gone="stop") as stage:
        one = await hello(stage, "one")
        two = await hello(stage, "two", one.welcome["conversation"])
        await one.say(**ASK)
        await stage.until(lambda: bool(two.events()))
        stage.sockets.gone.add("one")
        gate.set()
        assert (await two.until_the_end())[-1]["status"] == "complete"


async def test_r26_from_event_n_on_events_arrive_once_and_in_order_from_any_machine() -> None:
    gate = asyncio.Event()
    async with a_stage([Say(text=WORDS, words=1, halt=gate)]) as stage:
        client = await hello(stage, "one")
        await client.say(**ASK)
        await stage.until(lambda: len(client.events()) >= 10)
        stage.sockets.gone.add("one")
        back = await hello(stage, "two", client.welcome["conversation"])
        async with asyncio.timeout(60):
            while len(await stage.stored(client)) < 10:
                await asyncio.sleep(0.01)
        await back.say(type="resume", message_id="message-1", after=4)
        gate.set()
        events = await back.until_the_end()
        assert [event["seq"] for event in events] == list(range(5, 5 + len(events)))
        assert events[-1]["text"] == WORDS


async def test_a_reply_that_nobody_was_there_for_is_kept_for_whoever_comes_back() -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        client = await hello(stage, "one")
        stage.sockets.gone.add("one")
        await stage.desk.take("one", '{"type": "message", "id": "message-1", "text": "How long?"}')
        assert await ended(stage, client) == "complete"
        back = await hello(stage, "two", client.welcome["conversation"])
        assert [turn["delivered"] for turn in back.welcome["history"]] == [False]
        await back.say(type="ack", message_id="message-1", seq=0)
        (turn,) = await stage.turns(back)
        assert turn.delivered


async def test_a_reply_that_is_kept_is_neither_a_dead_letter_nor_an_error(caplog: pytest.LogCaptureFixture) -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        client = await hello(stage, "one")
        stage.sockets.gone.add("one")
        await stage.desk.take("one", '{"type": "message", "id": "message-1", "text": "How long?"}')
        assert await ended(stage, client) == "complete"
        async with asyncio.timeout(60):
            while (await stage.inbox(client)).outbox:
                await asyncio.sleep(0.01)
        assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_stopped_answer_that_nobody_read_is_kept_too() -> None:
    never = asyncio.Event()
    async with a_stage([Say(text=WORDS, halt=never)], when_gone="stop") as stage:
        client = await hello(stage, "one")
        await client.say(**ASK)
        await stage.until(lambda: bool(client.events()))
        await stage.desk.leave("one")
        assert await ended(stage, client) == "stopped"
        async with asyncio.timeout(60):
            while (await stage.inbox(client)).outbox:
                await asyncio.sleep(0.01)


async def test_a_window_that_can_not_be_served_keeps_no_other_waiting() -> None:
    async with a_stage(["Sixteen weeks."]) as stage:
        one = await hello(stage, "one")
        two = await hello(stage, "two", one.welcome["conversation"])
        stage.sockets.busy.add("one")
        await stage.desk.take("two", '{"type": "message", "id": "message-1", "text": "How long?"}')
        assert (await two.until_the_end())[-1]["text"] == "Sixteen weeks."
        assert await stage.channel.hall.connections.get("one", now=stage.channel.hall.clock())
