"""Answers and jobs shown by functions and workers: no server is there, and each process may end at any time."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from agent.consuming import Consuming
from agent.showing import Shown, show_job
from stores.queue import MemoryQueue
from switchboard import JobStarted, Message, Reply
from switchboard.storage import Job
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.slack import FakeSlack, Trouble
from tests.channels.slack.desks import ANN, Desk, Gate
from tests.channels.slack.shared import make, message, until


class Answer:
    """The function that answers: what is in the queue, with the channel shown while it is written."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.queue = MemoryQueue()
        shown = Shown(desk.assistant, {"slack": desk.channel})
        self.consuming = Consuming(self.queue, shown, refused=self._refused)

    async def run(self, message: Message) -> int:
        """How many messages come again."""
        await self.queue.send(message)
        return len(await self.consuming.handle(await self.queue.receive(limit=10), seconds=60.0))

    async def _refused(self, message: Message, error: Exception) -> None:
        raise error


async def followed(desk: Desk, message: Message) -> None:
    """What the function does with one message, until it is cut off."""
    shown = Shown(desk.assistant, {"slack": desk.channel})
    await shown.offer(message)
    async for _ in shown.events(message.conversation, message.id):
        pass


async def ended(running: "asyncio.Task[None]") -> None:
    """Cut off what runs, as a function does that has no time left."""
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_answer_streams_from_the_function_that_writes_it(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("It is ", "40 euros.")
    desk = desks(gate)
    running = asyncio.create_task(Answer(desk).run(desk.message("app_mention")))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["It is "])
    gate.steps.release()
    gate.steps.release()
    assert await running == 0
    assert (await desk.deliver("app_mention")).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["It is 40 euros."]
    assert slack.called("conversations.replies") == []


async def test_a_reader_who_stops_the_stream_of_a_function_stops_the_turn(desks: Any, slack: FakeSlack) -> None:
    gate = Gate("Half ", "and", "half")
    desk = desks(gate)
    running = asyncio.create_task(Answer(desk).run(desk.message("app_mention")))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["Half "])
    slack.stop_streams()
    gate.steps.release()
    assert await running == 0
    assert (await desk.deliver("app_mention")).delivered
    assert "Stopped here" in slack.visible("C0GENERAL", thread=ANN)[0]


async def test_what_a_function_without_time_has_shown_becomes_the_reply_of_the_next(
    desks: Any, slack: FakeSlack
) -> None:
    gate = Gate("It is ", "40 euros.")
    first = desks(gate)
    asked = first.message("app_mention")
    running = asyncio.create_task(followed(first, asked))
    gate.steps.release()
    await until(lambda: slack.visible("C0GENERAL", thread=ANN) == ["It is "])
    await ended(running)
    slack.end_streams()  # as Slack does, after some minutes
    other = Desk(slack, FakeAssistant())
    parts = other.channel.render(Reply(text="It is 40 euros.", status="complete"))
    assert (await other.channel.send(asked, parts)).delivered
    assert slack.visible("C0GENERAL", thread=ANN) == ["It is 40 euros."]


async def test_a_function_without_time_does_not_wait_for_a_slack_that_hangs(
    desks: Any, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desks(Gate("It is "))
    called = asyncio.Event()

    async def hangs(team: str, method: str, **arguments: Any) -> Any:
        if method == "chat.startStream":
            called.set()
            await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(desk.channel.api, "call", hangs)
    asked = desk.message("app_mention")
    running = asyncio.create_task(followed(desk, asked))
    await called.wait()
    await ended(running)
    assert await desk.channel.previews.end(asked) is None


async def test_where_streaming_is_off_a_function_shows_nothing(desks: Any, slack: FakeSlack) -> None:
    desk = desks(streaming="off")
    assert await Answer(desk).run(desk.message("app_mention")) == 0
    assert slack.calls == []


async def begun(desk: Desk) -> tuple[Message, Job]:
    """A job that was begun for a message, as a worker has it."""
    asked = message(id=f"T0TEAM/C1/{ANN}")
    desk.assistant._jobs.begin(asked, JobStarted(job_id="j1", text="It goes on."))
    job = await desk.assistant.job(asked.conversation, "j1")
    assert job is not None
    return asked, job


async def test_a_worker_shows_how_far_a_job_is_in_one_message(desks: Any, slack: FakeSlack) -> None:
    desk = desks()
    asked, job = await begun(desk)
    for _ in range(2):  # as an attempt begins, and when it is over
        show_job(desk.assistant, {"slack": desk.channel}, job)
    await until(lambda: any("3/3" in text for text in slack.visible("C1", thread=asked.conversation.thread)))
    assert len(slack.visible("C1", thread=asked.conversation.thread)) == 1
    assert [block["type"] for block in slack.posts["C1"][0]["blocks"]] == ["rich_text"]


async def test_a_worker_goes_on_in_the_message_of_the_one_before(desks: Any, slack: FakeSlack) -> None:
    before, after = desks(), desks()
    asked, job = await begun(before)
    before.channel.show_job(before.assistant, job)
    await until(lambda: slack.posts["C1"])
    await before.channel.close()
    await begun(after)
    after.channel.show_job(after.assistant, replace(job, attempts=2))
    await until(lambda: any("3/3" in text for text in slack.visible("C1", thread=asked.conversation.thread)))
    assert len(slack.posts["C1"]) == 1


async def test_what_was_asked_by_a_command_is_looked_up_as_well(desks: Any, slack: FakeSlack) -> None:
    """Its id holds dots and is no post's."""
    asked = message(id="T0TEAM/aside/111.222.ccc")
    channel = make(slack)
    parts = channel.render(Reply(text="It is 40 euros.", status="complete"))
    slack.trouble("chat.postMessage", Trouble(hang_up=True, after=True))
    assert not (await channel.send(asked, parts)).delivered
    assert (await channel.send(asked, parts, again=True)).delivered
    assert len(slack.visible("C1", thread=asked.conversation.thread)) == 1
