"""What callers think of replies."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from switchboard import Delta, Event, Message
from switchboard.testing.assistant import FakeAssistant
from tests.channels.http.conftest import Api, api_of

WHERE = "/v1/conversations/c/messages/message-1/feedback"
ASKED = {"text": "hi", "conversation": "c", "id": "message-1"}


async def test_an_opinion_is_kept_with_the_reply(api: Api) -> None:
    asked = (await api.ann.post("/v1/messages", json=ASKED)).json()
    assert asked["feedback"] is None
    given = await api.ann.put(WHERE, json={"verdict": "bad", "comment": "Too short."})
    assert given.status_code == 200
    assert (await api.ann.get(asked["url"])).json()["feedback"] == given.json()
    assert (await api.ann.get("/v1/conversations/c")).json()["messages"][0]["feedback"]["comment"] == "Too short."


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "'verdict' is not right: it is missing."),
        ({"verdict": "meh"}, "'verdict' is not right: it should be 'good' or 'bad'."),
        ({"verdict": "bad", "why": "x"}, "There is no 'why' here. /v1/openapi.json says what there is."),
        (
            {"verdict": "bad", "comment": "x" * 2_001},
            "'comment' is not right: it should have at most 2000 characters.",
        ),
        ([], "The body is not right: it should be an object."),
    ],
)
async def test_what_is_wrong_with_a_body_is_said_in_words(api: Api, body: Any, sentence: str) -> None:
    assert (await api.ann.put(WHERE, json=body)).json()["detail"] == sentence


async def test_a_later_opinion_replaces_the_earlier(api: Api) -> None:
    asked = (await api.ann.post("/v1/messages", json=ASKED)).json()
    for verdict in ("bad", "good"):
        await api.ann.put(WHERE, json={"verdict": verdict})
    found = (await api.ann.get(asked["url"])).json()["feedback"]
    assert (found["verdict"], found["comment"]) == ("good", "")


async def test_nobody_has_an_opinion_on_what_is_anothers(api: Api) -> None:
    await api.ann.post("/v1/messages", json=ASKED)
    assert (await api.bob.put(WHERE, json={"verdict": "good"})).status_code == 404


async def test_there_is_no_opinion_on_a_reply_that_is_not_there_yet(tmp_path: Path) -> None:
    async def never(message: Message) -> AsyncIterator[Event]:
        await asyncio.Event().wait()
        yield Delta(text="never")

    async with api_of(FakeAssistant(never), tmp_path) as api:
        await api.ann.post("/v1/messages", json=ASKED, headers={"Prefer": "respond-async"})
        answer = await api.ann.put(WHERE, json={"verdict": "good"})
        assert (answer.status_code, "no reply" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    "body", [{}, {"verdict": "great"}, {"verdict": "good", "stars": 5}, {"verdict": "good", "comment": "x" * 2_001}]
)
async def test_what_is_no_opinion_is_refused(api: Api, body: dict[str, object]) -> None:
    await api.ann.post("/v1/messages", json=ASKED)
    assert (await api.ann.put(WHERE, json=body)).status_code == 422
