"""``summarize_document`` as the agent calls it: what is meant, what is done at once, what becomes a job."""

import asyncio
import re
import time
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from agent.ordering import Orders
from stores.job_queue import StoreJobQueue
from switchboard import Attachment, Event, Principal, Question, Status, ToolContext
from switchboard.testing.models import Call, Step
from switchboard.testing.running import SOMEBODY, SOMEWHERE, said
from tests.tools.summaries.house import FirstLine, House, asked, result
from tools import progress
from tools.retrieval.backend import Access
from tools.summaries import tool as summarizing
from tools.summaries.settings import SummarySettings
from tools.summaries.tool import summarize_tool

LONG = b"\n".join(b"Fact %d." % number for number in range(1, 9))


def calls(**arguments: Any) -> list[Step]:
    """A model that calls the tool and passes on what it says."""

    def pass_on(messages: Any) -> str:
        text = str(messages[-1].text)
        given = re.search(r"<summary>\n(.*?)\n</summary>", text, re.DOTALL)
        return given[1] if given else text

    return [Call("summarize_document", **arguments), pass_on] * 3


async def test_a_short_attached_file_is_summarised_at_once_with_its_pages(house: House) -> None:
    async with house.open(calls()) as assistant:
        file = await house.attach("plan.txt", b"Sales rose.\nCosts fell.")
        reply = await asked(assistant, "Summarise this", file)
        assert "**plan.txt** (2 pages): key sentences, quoted from the document." in reply.text
        assert "- Sales rose. [1]\n- Costs fell. [2]" in reply.text
        assert [(each.title, each.page, each.quote) for each in reply.citations] == [
            ("plan.txt", 1, "Sales rose."),
            ("plan.txt", 2, "Costs fell."),
        ]
        assert (reply.status, reply.job) == ("complete", None)


async def test_the_page_of_a_sentence_opens_for_whoever_asked_and_for_nobody_else(house: House) -> None:
    async with house.open(calls()) as assistant:
        file = await house.attach("plan.txt", b"Sales rose.")
        (citation,) = (await asked(assistant, "Summarise this", file)).citations
        mine = await assistant.source(citation.document, principal=SOMEBODY, conversation=SOMEWHERE.key)
        assert mine is not None
        assert mine.data == b"Sales rose."
        bob = Principal(id="bob", verified=True)
        assert await assistant.source(citation.document, principal=bob, conversation=SOMEWHERE.key) is None
        assert await assistant.source(citation.document, principal=SOMEBODY, conversation="elsewhere") is None


async def test_a_document_of_the_library_is_found_by_what_people_call_it(house: House) -> None:
    await house.shelve("Travel policy", b"Hotels cost at most 150 EUR.")
    async with house.open(calls(document="the travel policy")) as assistant:
        reply = await asked(assistant, "Summarise the travel policy")
        assert "- Hotels cost at most 150 EUR. [1]" in reply.text
        assert reply.citations[0].document == "travel policy"


async def test_wishes_reach_the_summariser(house: House, summarizer: FirstLine) -> None:
    async with house.open(calls(focus="costs", length="short", language="German")) as assistant:
        await asked(assistant, "Summarise this", await house.attach("plan.txt", b"Sales rose."))
    assert summarizer.asked == [("costs", "short", "de")]


@pytest.mark.parametrize(("named", "code"), [("German", "de"), ("DE", "de"), ("de-CH", "de"), ("", "")])
async def test_a_language_is_known_by_its_name_or_code(
    house: House, summarizer: FirstLine, named: str, code: str
) -> None:
    async with house.open(calls(language=named)) as assistant:
        await asked(assistant, "Summarise this", await house.attach("plan.txt", b"Sales rose."))
    assert [language for _, _, language in summarizer.asked] == [code]


async def test_what_is_no_language_is_sent_back(house: House, summarizer: FirstLine) -> None:
    async with house.open(calls(language="as a <poem>")) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", b"Sales rose."))
        assert "`language` is the ISO 639-1 code" in reply.text


async def test_of_several_files_it_is_asked_which(house: House) -> None:
    async with house.open(calls()) as assistant:
        files = [await house.attach(f"{name}.txt", name.encode()) for name in ("one", "two")]
        reply = await asked(assistant, "Summarise this", *files)
        assert reply.question == replace(
            Question(text="Which one should I summarise?", options=("Summarise one.txt", "Summarise two.txt")),
            seq=reply.question.seq if reply.question else 0,
        )
        assert reply.text == "Several documents may be meant: “one.txt”, “two.txt”."


async def test_a_doubtful_name_is_asked_about(house: House) -> None:
    for title in ("Travel policy", "Gift policy"):
        await house.shelve(title, b"The limit is 150.")
    async with house.open(calls(document="policy")) as assistant:
        reply = await asked(assistant, "Summarise the policy")
        assert reply.question is not None
        assert reply.question.options == ("Summarise Gift policy", "Summarise Travel policy")


async def test_one_file_is_meant_by_its_kind_when_nothing_else_is_called_so(house: House) -> None:
    async with house.open(calls(document="the report")) as assistant:
        reply = await asked(assistant, "Summarise the report", await house.attach("q3.txt", b"Sales rose."))
        assert "- Sales rose. [1]" in reply.text


async def test_where_there_is_nothing_that_is_said(house: House) -> None:
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this")
        assert reply.text.startswith("There is nothing to summarise here yet. Attach a file")
        assert reply.tools[0].status == "failed"


async def test_an_unknown_and_a_forbidden_document_get_the_same_answer(house: House) -> None:
    async with house.open(calls(document="salaries")) as assistant:
        await house.shelve("Travel policy", b"The limit is 150.")
        unknown = await asked(assistant, "Summarise the salaries")
        await house.shelve("Salaries", b"All of them.", access=Access(users=frozenset({"bob"})))
        forbidden = await asked(assistant, "Summarise the salaries")
        assert unknown.text == forbidden.text
        assert unknown.text.startswith("There is no document called “salaries” that you can ask about.")
        assert "All of them" not in forbidden.text


async def test_a_file_that_can_not_be_read_is_told_with_the_reason(house: House) -> None:
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("broken.pdf", b"bad"))
        assert "broken.pdf can't be read: it is damaged." in reply.text
        assert reply.citations == ()


async def test_a_file_without_text_is_told(house: House) -> None:
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("blank.pdf", b" "))
        assert "There is no text in it that could be summarised." in reply.text


async def test_a_document_whose_original_is_not_kept_is_told(house: House) -> None:
    await house.shelve("Travel policy", b"The limit is 150.", kept=False)
    async with house.open(calls(document="travel policy")) as assistant:
        reply = await asked(assistant, "Summarise the travel policy")
        assert "The original of that document is not kept" in reply.text


async def test_a_long_file_becomes_a_job_whose_result_comes_back(house: House) -> None:
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.job is not None
        assert reply.job.text == (
            "“plan.txt” (8 pages) takes a moment to summarise. The result comes here when it is ready."
        )
        later = await result(assistant, reply)
        assert later.text.startswith("**plan.txt** (8 pages): key sentences, quoted from the document.")
        assert [(each.number, each.page, each.quote) for each in later.citations] == [
            (1, 1, "Fact 1."),
            (2, 2, "Fact 2."),
            (3, 3, "Fact 3."),
        ]


async def test_what_is_slow_becomes_a_job_however_short_it_is(house: House, summarizer: FirstLine) -> None:
    house.settings = SummarySettings(seconds_in_turn=0.05)
    summarizer.go.clear()
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", b"Sales rose."))
        summarizer.go.set()
        assert "- Sales rose. [1]" in (await result(assistant, reply)).text


async def test_a_file_that_turns_out_to_be_long_is_not_read_to_its_end_first(house: House) -> None:
    house.reader.quick = 5
    async with house.open(calls(), works=False) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.job is not None


async def test_the_same_summary_that_is_under_way_is_not_begun_again(house: House, summarizer: FirstLine) -> None:
    summarizer.go.clear()
    async with house.open(calls()) as assistant:
        file = await house.attach("plan.txt", LONG)
        first = await asked(assistant, "Summarise this", file)
        again = await asked(assistant, "Summarise this")
        assert again.job is None
        assert "I am already summarising “plan.txt”" in again.text
        assert len(await assistant.jobs(SOMEWHERE)) == 1
        summarizer.go.set()
        await result(assistant, first)


async def test_a_summary_that_was_made_a_moment_ago_is_given_again(house: House, summarizer: FirstLine) -> None:
    async with house.open(calls()) as assistant:
        first = await result(assistant, await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG)))
        again = await asked(assistant, "Summarise this")
        assert first.text in again.text
        assert [(each.number, each.page) for each in again.citations] == [(1, 1), (2, 2), (3, 3)]
        assert len(summarizer.asked) == 1


def context_of(house: House, file: Attachment) -> ToolContext:
    """What the tool is given for a message with a file."""
    message = said("Summarise this", attachments=(file,))
    orders = Orders(jobs=house.jobs, queue=StoreJobQueue(house.jobs))
    return ToolContext(
        conversation=SOMEWHERE,
        principal=SOMEBODY,
        message_id=message.id,
        call_id="c",
        deadline=time.monotonic() + 60,
        emit=lambda event: None,
        cancelled=asyncio.Event(),
        blobs=house.blobs,
        jobs=house.jobs,
        attachments=(file,),
        start_job=orders.starter(message, ["summary"]),
    )


async def test_a_turn_that_is_run_again_after_a_crash_begins_no_second_job(house: House) -> None:
    file = await house.attach("plan.txt", LONG)
    context = context_of(house, file)
    results = [await summarize_tool(house.maker).function(context) for _ in range(2)]
    assert len(await house.jobs.list_jobs()) == 1
    assert [result.data for result in results] == [results[0].data] * 2


async def test_a_document_that_has_changed_is_summarised_anew(house: House, summarizer: FirstLine) -> None:
    await house.shelve("Plan", LONG)
    async with house.open(calls(document="plan")) as assistant:
        await result(assistant, await asked(assistant, "Summarise the plan"))
        await house.shelve("Plan", LONG + b"\nFact 9.")
        assert (await asked(assistant, "Summarise the plan")).job is not None


@pytest.mark.parametrize("other", ["wish", "person"])
async def test_another_wish_or_person_gets_another_summary(house: House, summarizer: FirstLine, other: str) -> None:
    script = [*calls()[:2], *calls(focus="costs" if other == "wish" else "")[:2]]
    async with house.open(script) as assistant:
        file = await house.attach("plan.txt", LONG)
        await result(assistant, await asked(assistant, "Summarise this", file))
        who = SOMEBODY if other == "wish" else Principal(id="bob", verified=True)
        reply = await asked(assistant, "Summarise this", file, principal=who)
        await result(assistant, reply)
        assert len(summarizer.asked) == 2


async def test_a_job_asks_again_whether_the_document_may_be_read(house: House) -> None:
    source = await house.shelve("Plan", LONG)
    async with house.open(calls(document="plan"), works=False) as assistant:
        reply = await asked(assistant, "Summarise the plan")
        assert reply.job is not None
        await house.library.describe(replace(source, access=Access(users=frozenset({"bob"}))))
        await assistant.working.drain()
        assert "That document is no longer there" in (await result(assistant, reply)).text


async def test_what_a_job_that_was_cancelled_has_paid_for_is_handed_to_the_next(
    house: House, summarizer: FirstLine
) -> None:
    summarizer.go.clear()
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.job is not None
        async for news in assistant.watch_job(SOMEWHERE, reply.job.job_id):
            if news.text == "Weighing sentences":
                await assistant.cancel_job(SOMEWHERE, reply.job.job_id)
        summarizer.go.set()
        await result(assistant, await asked(assistant, "Summarise this"))
        assert summarizer.saved == ["", "half of plan.txt"]


async def test_a_job_that_is_cancelled_says_so(house: House, summarizer: FirstLine) -> None:
    summarizer.go.clear()
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.job is not None
        async for news in assistant.watch_job(SOMEWHERE, reply.job.job_id):
            if news.text == "Weighing sentences":
                await assistant.cancel_job(SOMEWHERE, reply.job.job_id)
        (job,) = await assistant.jobs(SOMEWHERE)
        assert job.state == "cancelled"


async def test_progress_is_shown_in_the_turn_and_in_the_job(house: House, summarizer: FirstLine) -> None:
    summarizer.go.clear()
    async with house.open(calls()) as assistant:
        reply = await asked(assistant, "Summarise this", await house.attach("plan.txt", LONG))
        assert reply.job is not None
        told = []
        async for news in assistant.watch_job(SOMEWHERE, reply.job.job_id):
            told.append((news.text, news.done, news.total))
            if news.text == "Weighing sentences":
                summarizer.go.set()
        assert ("Weighing sentences", 1, 3) in told


async def test_while_somebody_waits_they_are_told_again_and_again_what_is_being_done(
    house: House, summarizer: FirstLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summarizing, "repeated", partial(progress.repeated, every=0.001))
    monkeypatch.setattr(progress, "EVERY", 0)
    summarizer.go.clear()
    told: list[str] = []

    def emit(event: Event) -> None:
        told.append(event.text if isinstance(event, Status) else "")
        if told.count("Weighing sentences") > 3:
            summarizer.go.set()

    context = replace(context_of(house, await house.attach("plan.txt", b"Sales rose.")), emit=emit)
    assert "Sales rose." in (await summarize_tool(house.maker).function(context)).text
    assert told.count("Weighing sentences") > 3


@pytest.mark.parametrize(
    "link", ["https://docs.example.org/a.pdf", "s3://reports/a.pdf", "ftp://x/y", "file:///etc/passwd"]
)
async def test_links_are_not_followed_unless_the_settings_say_so(house: House, link: str) -> None:
    async with house.open(calls(document=link)) as assistant:
        reply = await asked(assistant, f"Summarise {link}")
        assert "Documents are not fetched from there. Attach the file instead." in reply.text


def test_the_model_is_given_things_that_people_say(house: House) -> None:
    description = summarize_tool(house.maker).description
    assert 8 <= sum(line.startswith("- ") for line in description.splitlines()) <= 15
