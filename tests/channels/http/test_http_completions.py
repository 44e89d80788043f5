"""OpenAI's own client against the running server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from channels.http.settings import HttpSettings
from switchboard import Artifact, Delta, Event, Failed, Final, JobStarted, Message, Question, Warning
from switchboard.testing.assistant import FakeAssistant
from tests.channels.http.conftest import Api, api_of, sent_in

HI: list[ChatCompletionMessageParam] = [{"role": "user", "content": "hi"}]


def client_of(api: Api, key: str | None = None) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{api.address}/v1", api_key=key or api.key, max_retries=0)


def image(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def file(name: str, data: str) -> dict[str, Any]:
    return {"type": "file", "file": {"filename": name, "file_data": data}}


async def complete(api: Api, messages: list[ChatCompletionMessageParam] = HI, **more: Any) -> Any:
    async with client_of(api) as client:
        return await client.chat.completions.create(model="switchboard", messages=messages, **more)


async def stream(api: Api, **more: Any) -> list[Any]:
    async with client_of(api) as client:
        chunks = await client.chat.completions.create(model="switchboard", messages=HI, stream=True, **more)
        return [chunk async for chunk in chunks]


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


async def test_the_client_gets_the_answer_and_its_sources(api: Api) -> None:
    answer = await complete(api)
    text = answer.choices[0].message.content
    assert text.startswith("You said: hi [1]\n\nSources:\n\n- [\\[1\\] Handbook, page 3](<http://127.0.0.1")
    assert (answer.model, answer.choices[0].finish_reason, answer.usage.total_tokens) == ("switchboard", "stop", 0)


async def test_a_stream_comes_to_the_same_text(api: Api) -> None:
    chunks = await stream(api, stream_options={"include_usage": True})
    assert (
        text_of(chunks).partition("?ticket")[0]
        == (await complete(api)).choices[0].message.content.partition("?ticket")[0]
    )
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.total_tokens == 0


async def test_what_a_reply_asks_and_warns_of_is_in_the_text(tmp_path: Path) -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield Warning(code="partial", text="Two pages could not be read.")
        yield Question(text="May I do this?", options=("Yes", "No"))
        yield JobStarted(job_id="j", text="The rest takes a while.")

    async with api_of(FakeAssistant(script), tmp_path) as api:
        whole = (await complete(api)).choices[0].message.content
        said = ["Two pages could not be read.", "May I do this?", "Answer with one of these: Yes / No"]
        assert whole.split("\n\n") == [*said, "The rest takes a while."]
        assert text_of(await stream(api)) == whole


async def test_only_the_last_question_is_said_and_in_the_same_conversation(api: Api) -> None:
    first = await complete(api)
    history: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": "ignored"},
        *HI,
        {"role": "assistant", "content": first.choices[0].message.content},
        {"role": "user", "content": [{"type": "text", "text": "and"}, {"type": "text", "text": "then?"}]},
    ]
    await complete(api, history[1:])
    (line,) = (await api.ann.get("/v1/conversations")).json()["conversations"]
    turns = (await api.ann.get(line["url"])).json()["messages"]
    assert [turn["text"] for turn in turns] == ["hi", "and\nthen?"]
    await complete(api, history)
    assert len((await api.ann.get("/v1/conversations")).json()["conversations"]) == 2


async def test_the_same_request_is_answered_once_while_it_may_be_a_retry(tmp_path: Path) -> None:
    now = [1_000.0]
    async with api_of(FakeAssistant(), tmp_path, now=lambda: now[0]) as api:
        for moment in (1_000.0, 1_100.0, 1_300.0, 1_599.0, 9_999.0):
            now[0] = moment
            await complete(api)
        (line,) = (await api.ann.get("/v1/conversations")).json()["conversations"]
        assert line["turns"] == 2


async def test_an_idempotency_key_names_the_message(api: Api) -> None:
    for key in ("one", "one", "two"):
        await complete(api, extra_headers={"Idempotency-Key": key})
    assert (await api.ann.get("/v1/conversations")).json()["conversations"][0]["turns"] == 2


@pytest.mark.parametrize(
    "more", [{"metadata": {"conversation": "mine"}}, {"extra_headers": {"X-Conversation-Id": "mine"}}]
)
async def test_a_conversation_is_named_by_the_caller(api: Api, more: dict[str, Any]) -> None:
    await complete(api, **more)
    assert (await api.ann.get("/v1/conversations/mine")).status_code == 200


async def test_users_of_one_caller_are_kept_apart(api: Api) -> None:
    for user in ("u1", "u2"):
        await complete(api, user=user)
    assert len((await api.ann.get("/v1/conversations")).json()["conversations"]) == 2


async def test_the_models_are_one(api: Api) -> None:
    async with client_of(api) as client:
        assert [model.id async for model in client.models.list()] == ["switchboard"]
        assert (await client.models.retrieve("switchboard")).owned_by == "switchboard"
        with pytest.raises(openai.NotFoundError):
            await client.models.retrieve("gpt-x")
        with pytest.raises(openai.NotFoundError, match="switchboard"):
            await client.chat.completions.create(model="gpt-x", messages=HI)


async def test_a_wrong_key_is_an_authentication_error(api: Api) -> None:
    async with client_of(api, "sb_wrong") as client:
        with pytest.raises(openai.AuthenticationError, match="switchboard keys add"):
            await client.models.list()


@pytest.mark.parametrize(
    "body",
    [
        {"messages": []},
        {"messages": [{"role": "assistant", "content": "x"}]},
        {"messages": [{"role": "system", "content": "x"}]},
        {"messages": [*HI, {"role": "tool", "content": "x", "tool_call_id": "1"}]},
        {"messages": [{"role": "user", "content": " "}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "user", "content": [image("data:")]}]},
        {"messages": [{"role": "user", "content": [image("data:image/png;base64,*")]}]},
        {"messages": [{"role": "user", "content": [image("https://example.com/a.png")]}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}]},
        {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AA=="}}]}]},
        {"messages": [{"role": "nobody", "content": "x"}]},
        {"messages": HI, "n": 2},
        {"messages": HI, "metadata": {"conversation": "../x"}},
        {"messages": "hi"},
    ],
)
async def test_what_can_not_be_answered_is_an_error_in_openais_form(api: Api, body: dict[str, Any]) -> None:
    answer = await api.ann.post("/v1/chat/completions", json={"model": "switchboard", **body})
    assert answer.status_code == 422
    assert answer.json()["error"]["type"] == "invalid_request_error"


async def test_a_failed_turn_is_an_error(tmp_path: Path) -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield Failed(text="It failed. Please try again.", incident="abc")

    async with api_of(FakeAssistant(script), tmp_path) as api:
        with pytest.raises(openai.InternalServerError, match="incident abc"):
            await complete(api)
        with pytest.raises(openai.APIError, match="It failed"):
            await stream(api)


async def test_a_text_that_became_another_is_given_whole(tmp_path: Path) -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield Delta(text="A draft")
        yield Artifact(name="chart.png", media_type="image/png", size=1, digest="0" * 64)
        yield Final(text="The answer")

    async with api_of(FakeAssistant(script), tmp_path) as api:
        text = text_of(await stream(api))
        assert text.startswith("A draft\n\nThe answer\n\nSources:\n\n- [chart.png](<http")


async def test_files_and_pictures_inside_a_question_are_attached_to_it(api: Api) -> None:
    parts: Any = [
        {"type": "text", "text": "Read these"},
        file("note.txt", "data:text/plain;base64,aGVsbG8="),
        file("", "aGVsbG8gYWdhaW4="),
        image("data:image/png;base64,iVBORw=="),
    ]
    for _ in range(2):
        await complete(api, [{"role": "user", "content": parts}], metadata={"conversation": "mine"})
    (turn,) = (await api.ann.get("/v1/conversations/mine")).json()["messages"]
    found = [(one["name"], one["media_type"], one["size"]) for one in turn["attachments"]]
    assert found == [
        ("note.txt", "text/plain", 5),
        ("file-3", "application/octet-stream", 11),
        ("image-4.png", "image/png", 4),
    ]
    assert (turn["text"], (await api.anybody.get(turn["attachments"][0]["link"])).text) == ("Read these", "hello")


async def test_a_question_may_be_a_file_alone_and_another_file_is_another_question(api: Api) -> None:
    for data in ("aGVsbG8=", "aGVsbG8=", "aGkh"):
        await complete(api, [{"role": "user", "content": [file("note.txt", data)]}], metadata={"conversation": "mine"})
    turns = (await api.ann.get("/v1/conversations/mine")).json()["messages"]
    assert [one["attachments"][0]["size"] for one in turns] == [5, 3]


async def test_a_file_that_is_too_large_or_one_too_many_is_refused(api: Api) -> None:
    small = file("a.txt", "aGVsbG8=")
    for parts in ([file("b.txt", "A" * 133_336)], [small] * 4, [file("c.txt", "A" * 5_000_000)]):
        body = {"model": "switchboard", "messages": [{"role": "user", "content": parts}]}
        answer = await api.ann.post("/v1/chat/completions", json=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (413, "invalid_request_error")


async def test_tools_of_the_callers_are_passed_over(api: Api) -> None:
    function: Any = {"name": "f", "parameters": {"type": "object", "properties": {}}}
    answer = await complete(api, tools=[{"type": "function", "function": function}], tool_choice="auto")
    assert answer.choices[0].message.tool_calls is None
    assert answer.choices[0].message.content.startswith("You said: hi")


async def test_the_usage_comes_last_and_only_if_it_is_asked_for(api: Api) -> None:
    with_usage = await stream(api, stream_options={"include_usage": True})
    assert [chunk.usage is None for chunk in with_usage] == [True] * (len(with_usage) - 1) + [False]
    assert with_usage[-1].choices == []
    assert all("usage" in chunk.model_fields_set for chunk in with_usage)
    assert not any("usage" in chunk.model_fields_set for chunk in await stream(api))


@pytest.mark.parametrize(("after", "stopped"), [("go_on", False), ("stop", True)])
@pytest.mark.parametrize("streams", [True, False])
async def test_what_becomes_of_an_answer_whose_caller_hangs_up_is_set(
    tmp_path: Path, after: Any, stopped: bool, streams: bool
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def script(message: Message) -> AsyncIterator[Event]:
        yield Delta(text="one ")
        begun.set()
        await go.wait()
        yield Delta(text="two")

    async with api_of(FakeAssistant(script), tmp_path, settings=HttpSettings(after_hang_up=after)) as api:
        more: dict[str, Any] = {"metadata": {"conversation": "mine"}}
        calling = asyncio.create_task(stream(api, **more) if streams else complete(api, **more))
        await begun.wait()
        calling.cancel()
        with suppress(asyncio.CancelledError):
            await calling
        (turn,) = (await api.ann.get("/v1/conversations/mine")).json()["messages"]
        followed = asyncio.create_task(api.ann.get(turn["events_url"]))
        if not stopped:
            go.set()
        last = sent_in((await followed).text)[-1].data
        assert (last["status"], last["text"]) == (("stopped", "one ") if stopped else ("complete", "one two"))


async def test_a_stream_ends_as_openais_does(api: Api) -> None:
    answer = await api.ann.post("/v1/chat/completions", json={"model": "switchboard", "stream": True, "messages": HI})
    assert sent_in(answer.text)[-1].data == "[DONE]"
    assert answer.headers["x-conversation-id"].startswith("chat-")
