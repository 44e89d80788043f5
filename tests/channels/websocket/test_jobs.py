"""Jobs on a real socket: progress, the result as a turn, windows that come and go, cancelling, and hostile frames."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.websocket import jobs
from channels.websocket.jobs import Jobs
from channels.websocket.protocol import Response
from channels.websocket.tasks import Work
from switchboard import Conversation, Event, Final, JobStarted, Message, MessageId, Status
from switchboard.storage import Job
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.samples import a_conversation

from .conftest import Client, site_of

ASK = {"type": "message", "id": "message-1", "text": "read it all"}
RESULT = "job:job-of-message-1"


class Working(FakeAssistant):
    """Begins a job for each message; the job says how far it is and waits to be let go."""

    def __init__(self) -> None:
        super().__init__(self.begin, job_script=self.work)
        self.go = asyncio.Event()

    async def begin(self, message: Message) -> AsyncIterator[Event]:
        yield JobStarted(job_id=f"job-of-{message.id}", text="I'm on it.")
        yield Final(text="I'm on it.")

    async def work(self, job: Job) -> AsyncIterator[Event]:
        yield Status(text="Reading", done=1, total=4)
        await self.go.wait()
        yield Final(text="All read.")


async def heard_until(client: Client, state: str) -> dict[str, Any]:
    """The first word of a job in this state."""
    while True:
        frame = await client.hear("job")
        if frame["state"] == state and (frame["done"] or state != "running"):
            return frame


async def result_of(client: Client) -> list[dict[str, Any]]:
    """The turn that brings a result, and its events."""
    while not (turn := (await client.hear("turn"))["turn"])["job"]:
        pass
    return [turn, *await client.events()]


async def test_progress_follows_the_word_that_a_job_has_begun() -> None:
    async with site_of(Working()) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        assert await heard_until(client, "running") == {
            "type": "job",
            "job_id": "job-of-message-1",
            "message_id": "message-1",
            "state": "running",
            "text": "Reading",
            "done": 1,
            "total": 4,
        }


async def test_the_result_comes_as_a_turn_that_answers_the_question() -> None:
    assistant = Working()
    async with site_of(assistant) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        assistant.go.set()
        turn, *events = await result_of(client)
        assert (turn["id"], turn["job"], turn["reply_to"], turn["text"]) == (
            RESULT,
            "job-of-message-1",
            "message-1",
            "",
        )
        assert events[-1]["text"] == "All read."
        await client.say(type="ack", message_id=RESULT, seq=events[-1]["seq"])
        await client.say(type="ping")
        await client.hear("pong")
        assert [message_id for message_id, receipt in assistant.receipts if receipt.delivered] == [RESULT]


async def test_every_window_hears_of_the_job_and_its_result() -> None:
    assistant = Working()
    async with site_of(assistant) as site:
        first = await site.chat(hello={})
        second = await site.chat(hello={"conversation": first.welcome["conversation"]})
        await first.say(**ASK)
        assert (await heard_until(second, "running"))["done"] == 1
        assistant.go.set()
        assert [(await result_of(window))[-1]["text"] for window in (first, second)] == ["All read.", "All read."]


async def test_a_window_that_comes_back_is_told_of_the_job_and_of_its_result_once() -> None:
    assistant = Working()
    async with site_of(assistant) as site:
        first = await site.chat(hello={})
        await first.say(**ASK)
        await heard_until(first, "running")
        first.socket.transport.abort()
        second = await site.chat(hello={"conversation": first.welcome["conversation"]})
        assert (await heard_until(second, "running"))["message_id"] == "message-1"
        assistant.go.set()
        await result_of(second)
        third = await site.chat(hello={"conversation": first.welcome["conversation"]})
        assert [turn["job"] for turn in third.welcome["history"]] == ["", "job-of-message-1"]
        await third.say(type="ping")
        assert await third.hear() == {"type": "pong"}


async def test_a_result_that_is_in_the_history_is_not_shown_again() -> None:
    assistant = Working()
    assistant.go.set()
    async with site_of(assistant) as site:
        first = await site.chat(hello={})
        await first.say(**ASK)
        await result_of(first)
        second = await site.chat(hello={"conversation": first.welcome["conversation"]})
        await second.say(type="resume", message_id="message-1")
        assert (await second.events())[-1]["kind"] == "final"
        assert (await heard_until(second, "succeeded"))["job_id"] == "job-of-message-1"
        await second.say(type="ping")
        assert (await second.hear())["type"] == "pong"


async def test_a_result_can_be_resumed_by_its_own_id() -> None:
    assistant = Working()
    assistant.go.set()
    async with site_of(assistant) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        _, *events = await result_of(client)
        await client.say(type="resume", message_id=RESULT)
        assert await client.events() == events


async def test_a_cancelled_job_is_told_as_such_and_has_a_result() -> None:
    async with site_of(Working()) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        await heard_until(client, "running")
        await client.say(type="cancel_job", job_id="job-of-message-1")
        await heard_until(client, "cancelled")
        assert (await result_of(client))[-1]["status"] == "stopped"


async def test_another_visitors_job_can_not_be_cancelled() -> None:
    assistant = Working()
    async with site_of(assistant) as site:
        mine = await site.chat(hello={})
        await mine.say(**ASK)
        await heard_until(mine, "running")
        theirs = await site.chat(hello={}, cookies=False)
        await theirs.say(type="cancel_job", job_id="job-of-message-1")
        await theirs.say(type="ping")
        assert await theirs.hear() == {"type": "pong"}
        assistant.go.set()
        assert (await result_of(mine))[-1]["text"] == "All read."


@pytest.mark.parametrize("job_id", ['""', '"../x"', '"' + "x" * 65 + '"', "1", "null"])
async def test_what_can_be_no_jobs_id_is_malformed(job_id: str) -> None:
    async with site_of(Working()) as site:
        client = await site.chat(hello={})
        await client.socket.send('{"type":"cancel_job","job_id":' + job_id + "}")
        assert (await client.hear("error"))["code"] == "malformed"


async def test_nobody_can_say_something_under_the_id_of_a_result() -> None:
    async with site_of(Working()) as site:
        client = await site.chat(hello={})
        await client.say(**{**ASK, "id": RESULT})
        assert (await client.hear("error"))["code"] == "malformed"


async def test_a_socket_follows_so_many_jobs_and_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jobs, "MOST", 1)
    started: list[str] = []

    async def guard(work: Work, about: str = "") -> None:
        started.append(about)
        await asyncio.get_running_loop().create_future()

    async def unheard(response: Response) -> None:
        raise AssertionError(response)

    async def untold(result: MessageId, conversation: Conversation) -> None:
        raise AssertionError(result)

    followed = Jobs(FakeAssistant(), unheard, guard, told=untold)
    with caplog.at_level(logging.WARNING):
        for name in ("a", "a", "b"):
            followed.follow(name, MessageId(f"for-{name}"), a_conversation())
        await asyncio.sleep(0)
    assert started == ["for-a"]
    assert "misses one" in caplog.text
    await followed.close()
