"""A summary written by a chat model, from the request to the result that comes back, with the real assistant."""

import asyncio
import itertools
from typing import Any

from switchboard.storage import Job
from switchboard.testing.models import Call, Say, ScriptedChatModel, Step
from switchboard.testing.running import SOMEWHERE
from tests.tools.summaries.house import House, asked, result
from tests.tools.summaries.test_written import Odd, about, model
from tests.tools.summaries.written_shared import noting, prompt_of, writer
from tools.retrieval.embedded import EmbeddedLibrary
from tools.summaries.settings import SummarySettings

WORDS = "Filler words. " * 50
LONG = "\n".join(f"Fact {page} is {page}00 EUR. {WORDS}" for page in range(1, 5)).encode()
CALLS: list[Step] = [Call("summarize_document"), "I am on it."]


def house_of(library: EmbeddedLibrary, chat_model: ScriptedChatModel, **settings: Any) -> House:
    return House(
        library=library,
        summarizer=writer(chat_model),
        settings=SummarySettings(**{"seconds_in_turn": 5, **settings}),
        model="bedrock:some",
    )


async def the_job(house: House) -> Job:
    (job,) = await house.jobs.list_jobs(conversation=SOMEWHERE)
    return job


async def test_a_document_that_takes_several_calls_becomes_a_job_that_tells_its_cost_before_and_after(
    house: House,
) -> None:
    house = house_of(house.library, model())
    async with house.open(CALLS) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.job is not None
        assert reply.job.text.endswith("It will take about 15,000 tokens of the language model.")
        later = await result(assistant, reply)
    assert later.text.splitlines() == [
        "**plan.txt** (4 pages): a summary written by a language model.",
        "",
        *(f"- Fact {page} is {page}00 EUR. [{page}]" for page in range(1, 5)),
        "",
        "*Written by bedrock:some from 450 tokens in 45.*",
    ]
    assert [(each.page, each.quote) for each in later.citations] == [
        (page, f"Fact {page} is {page}00 EUR.") for page in range(1, 5)
    ]
    assert (later.input_tokens, later.output_tokens) == (450, 45)


async def test_a_document_that_takes_one_call_is_waited_for(house: House) -> None:
    house = house_of(house.library, model(), seconds_in_turn=0.5)
    async with house.open(CALLS) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", b"Fact 1 is 100 EUR."))
        assert reply.job is None


async def test_a_document_that_would_cost_too_much_is_refused(house: House) -> None:
    chat_model = model()
    house = house_of(house.library, chat_model, most_tokens=1_000)
    async with house.open([Call("summarize_document"), lambda messages: str(messages[-1].text)]) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.text.startswith(
            "Summarising it would take about 15,000 tokens of the language model, and 1,000 are allowed."
        )
        assert (reply.job, chat_model.given) == (None, [])


async def test_a_part_without_notes_makes_it_partial_and_a_retry_asks_for_that_part_alone(house: House) -> None:
    """What was paid for stays; what was missing is asked for again."""
    chat_model = ScriptedChatModel(itertools.chain([about(2, Odd())] * 5, itertools.repeat(noting)))
    house = house_of(house.library, chat_model)
    async with house.open(CALLS) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        later = await result(assistant, reply)
        assert later.status == "partial"
        assert [warning.text for warning in later.warnings] == [
            "This summary is not complete. Missing: page 2, as the language model did not answer for it."
        ]
        job = await the_job(house)
        assert job.state == "partial"
        before = len(chat_model.given)
        assert await assistant.working.orders.retry(job.id)
        await assistant.working.drain()
        again = [prompt_of(given.messages) for given in chat_model.given[before:]]
        assert ["You take notes" in prompt for prompt in again] == [True, False]
        assert "[p. 2]\n" in again[0]
        assert (await the_job(house)).state == "succeeded"


async def test_where_the_model_turns_us_away_the_job_fails_and_says_so(house: House) -> None:
    class Denied(Exception):
        status_code = 401

    house = house_of(house.library, model(then=Denied()))
    async with house.open(CALLS) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        later = await result(assistant, reply)
    assert later.status == "failed"
    assert later.incident


async def test_a_job_that_is_cancelled_asks_for_nothing_more(house: House) -> None:
    chat_model = ScriptedChatModel([noting, Say(gate=asyncio.Event())])
    house = house_of(house.library, chat_model)
    house.summarizer = writer(chat_model, parallel=1)
    async with house.open(CALLS) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.job is not None
        async for news in assistant.watch_job(SOMEWHERE, reply.job.job_id):
            if news.text == "Took notes on 1 of 4 parts":
                await assistant.cancel_job(SOMEWHERE, reply.job.job_id)
        assert (await the_job(house)).state == "cancelled"
    assert len(chat_model.given) <= 2


async def test_notes_that_were_paid_for_serve_a_summary_of_another_length(house: House) -> None:
    chat_model = model()
    house = house_of(house.library, chat_model)
    script: list[Step] = [*CALLS, Call("summarize_document", length="long"), "I am on it."]
    async with house.open(script) as assistant:
        await result(assistant, await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG)))
        assert len(chat_model.given) == 4 + 1
        await result(assistant, await asked(assistant, "Longer, please"))
        assert len(chat_model.given) == 4 + 1 + 1
