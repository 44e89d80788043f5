"""The fake assistant's jobs behave as channels are told that jobs do."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from switchboard import BadInput, Event, Failed, Final, JobStarted, Message, MessageId, Status, fold
from switchboard.assistant import JobNews
from switchboard.storage import Job
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.samples import a_conversation, a_message

RESULT = MessageId("job:job-1")


async def begin_a_job(message: Message) -> AsyncIterator[Event]:
    yield JobStarted(job_id="job-1", text="I'm on it.")


async def never_ends(job: Job) -> AsyncIterator[Event]:
    yield Status(text="Reading", done=1, total=9)
    await asyncio.get_running_loop().create_future()


async def breaks(job: Job) -> AsyncIterator[Event]:
    yield Status(text="Reading")
    raise ValueError(job.id)


async def begun(assistant: FakeAssistant) -> FakeAssistant:
    """With its first turn, and the job that this begins."""
    await assistant.offer(a_message())
    assert [event async for event in assistant.events(a_conversation(), MessageId("m0"))]
    return assistant


async def news_of(assistant: FakeAssistant) -> list[JobNews]:
    return [news async for news in assistant.watch_job(a_conversation(), "job-1")]


async def test_a_jobs_last_news_names_the_message_that_its_result_answers() -> None:
    assistant = await begun(FakeAssistant(begin_a_job))
    assert (await news_of(assistant))[-1] == JobNews(state="succeeded", text="Counting", done=3, total=3, result=RESULT)
    assert await news_of(assistant) == [(await news_of(assistant))[-1]]


async def test_a_jobs_result_is_a_turn_of_its_own_that_answers_the_question() -> None:
    assistant = await begun(FakeAssistant(begin_a_job))
    await news_of(assistant)
    reply = fold([event async for event in assistant.events(a_conversation(), RESULT)])
    message = (await assistant.transcript(a_conversation()))[-1].message
    assert (message.id, message.job, message.reply_to, message.text) == (RESULT, "job-1", "m0", "")
    assert reply.text == "One, two, three."


async def test_a_cancelled_job_says_so_once() -> None:
    assistant = await begun(FakeAssistant(begin_a_job, job_script=never_ends))
    news = assistant.watch_job(a_conversation(), "job-1")
    await anext(news)
    assert await assistant.cancel_job(a_conversation(), "job-1") is True
    assert await assistant.cancel_job(a_conversation(), "job-1") is False
    assert (await news_of(assistant))[-1].state == "cancelled"
    assert [event async for event in assistant.events(a_conversation(), RESULT)][-1].kind == "final"


async def test_a_job_whose_script_breaks_has_failed() -> None:
    assistant = await begun(FakeAssistant(begin_a_job, job_script=breaks))
    assert (await news_of(assistant))[-1].state == "failed"
    assert isinstance([event async for event in assistant.events(a_conversation(), RESULT)][-1], Failed)


async def test_a_script_without_an_end_has_its_text_as_the_result() -> None:
    async def says_nothing(job: Job) -> AsyncIterator[Event]:
        yield Status(text="Reading")

    assistant = await begun(FakeAssistant(begin_a_job, job_script=says_nothing))
    await news_of(assistant)
    last = [event async for event in assistant.events(a_conversation(), RESULT)][-1]
    assert last == Final(text="", seq=1)


@pytest.mark.parametrize(("room", "job"), [("room", "job-2"), ("another", "job-1")])
async def test_an_unknown_job_and_another_conversations_are_the_same(room: str, job: str) -> None:
    assistant = await begun(FakeAssistant(begin_a_job))
    with pytest.raises(BadInput) as caught:
        await anext(assistant.watch_job(a_conversation(room), job))
    assert caught.value.status == 404
    assert await assistant.cancel_job(a_conversation(room), job) is False


async def test_jobs_are_listed_by_conversation_and_due_until_their_result_was_told() -> None:
    assistant = await begun(FakeAssistant(begin_a_job, job_script=never_ends))
    assert [job.due_at > 0 for job in await assistant.jobs(a_conversation())] == [True]
    await assistant.cancel_job(a_conversation(), "job-1")
    await news_of(assistant)
    assert [job.due_at > 0 for job in await assistant.jobs(a_conversation())] == [False]
    assert await assistant.jobs(a_conversation("another")) == []
    await assistant.close()
