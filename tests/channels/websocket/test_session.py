"""One socket, over a real one: hello, messages, following, stopping, confirming, and what bad input gets."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from channels.websocket.channel import WebSocketChannel
from channels.websocket.house import House
from channels.websocket.identity import Visitors
from channels.websocket.rooms import Rooms
from channels.websocket.session import Session
from switchboard import BackendError, Delta, Event, Final, Message, MessageId
from switchboard.assistant import Offer
from switchboard.testing.assistant import FakeAssistant

from .conftest import Client, Site, site_of, web_settings

ASK = {"type": "message", "id": "message-1", "text": "hi"}


class Held(FakeAssistant):
    """Says half a sentence and waits to be let go."""

    def __init__(self) -> None:
        super().__init__(self.play)
        self.go = asyncio.Event()

    async def play(self, message: Message) -> AsyncIterator[Event]:
        yield Delta(text="half ")
        await self.go.wait()
        yield Delta(text="whole")
        yield Final(text="half whole")


async def test_hello_is_answered_with_all_that_a_newcomer_needs(site: Site) -> None:
    client = await site.chat(hello={})
    assert client.welcome["v"] == 1
    assert client.welcome["history"] == []
    assert client.welcome["suggestions"] == ["What is in the handbook?"]
    assert client.welcome["limits"] == {"text": 32000, "upload": 50000000, "attachments": 10}
    assert client.welcome["signed_in"] is False


async def test_a_message_is_accepted_and_its_events_come_numbered(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    assert await client.hear() == {"type": "accepted", "id": "message-1", "state": "new", "ahead": 0, "next": ""}
    events = await client.events()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["text"] == "You said: hi [1]"


async def test_a_citation_links_to_the_document_at_its_page(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    citation = next(event for event in await client.events() if event["kind"] == "citation")
    assert citation["link"] == f"/documents/handbook?conversation={client.welcome['conversation']}#page=3"


async def test_a_message_sent_twice_is_answered_once(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    await client.events()
    await client.say(**ASK)
    assert (await client.hear("accepted"))["state"] == "done"
    assert (await client.events())[-1]["kind"] == "final"
    assert len((await site.chat(hello={"conversation": client.welcome["conversation"]})).welcome["history"]) == 1


async def test_a_message_to_a_busy_conversation_is_told_its_place() -> None:
    assistant = Held()
    async with site_of(assistant) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        await client.say(**{**ASK, "id": "message-2"})
        accepted = [await client.hear("accepted"), await client.hear("accepted")]
        assert [(frame["state"], frame["ahead"]) for frame in accepted] == [("new", 0), ("queued", 1)]


async def test_after_a_lost_connection_only_what_was_missed_comes() -> None:
    assistant = Held()
    async with site_of(assistant) as site:
        first = await site.chat(hello={})
        await first.say(**ASK)
        seen = (await first.hear("event"))["event"]["seq"]
        first.socket.transport.abort()
        second = await site.chat(hello={"conversation": first.welcome["conversation"]})
        assert [turn["state"] for turn in second.welcome["history"]] == ["running"]
        await second.say(type="resume", message_id="message-1", after=seen)
        assistant.go.set()
        assert [event.get("text") for event in await second.events()] == ["whole", "half whole"]


async def test_a_turn_goes_on_when_its_only_window_is_closed() -> None:
    assistant = Held()
    async with site_of(assistant) as site:
        first = await site.chat(hello={})
        await first.say(**ASK)
        await first.hear("event")
        await first.socket.close()
        assistant.go.set()
        second = await site.chat(hello={"conversation": first.welcome["conversation"]})
        await second.say(type="resume", message_id="message-1")
        assert (await second.events())[-1]["text"] == "half whole"


async def test_stop_ends_the_turn_with_what_there_is() -> None:
    async with site_of(Held()) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        await client.hear("event")
        await client.say(type="stop", message_id="message-1")
        final = (await client.events())[-1]
        assert (final["status"], final["text"]) == ("stopped", "half ")


async def test_stopping_what_has_ended_changes_nothing(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    await client.events()
    await client.say(type="stop", message_id="message-1")
    await client.say(type="ping")
    assert await client.hear() == {"type": "pong"}


async def test_a_second_window_sees_the_message_and_its_events() -> None:
    assistant = Held()
    async with site_of(assistant) as site:
        first = await site.chat(hello={})
        second = await site.chat(hello={"conversation": first.welcome["conversation"]})
        await first.say(**ASK)
        turn = (await second.hear("turn"))["turn"]
        assert (turn["id"], turn["text"]) == ("message-1", "hi")
        assistant.go.set()
        assert (await second.events())[-1]["text"] == "half whole"


async def confirmed(client: Client, site: Site, seq: int) -> list[MessageId]:
    await client.say(type="ack", message_id="message-1", seq=seq)
    await client.say(type="ping")
    await client.hear("pong")
    return [message_id for message_id, receipt in site.assistant.receipts if receipt.delivered]


async def test_the_clients_word_for_the_last_event_confirms_the_reply_once(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    last = (await client.events())[-1]["seq"]
    assert await confirmed(client, site, last) == ["message-1"]
    assert await confirmed(client, site, last) == ["message-1"]


async def test_a_word_for_anything_but_the_last_event_confirms_nothing(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    last = (await client.events())[-1]["seq"]
    assert await confirmed(client, site, last - 1) == []


async def test_a_confirmed_turn_can_be_heard_again(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**ASK)
    last = (await client.events())[-1]
    await confirmed(client, site, last["seq"])
    await client.say(type="resume", message_id="message-1", after=last["seq"] - 1)
    assert await client.events() == [last]


async def test_a_reply_that_came_with_the_history_can_be_confirmed(site: Site) -> None:
    first = await site.chat(hello={})
    await first.say(**ASK)
    await first.events()
    second = await site.chat(hello={"conversation": first.welcome["conversation"]})
    assert second.welcome["history"][0]["delivered"] is False
    assert await confirmed(second, site, 0) == ["message-1"]


async def test_a_long_history_comes_in_pages(site: Site) -> None:
    client = await site.chat(hello={})
    for number in range(60):
        await client.say(**{**ASK, "id": f"message-{number:03}"})
        await client.events()
    again = await site.chat(hello={"conversation": client.welcome["conversation"]})
    assert [turn["id"] for turn in again.welcome["history"]] == [f"message-{n:03}" for n in range(10, 60)]
    assert again.welcome["earlier"] is True
    await again.say(type="history", before=again.welcome["history"][0]["number"])
    page = await again.hear("history")
    assert [turn["id"] for turn in page["turns"]] == [f"message-{n:03}" for n in range(10)]
    assert page["earlier"] is False


async def test_a_foreign_conversation_is_unknown_and_a_new_one_begins(site: Site) -> None:
    mine = await site.chat(hello={})
    await mine.say(**ASK)
    await mine.events()
    async with httpx.AsyncClient(base_url=site.address, timeout=60) as other:
        await other.get("/")
        cookie = "; ".join(f"{name}={value}" for name, value in other.cookies.items())
        theirs = await site.chat(cookies=False, Cookie=cookie)
        await theirs.say(type="hello", v=1, conversation=mine.welcome["conversation"])
        assert (await theirs.hear())["code"] == "unknown_conversation"
        welcome = await theirs.hear()
    assert welcome["conversation"] != mine.welcome["conversation"]
    assert welcome["history"] == []


async def test_an_empty_conversation_keeps_its_id_over_a_reconnect(site: Site) -> None:
    first = await site.chat(hello={})
    second = await site.chat(hello={"conversation": first.welcome["conversation"]})
    assert second.welcome["conversation"] == first.welcome["conversation"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "malformed"),
        ("[]", "malformed"),
        ('{"type":"dance"}', "malformed"),
        ('{"type":"message","id":"message-1"}', "malformed"),
        ('{"type":"message","id":"x","text":"hi"}', "malformed"),
        ('{"type":"message","id":"message-1","text":" \\n "}', "empty"),
        ('{"type":"hello","v":1}', "malformed"),
        ('{"type":"resume","message_id":"message-9"}', "unknown"),
        ("[" * 100_000, "malformed"),
    ],
)
async def test_a_bad_frame_gets_a_sentence_and_the_socket_lives_on(site: Site, text: str, code: str) -> None:
    client = await site.chat(hello={})
    await client.socket.send(text)
    problem = await client.hear("error")
    assert problem["code"] == code
    assert problem["text"].endswith(".")
    await client.say(**ASK)
    assert (await client.hear("accepted"))["state"] == "new"


async def test_a_binary_frame_gets_a_sentence(site: Site) -> None:
    client = await site.chat(hello={})
    await client.socket.send(b"\x00")
    assert "Upload" in (await client.hear("error"))["text"]


async def test_a_megabyte_of_text_gets_a_sentence_about_its_length(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**{**ASK, "text": "a" * 1_000_000})
    problem = await client.hear("error")
    assert (problem["code"], problem["id"]) == ("too_long", "message-1")
    assert "1,000,000" in problem["text"]


async def test_a_frame_without_end_closes_the_connection(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(**{**ASK, "text": "a" * 5_000_000})
    assert await client.closed() == 1009


async def test_too_many_malformed_frames_close_the_connection(site: Site) -> None:
    client = await site.chat(hello={})
    for _ in range(11):
        await client.socket.send("{")
    assert await client.closed() == 4400


async def test_whoever_does_not_say_hello_first_is_told_so(site: Site) -> None:
    client = await site.chat()
    await client.say(**ASK)
    assert (await client.hear("error"))["text"] == "Say hello first."


async def test_whoever_never_says_hello_is_let_go() -> None:
    async with site_of(FakeAssistant(), patience=0.01) as site:
        client = await site.chat()
        assert await client.closed() == 4408


@pytest.mark.parametrize(("version", "word"), [(0, "older"), (2, "newer")])
async def test_another_version_is_told_so_and_closed(site: Site, version: int, word: str) -> None:
    client = await site.chat()
    await client.say(type="hello", v=version)
    problem = await client.hear()
    assert (problem["code"], word in problem["text"]) == ("version", True)
    assert await client.closed() == 4406


async def test_an_attachment_that_is_not_there_is_told_about(site: Site) -> None:
    client = await site.chat(hello={})
    for digest in ("0" * 64, "../../secret"):
        await client.say(**ASK, attachments=[digest])
        assert (await client.hear("error"))["code"] == "unknown_file"


class Broken(FakeAssistant):
    """Fails in a way that nobody thought of, then in one that somebody did."""

    errors: tuple[Exception, ...] = (
        ValueError("secret detail"),
        BackendError(service="store", operation="commit", code="locked"),
    )

    async def offer(self, message: Message) -> Offer:
        raise self.errors[message.text == "second"]


async def test_an_unforeseen_failure_tells_an_incident_and_never_the_exception(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with site_of(Broken()) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        problem = await client.hear("error")
        assert "secret" not in str(problem)
        assert (problem["code"], problem["id"]) == ("failed", "message-1")
        assert f"incident {problem['incident']}" in caplog.text
        assert "secret detail" in caplog.text


async def test_a_store_that_is_away_is_told_as_such() -> None:
    async with site_of(Broken()) as site:
        client = await site.chat(hello={})
        await client.say(**{**ASK, "text": "second"})
        assert (await client.hear("error"))["code"] == "unavailable"


class Busy(FakeAssistant):
    async def offer(self, message: Message) -> Offer:
        return Offer(state="rejected")


async def test_a_message_that_the_busy_policy_rejects_gets_a_sentence() -> None:
    async with site_of(Busy()) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        assert (await client.hear("error"))["code"] == "busy"


class Deaf:
    """A client that says hello and never takes a frame."""

    def __init__(self) -> None:
        self.frames = ['{"type":"hello","v":1}']

    async def receive(self) -> str:
        return self.frames.pop() if self.frames else await asyncio.get_running_loop().create_future()

    async def send(self, text: str) -> None:
        await asyncio.get_running_loop().create_future()

    async def close(self, code: int, reason: str) -> None:
        raise AssertionError("a client that takes nothing can't be told goodbye")


async def test_a_client_that_takes_no_frame_is_let_go() -> None:
    visitors = Visitors(settings := web_settings(patience=0.01))
    rooms = Rooms()
    house = House(
        assistant=FakeAssistant(),
        settings=settings,
        visitors=visitors,
        rooms=rooms,
        channel=WebSocketChannel(rooms),
    )
    await Session(Deaf(), visitors.new().principal, house).run()


async def test_the_socket_of_a_hostile_page_is_refused(site: Site) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        await site.chat(Origin="https://evil.example")


async def test_hangs_of_one_conversation_hold_up_no_other() -> None:
    async with site_of(Held()) as site:
        stuck = await site.chat(hello={})
        await stuck.say(**ASK)
        await stuck.hear("event")
        other = await site.chat(hello={})
        await other.say(**ASK)
        assert (await other.hear("event"))["event"]["text"] == "half "
