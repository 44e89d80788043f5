"""Work that outlives its turn, as people see it in a browser: how far it is, ending it, and what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from playwright.async_api import Locator, expect

from switchboard import Delta, Event, Failed, Final, JobStarted, Message, Status
from switchboard.storage import Job

from .conftest import Stage, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "Summarise the annual report"


async def on_it(message: Message) -> AsyncIterator[Event]:
    """A turn that begins a job."""
    yield Delta(text="I'm on it.")
    yield JobStarted(job_id=f"job-of-{message.id}", text="Reading the annual report")
    yield Final(text="I'm on it.")


def paused(gate: asyncio.Event, *after: Event, total: int = 40) -> Callable[[Job], AsyncIterator[Event]]:
    """A job that waits in the middle."""

    async def script(job: Job) -> AsyncIterator[Event]:
        yield Status(text="Reading page 12", done=12 if total else 0, total=total)
        await gate.wait()
        for event in after:
            yield event

    return script


async def at_work(visitor: Visitor, stage: Stage) -> Locator:
    """Ask, and wait until the card shows the progress."""
    stage.play(QUESTION, on_it)
    await visitor.enter()
    await visitor.ask(QUESTION)
    card = visitor.page.locator(".job")
    await expect(card).to_contain_text("Reading page 12")
    return card


async def test_a_job_shows_how_far_it_is_and_then_where_its_result_is(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.work = paused(gate, Final(text="The year went well."))
    card = await at_work(visitor, stage)
    bar = visitor.page.get_by_role("progressbar", name="Reading page 12")
    await expect(bar).to_have_attribute("value", "12")
    await expect(bar).to_have_attribute("max", "40")
    await expect(card).to_contain_text("12 / 40")
    gate.set()
    await visitor.answered("The year went well.")
    await expect(card.locator(".words")).to_have_text("Done, see below")
    await card.get_by_role("button", name="see below").click()
    await expect(visitor.page.locator("li.turn", has_text="The year went well.")).to_be_focused()


async def test_a_job_that_can_not_tell_how_far_it_is_shows_that_it_goes_on(visitor: Visitor, stage: Stage) -> None:
    stage.work = paused(asyncio.Event(), total=0)
    card = await at_work(visitor, stage)
    bar = visitor.page.get_by_role("progressbar", name="Reading page 12")
    assert await bar.get_attribute("value") is None
    await expect(card.get_by_role("timer")).to_have_text("0:00")


async def test_a_result_leads_back_to_its_question_and_shows_no_bubble(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.work = paused(gate, Final(text="The year went well."))
    await at_work(visitor, stage)
    await visitor.ask("Meanwhile")
    await visitor.answered("You said: Meanwhile")
    gate.set()
    await visitor.answered("The year went well.")
    result = visitor.page.locator("li.turn").last
    await expect(result.locator(".result-of")).to_have_text(f"Result of{QUESTION}")
    await expect(visitor.page.locator(".bubble")).to_have_text([QUESTION, "Meanwhile"])
    await result.get_by_role("button", name=QUESTION).click()
    await expect(visitor.page.locator("li.turn").first).to_be_focused()


async def test_a_job_is_cancelled(visitor: Visitor, stage: Stage) -> None:
    stage.work = paused(asyncio.Event())
    card = await at_work(visitor, stage)
    await card.get_by_role("button", name="Cancel").click()
    await expect(card.locator(".words")).to_have_text("Cancelled, see below")
    await visitor.answered("The work was cancelled.")


async def test_a_failed_job_says_so_and_its_question_can_be_asked_again(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    gate.set()
    stage.play(QUESTION, on_it)
    stage.work = paused(gate, Failed(text="The report can't be read.", incident="ab12"))
    await visitor.enter()
    await visitor.ask(QUESTION)
    await expect(visitor.page.locator(".job .words")).to_have_text("Failed, see below")
    await expect(visitor.page.get_by_role("alert").filter(has_text="The report can't be read.")).to_be_visible()
    await visitor.page.get_by_role("button", name="Try again").click()
    await expect(visitor.page.locator(".bubble")).to_have_text([QUESTION, QUESTION])


async def test_a_reloaded_page_goes_on_with_the_progress_and_gets_the_result(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.work = paused(gate, Final(text="The year went well."))
    card = await at_work(visitor, stage)
    await visitor.page.reload()
    await expect(card).to_contain_text("Reading page 12")
    gate.set()
    await visitor.answered("The year went well.")
    await expect(card.locator(".words")).to_have_text("Done, see below")
    await visitor.page.reload()
    await expect(card.locator(".words")).to_have_text("Done, see below")
    await expect(visitor.page.locator("li.turn")).to_have_count(2)


async def test_a_job_of_which_nothing_is_heard_may_have_been_cut_off_and_that_is_said(
    visitor: Visitor, stage: Stage
) -> None:
    gate = asyncio.Event()
    stage.work = paused(gate, Final(text="The year went well."))
    card = await at_work(visitor, stage)
    silence = card.get_by_text("No news for a while")
    await expect(silence).to_be_hidden()
    await visitor.page.evaluate("const now = Date.now; Date.now = () => now() + 30_000")
    await expect(silence).to_be_visible()
    gate.set()
    await visitor.answered("The year went well.")
    await expect(silence).to_be_hidden()


async def test_what_happened_while_the_line_was_cut_is_shown_once_it_is_back(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.work = paused(gate, Final(text="The year went well."))
    card = await at_work(visitor, stage)
    stage.line.cut()
    gate.set()
    stage.line.mend()
    await visitor.answered("The year went well.")
    await expect(card.locator(".words")).to_have_text("Done, see below")
    await expect(visitor.page.locator("li.turn")).to_have_count(2)


async def test_two_windows_show_the_same_job_and_one_result_each(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.work = paused(gate, Final(text="The year went well."))
    await at_work(visitor, stage)
    second = await visitor.context.new_page()
    await second.goto(visitor.page.url)
    await expect(second.locator(".job")).to_contain_text("12 / 40")
    gate.set()
    for page in (visitor.page, second):
        await expect(page.locator(".job .words")).to_have_text("Done, see below")
        await expect(page.locator("li.turn")).to_have_count(2)


async def test_progress_takes_the_focus_from_no_button(visitor: Visitor, stage: Stage) -> None:
    gate, end = asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> AsyncIterator[Event]:
        yield Status(text="Reading page 12")
        await gate.wait()
        yield Status(text="Reading page 13")
        await end.wait()

    stage.work = work
    card = await at_work(visitor, stage)
    await card.get_by_role("button", name="Cancel").focus()
    gate.set()
    await expect(card).to_contain_text("Reading page 13")
    await expect(card.get_by_role("button", name="Cancel")).to_be_focused()
    end.set()


async def test_hostile_words_of_a_job_are_only_words(visitor: Visitor, stage: Stage) -> None:
    async def work(job: Job) -> AsyncIterator[Event]:
        yield Status(text="<img src=x onerror=alert(1)>")
        await asyncio.get_running_loop().create_future()

    stage.play(QUESTION, on_it)
    stage.work = work
    await visitor.enter()
    await visitor.ask(QUESTION)
    await expect(visitor.page.locator(".job")).to_contain_text("<img src=x onerror=alert(1)>")
