"""Messages over HTTP: sent and waited for, streamed, left to be fetched, sent again, stopped."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels.http.settings import HttpSettings
from switchboard import BadInput, Delta, Event, Failed, Final, JobStarted, Message, TooMuch
from switchboard.assistant import Offer
from switchboard.testing.assistant import FakeAssistant
from tests.channels.http.conftest import Api, Sent, api_of, sent_in

STREAM = {"Accept": "text/event-stream"}
ASYNC = {"Prefer": "respond-async"}


async def send(caller: httpx.AsyncClient, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return await caller.post("/v1/messages", json={"text": "hello", **body}, headers=headers)


class Gate:
    """A script that waits in mid-answer until it is let on."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.turns = 0

    async def __call__(self, message: Message) -> AsyncIterator[Event]:
        self.turns += 1
        yield Delta(text="one ")
        await self.opened.wait()
        yield Delta(text="two")


async def test_the_answer_to_a_message_is_its_reply(api: Api) -> None:
    answer = await send(api.ann)
    assert answer.status_code == 200
    assert answer.json()["state"] == "done"
    assert answer.json()["reply"]["text"] == "You said: hello [1]"


async def test_a_reply_that_was_read_is_noted_as_delivered(api: Api) -> None:
    answer = (await send(api.ann)).json()
    await api.ann.get(answer["url"])
    assert [name for name, receipt in api.assistant.receipts if receipt.delivered] == [answer["id"]]


async def test_a_message_is_found_where_the_answer_says(api: Api) -> None:
    answer = await send(api.ann)
    again = await api.ann.get(answer.headers["location"])
    assert (again.status_code, again.json()["id"]) == (200, answer.json()["id"])


async def test_the_same_id_is_answered_once(api: Api) -> None:
    first, second = [(await send(api.ann, id="my-own-id")).json() for _ in range(2)]
    assert first["conversation"] == second["conversation"]
    assert first["at"] == second["at"]
    assert (await api.ann.get("/v1/conversations")).json()["conversations"][0]["turns"] == 1


async def test_the_same_idempotency_key_is_answered_once(api: Api) -> None:
    headers = {"Idempotency-Key": "any form: 8e03978e/40d5"}
    first, second = [(await send(api.ann, headers)).json() for _ in range(2)]
    assert (first["id"], first["at"]) == (second["id"], second["at"])


async def test_an_id_does_not_stand_for_another_text(api: Api) -> None:
    first = (await send(api.ann, id="my-own-id")).json()
    answer = await send(api.ann, id="my-own-id", conversation=first["conversation"], text="something else")
    assert (answer.status_code, "another message" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_of_no_form_is_refused(api: Api, key: str) -> None:
    assert (await send(api.ann, {"Idempotency-Key": key})).status_code == 400


async def test_two_names_for_one_message_are_refused(api: Api) -> None:
    assert (await send(api.ann, {"Idempotency-Key": "another-id"}, id="my-own-id")).status_code == 409


async def test_messages_with_neither_id_nor_conversation_begin_one_each(api: Api) -> None:
    first, second = [(await send(api.ann)).json() for _ in range(2)]
    assert first["conversation"] != second["conversation"]


async def test_a_conversation_of_the_same_name_is_another_for_another_caller(api: Api) -> None:
    ann = (await send(api.ann, conversation="mine", id="the-same-id", text="secret")).json()
    bob = (await send(api.bob, conversation="mine", id="the-same-id", text="mine too")).json()
    assert (ann["reply"]["text"], bob["reply"]["text"]) == ("You said: secret [1]", "You said: mine too [1]")
    assert (await api.bob.get("/v1/conversations")).json()["conversations"][0]["title"] == "mine too"


async def test_another_callers_message_is_not_there(api: Api) -> None:
    url = (await send(api.ann)).json()["url"]
    missing = await api.bob.get("/v1/messages/not-there?conversation=nowhere")
    foreign = await api.bob.get(url)
    assert (foreign.status_code, foreign.content) == (404, missing.content)


async def test_a_stream_has_the_events_with_their_numbers(api: Api) -> None:
    answer = await send(api.ann, STREAM)
    found = sent_in(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert found[0].kind == "message"
    assert [one.number for one in found[1:]] == list(range(1, 9))
    assert found[-1].data["text"] == "You said: hello [1]"


async def test_a_stream_goes_on_after_the_last_event_that_was_received(api: Api) -> None:
    url = (await send(api.ann)).json()["events_url"]
    rest = sent_in((await api.ann.get(url, headers={"Last-Event-ID": "6"})).text)
    assert [one.number for one in rest[1:]] == [7, 8]
    assert sent_in((await api.ann.get(f"{url}&after=7", headers={"Last-Event-ID": "2"})).text)[1].number == 8


@pytest.mark.parametrize("name", ["-1", "x", "1.5", "9" * 40])
async def test_an_event_id_that_is_no_number_is_refused(api: Api, name: str) -> None:
    assert (await send(api.ann, {**STREAM, "Last-Event-ID": name})).status_code == 400


async def test_events_are_sent_as_they_come(tmp_path: Path) -> None:
    gate = Gate()
    async with (
        api_of(FakeAssistant(gate), tmp_path) as api,
        api.ann.stream("POST", "/v1/messages", json={"text": "go"}, headers=STREAM) as answer,
    ):
        text = ""
        async for piece in answer.aiter_text():
            text += piece
            if "one " in text:
                gate.opened.set()
        assert [one.kind for one in sent_in(text)] == ["message", "delta", "delta", "final"]


async def test_a_turn_goes_on_when_its_caller_leaves_and_can_be_resumed(tmp_path: Path) -> None:
    gate = Gate()
    async with api_of(FakeAssistant(gate), tmp_path) as api:
        body = {"text": "go", "id": "my-own-id", "conversation": "c"}
        async with api.ann.stream("POST", "/v1/messages", json=body, headers=STREAM) as answer:
            async for piece in answer.aiter_text():
                if "one " in piece:
                    break
        gate.opened.set()
        rest = await api.ann.get("/v1/messages/my-own-id/events?conversation=c", headers={"Last-Event-ID": "1"})
        assert [one.kind for one in sent_in(rest.text)] == ["message", "delta", "final"]
        assert gate.turns == 1


async def test_a_silent_stream_shows_that_it_is_alive(tmp_path: Path) -> None:
    gate = Gate()
    async with (
        api_of(FakeAssistant(gate), tmp_path, heartbeat=0.01) as api,
        api.ann.stream("POST", "/v1/messages", json={"text": "go"}, headers=STREAM) as answer,
    ):
        text = ""
        async for piece in answer.aiter_text():
            text += piece
            if ": alive" in text:
                gate.opened.set()
        assert sent_in(text)[-1].data["text"] == "one two"


async def test_whoever_does_not_wait_is_told_where_to_look(tmp_path: Path) -> None:
    gate = Gate()
    async with api_of(FakeAssistant(gate), tmp_path) as api:
        answer = await send(api.ann, ASYNC)
        assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
        assert (answer.json()["state"], answer.json()["reply"]) == ("running", None)
        gate.opened.set()
        await api.ann.get(answer.json()["events_url"])
        assert (await api.ann.get(answer.headers["location"])).json()["reply"]["text"] == "one two"


async def test_a_wait_is_the_messages_deadline(tmp_path: Path) -> None:
    heard: list[Message] = []

    async def script(message: Message) -> AsyncIterator[Event]:
        heard.append(message)
        yield Final(text="quick")

    async with api_of(FakeAssistant(script), tmp_path, now=lambda: 1_000.0) as api:
        answer = await send(api.ann, {"Prefer": "wait=5"})
        await send(api.ann, {"Prefer": "wait=9999"})
        await send(api.ann, ASYNC)
        await send(api.ann, STREAM)
    assert answer.headers["preference-applied"] == "wait=5"
    assert [message.deadline for message in heard] == [1_005.0, 1_060.0, None, None]


async def test_nobody_waits_longer_than_they_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.http.messages.GRACE", 0.0)
    settings = HttpSettings(wait_seconds=0.05)
    async with api_of(FakeAssistant(Gate()), tmp_path, settings=settings) as api:
        assert (await send(api.ann)).status_code == 202


async def test_a_reply_whose_work_goes_on_names_the_job(tmp_path: Path) -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield JobStarted(job_id="job-1", text="It goes on.")
        yield Final(text="It goes on.")

    async with api_of(FakeAssistant(script), tmp_path) as api:
        answer = await send(api.ann)
        assert (answer.status_code, answer.json()["reply"]["job"]["job_id"]) == (202, "job-1")


async def test_a_stop_keeps_what_there_is(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(Gate()), tmp_path) as api:
        sent = (await send(api.ann, ASYNC)).json()
        assert (await api.ann.get(sent["url"])).json()["state"] == "running"
        url = sent["url"].replace("?", "/stop?")
        assert (await api.bob.post(url)).json() == {"stopped": False}
        assert (await api.ann.post(url)).json() == {"stopped": True}
        await api.ann.get(sent["events_url"])
        assert (await api.ann.get(sent["url"])).json()["reply"]["status"] == "stopped"
        assert (await api.ann.post(url)).json() == {"stopped": False}


async def test_a_failed_turn_is_a_reply_that_says_so(tmp_path: Path) -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield Failed(text="It failed. Please try again.", incident="abc")

    async with api_of(FakeAssistant(script), tmp_path) as api:
        reply = (await send(api.ann)).json()["reply"]
        assert (reply["status"], reply["incident"]) == ("failed", "abc")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"text": "\\ud800"}', 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 400),
        (b'{"text": "   "}', 400),
        (b'{"text": 1}', 422),
        (b'{"text": "x", "unknown": 1}', 422),
        (b'{"text": "x", "id": "short"}', 422),
        (b'{"text": "x", "id": "job:12345678"}', 422),
        (b'{"text": "x", "conversation": "../../etc"}', 422),
        (b'{"text": "x", "conversation": "a\\n"}', 422),
        (b'{"text": "x", "attachments": ["nope"]}', 422),
        (b'{"text": "x", "reply_to": "<script>"}', 422),
        (json.dumps({"text": "x", "attachments": ["0" * 64]}).encode(), 404),
        (json.dumps({"text": "x" * 1_001}).encode(), 413),
        (json.dumps({"text": "x" * 1_000_001}).encode(), 413),
        (b"[" * 5_000, 400),
    ],
)
async def test_a_bad_body_is_a_problem_with_a_sentence(api: Api, body: bytes, status: int) -> None:
    answer = await api.ann.post("/v1/messages", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["incident"] == ""


async def test_a_message_can_say_which_question_it_answers(api: Api) -> None:
    yes = {"id": "message-2", "conversation": "c", "text": "Yes", "reply_to": "message-1"}
    assert (await api.ann.post("/v1/messages", json=yes)).json()["reply_to"] == "message-1"
    assert (await api.ann.post("/v1/messages", json={**yes, "reply_to": "message-0"})).status_code == 409


async def test_a_body_that_is_not_called_json_is_refused(api: Api) -> None:
    answer = await api.ann.post("/v1/messages", content=b'{"text": "x"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


async def test_a_body_without_an_announced_length_is_cut_off(api: Api) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2_000):
            yield b" " * 1_000

    answer = await api.ann.post("/v1/messages", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_a_body_that_stops_coming_is_given_up(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(), tmp_path, patience=0.05) as api:
        host, port = api.address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.key}\r\n"
        writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{{".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        writer.close()
        await writer.wait_closed()


async def test_too_many_messages_say_when_to_try_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(message: Message) -> Offer:
        raise TooMuch("That was a lot. Try again in a moment.", retry_after=2.1)

    monkeypatch.setattr(api.assistant, "offer", refuse)
    answer = await send(api.ann)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (429, "3", "too_much")


async def test_a_busy_conversation_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def reject(message: Message) -> Offer:
        return Offer(state="rejected")

    monkeypatch.setattr(api.assistant, "offer", reject)
    assert (await send(api.ann)).status_code == 409


async def test_a_fault_on_our_side_is_a_sentence_with_an_incident(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(message: Message) -> Offer:
        raise BadInput("no", status=503)

    monkeypatch.setattr(api.assistant, "offer", fail)
    assert (await send(api.ann)).status_code == 503


async def test_too_many_files_are_refused(api: Api) -> None:
    uploads = [
        (await api.ann.post(f"/v1/files?conversation=c&name=f{number}", content=b"%d" % number)).json()["digest"]
        for number in range(4)
    ]
    assert (await send(api.ann, conversation="c", attachments=uploads)).status_code == 413
    assert (await send(api.ann, conversation="c", attachments=uploads[:3])).status_code == 200


async def test_a_message_is_looked_up_without_reading_what_was_said_after_it(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await send(api.ann, conversation="c")).json()
    await send(api.ann, conversation="c")
    monkeypatch.delattr(FakeAssistant, "transcript")
    assert (await api.ann.get(first["url"])).json()["id"] == first["id"]
    assert (await api.ann.get("/v1/messages/unknown-id?conversation=c")).status_code == 404


def test_what_is_sent_is_read_back() -> None:
    assert sent_in(": alive\n\nid: 1\nevent: delta\ndata: {}\n\n") == [Sent("delta", 1, {})]
