"""What people do in the web chat, done in a real browser."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from playwright.async_api import expect

from switchboard import (
    Citation,
    Delta,
    Event,
    Failed,
    Final,
    Message,
    MessageId,
    Question,
    Status,
    ToolFinished,
    ToolStarted,
    Warning,
)

from .conftest import Stage, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


def gated(
    before: tuple[Event, ...], gate: asyncio.Event, after: tuple[Event, ...]
) -> Callable[[Message], AsyncIterator[Event]]:
    """A script that waits in the middle."""

    async def script(message: Message) -> AsyncIterator[Event]:
        for event in before:
            yield event
        await gate.wait()
        for event in after:
            yield event

    return script


async def test_a_question_is_answered_as_it_streams(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.play(
        "stream",
        gated(
            (Delta(text="First **half**"),),
            gate,
            (Delta(text=" and the rest."), Final(text="First **half** and the rest.")),
        ),
    )
    await visitor.enter()
    await visitor.ask("stream")
    await expect(visitor.page.locator(".answer")).to_have_text("First half")
    await expect(visitor.page.locator(".answer strong")).to_have_text("half")
    gate.set()
    await visitor.answered("First half and the rest.")


async def test_a_suggestion_asks_itself(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.page.get_by_role("button", name="What is in the handbook?").click()
    await visitor.answered("You said: What is in the handbook?")


async def test_a_citation_opens_the_source_at_its_page(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.ask("cite")
    chip = visitor.page.get_by_role("link", name="Source 1: Handbook, page 3")
    await chip.hover()
    await expect(visitor.page.locator(".quote")).to_contain_text("As it is written.")
    assert await chip.get_attribute("rel") == "noopener noreferrer nofollow"
    async with visitor.context.expect_page() as opened:
        await chip.click()
    document = await opened.value
    await document.wait_for_load_state()
    assert document.url.endswith("#page=3")
    assert await document.locator("body").inner_text() == "As it is written."


async def test_the_sources_are_listed_with_page_and_passage(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.ask("sources")
    entry = visitor.page.get_by_role("region", name="Sources").get_by_role("link")
    await expect(entry).to_contain_text("Page 3 · handbook.pdf")
    await expect(entry).to_contain_text("As it is written.")


async def test_of_many_sources_the_first_are_listed_and_the_rest_is_unfolded(visitor: Visitor, stage: Stage) -> None:
    many = [Citation(title=f"Book {number}", source="books.pdf", number=number, page=number) for number in range(1, 11)]
    stage.plays("many", *many, Final(text="".join(f"[{citation.number}]" for citation in many)))
    await visitor.enter()
    await visitor.ask("many")
    sources = visitor.page.get_by_role("region", name="Sources")
    await expect(sources.get_by_text("Book 6", exact=True)).to_be_visible()
    await expect(sources.get_by_text("Book 7", exact=True)).to_be_hidden()
    await sources.get_by_text("Show 4 more").press("Enter")
    await visitor.ask("anything else")
    await visitor.answered("anything else")
    await expect(sources.get_by_text("Book 10", exact=True)).to_be_visible()


async def test_work_is_shown_while_it_is_done(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    before = (
        ToolStarted(call_id="1", tool="search_documents", text="Searching the documents"),
        Status(text="Reading", done=1, total=4),
    )
    after = (
        ToolFinished(call_id="1", tool="search_documents", status="partial", seconds=1.2, missing=("page 7",)),
        Final(text="Done."),
    )
    stage.play("work", gated(before, gate, after))
    await visitor.enter()
    await visitor.ask("work")
    await expect(visitor.page.locator(".step")).to_contain_text("Searching the documents")
    await expect(visitor.page.get_by_role("progressbar", name="Reading")).to_have_attribute("value", "1")
    await expect(visitor.page.get_by_role("status").first).to_have_text("Searching the documents")
    gate.set()
    await expect(visitor.page.locator(".step")).to_contain_text("done in part · 1.2 s")
    await expect(visitor.page.locator(".step")).to_contain_text("Missing: page 7")


async def test_a_call_that_another_worker_makes_again_is_one_step(visitor: Visitor, stage: Stage) -> None:
    begun = ToolStarted(call_id="1", tool="search_documents")
    done = ToolFinished(call_id="1", tool="search_documents", status="complete", seconds=1.2)
    stage.plays("again", begun, begun, done, Final(text="Done."))
    await visitor.enter()
    await visitor.ask("again")
    await visitor.answered("Done.")
    await expect(visitor.page.locator(".step")).to_have_text("Search documents · 1.2 s")


@pytest.mark.parametrize("how", ["button", "escape"])
async def test_an_answer_is_stopped_and_what_there_is_stays(visitor: Visitor, stage: Stage, how: str) -> None:
    stage.play("stop me", gated((Delta(text="Only this"),), asyncio.Event(), ()))
    await visitor.enter()
    await visitor.ask("stop me")
    await expect(visitor.page.locator(".answer")).to_have_text("Only this")
    if how == "button":
        await visitor.page.get_by_role("button", name="Stop", exact=True).click()
    else:
        await visitor.page.keyboard.press("Escape")
    await expect(visitor.page.locator(".asides")).to_have_text("You stopped this answer.")
    await expect(visitor.page.locator(".answer")).to_have_text("Only this")
    await expect(visitor.page.get_by_role("button", name="Send")).to_be_visible()


async def test_after_a_reload_the_conversation_is_there(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.ask("remember this")
    await visitor.answered("You said: remember this")
    await visitor.page.reload()
    await visitor.answered("You said: remember this")
    await expect(visitor.page.locator(".bubble")).to_have_text(["remember this"])
    await expect(visitor.page.get_by_role("link", name="Source 1")).to_have_count(1)


async def test_a_reload_in_mid_answer_goes_on_with_it(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.play("long", gated((Delta(text="one "),), gate, (Delta(text="two"), Final(text="one two"))))
    await visitor.enter()
    await visitor.ask("long")
    await expect(visitor.page.locator(".answer")).to_have_text("one")
    await visitor.page.reload()
    await expect(visitor.page.locator(".answer")).to_have_text("one")
    gate.set()
    await visitor.answered("one two")
    assert stage.count("long") == 1


async def test_conversations_are_listed_and_can_be_opened_again(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.ask("the first one")
    await visitor.answered("the first one")
    await visitor.page.get_by_role("button", name="New chat").first.click()
    await visitor.page.get_by_role("heading", name="What would you like to know?").wait_for()
    await visitor.ask("the second one")
    await visitor.answered("the second one")
    await visitor.page.get_by_role("navigation").get_by_role("button", name="the first one").click()
    await visitor.answered("You said: the first one")
    await expect(visitor.page.locator(".bubble")).to_have_text(["the first one"])
    await visitor.page.go_back()
    await visitor.answered("You said: the second one")


async def test_an_answer_survives_the_loss_of_the_line_exactly_once(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.play(
        "lose",
        gated(
            (Delta(text="one "), Delta(text="two ")),
            gate,
            (Delta(text="three "), Delta(text="four"), Final(text="one two three four")),
        ),
    )
    await visitor.enter()
    await visitor.ask("lose")
    await expect(visitor.page.locator(".answer")).to_have_text("one two")
    stage.line.cut()
    await expect(visitor.page.get_by_text("Reconnecting")).to_be_visible()
    gate.set()
    stage.line.mend()
    await visitor.answered("one two three four")
    assert (await visitor.page.locator(".answer").inner_text()).strip() == "one two three four"
    await expect(visitor.page.locator("li.turn")).to_have_count(1)
    await expect(visitor.page.get_by_text("Reconnecting")).to_be_hidden()
    assert stage.count("lose") == 1


async def test_a_second_tab_sees_what_happens_in_the_first(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.ask("in the first tab")
    await visitor.answered("in the first tab")
    second = await visitor.context.new_page()
    await second.goto(visitor.page.url)
    await expect(second.locator(".bubble")).to_have_text(["in the first tab"])
    await visitor.ask("and again")
    await expect(second.locator(".bubble")).to_have_text(["in the first tab", "and again"])
    await expect(second.locator(".answer").last).to_contain_text("You said: and again")
    await expect(second.locator("li.turn")).to_have_count(2)


async def test_a_message_sent_while_another_is_answered_waits_its_turn(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()
    stage.play("first", gated((Delta(text="…"),), gate, (Final(text="first done"),)))
    await visitor.enter()
    await visitor.ask("first")
    await visitor.ask("second")
    await expect(visitor.page.get_by_text("Waiting for the answer before")).to_be_visible()
    gate.set()
    await visitor.answered("You said: second")
    await expect(visitor.page.locator(".answer").first).to_have_text("first done")


async def test_a_failure_is_told_with_its_reference_and_can_be_tried_again(visitor: Visitor, stage: Stage) -> None:
    stage.plays("break", Failed(text="The search is away. Please try again.", incident="abc123", retryable=True))
    await visitor.enter()
    await visitor.ask("break")
    await expect(visitor.page.locator(".callout.error")).to_contain_text("Reference abc123")
    stage.scripts.clear()
    await visitor.page.get_by_role("button", name="Try again").click()
    await visitor.answered("You said: break")


async def test_warnings_are_shown_and_a_question_is_answered_by_a_click(visitor: Visitor, stage: Stage) -> None:
    stage.plays(
        "unclear",
        Warning(text="Page 7 could not be read.", code="unreadable"),
        Question(text="Which year?", options=("2024", "2025")),
        Final(text="Which year?", status="partial"),
    )
    await visitor.enter()
    await visitor.ask("unclear")
    await expect(visitor.page.locator(".callout.warning")).to_have_text("Page 7 could not be read.")
    await visitor.page.get_by_role("button", name="2025").click()
    await visitor.answered("You said: 2025")
    asked = next(message for message in stage.heard if message.text == "unclear")
    assert stage.heard[-1].reply_to == asked.id


async def test_a_question_is_markdown_and_gone_are_its_buttons_once_something_else_was_said(
    visitor: Visitor, stage: Stage
) -> None:
    stage.plays("pay", Question(text="May I do this?\n\n- pay (sum: `100`)", options=("Yes", "No")), Final(text=""))
    await visitor.enter()
    await visitor.ask("pay")
    await expect(visitor.page.locator(".question li code")).to_have_text("100")
    await expect(visitor.page.get_by_role("status").filter(has_text="May I do this?")).to_have_count(1)
    await visitor.ask("wait")
    await visitor.answered("You said: wait")
    await expect(visitor.page.get_by_role("button", name="Yes", exact=True)).to_have_count(0)
    await visitor.page.reload()
    await expect(visitor.page.locator(".question li")).to_be_visible()
    await expect(visitor.page.get_by_role("button", name="Yes", exact=True)).to_have_count(0)


async def test_an_answer_is_copied_with_its_sources(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.ask("copy")
    await visitor.page.get_by_role("button", name="Copy", exact=True).click()
    await expect(visitor.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = await visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied == "You said: copy [1]\n\n[1] Handbook, page 3"


async def test_a_text_that_is_too_long_is_told_before_it_is_sent(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.page.get_by_role("textbox", name="Message").fill("x" * 32_001)
    await expect(visitor.page.get_by_role("alert").first).to_contain_text("32,001 of 32,000 characters")
    await expect(visitor.page.get_by_role("button", name="Send")).to_be_disabled()


async def test_a_conversation_that_is_not_ours_is_told_and_a_new_one_begins(visitor: Visitor, stage: Stage) -> None:
    await visitor.page.goto(f"{stage.address}/#c=somebody-elses")
    await expect(visitor.page.locator(".notice.error")).to_contain_text("does not exist, or is not yours")
    await visitor.ask("hello")
    await visitor.answered("You said: hello")


async def test_the_sign_in_link_leaves_no_key_in_the_address(visitor: Visitor, stage: Stage) -> None:
    await visitor.page.goto(f"{stage.address}/?key=key")
    await visitor.page.get_by_role("heading", name="What would you like to know?").wait_for()
    assert "key" not in visitor.page.url


async def test_one_script_tag_puts_the_chat_into_the_corner_of_a_page(visitor: Visitor, stage: Stage) -> None:
    await visitor.page.goto(f"{stage.shop}/?{stage.address}/switchboard.js")
    await visitor.page.get_by_role("button", name="Open the chat").click()
    await visitor.ask("from the shop")
    await visitor.answered("You said: from the shop")
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.page.get_by_role("button", name="Open the chat")).to_be_focused()


async def test_earlier_messages_are_shown_on_request(visitor: Visitor, stage: Stage) -> None:
    await visitor.enter()
    await visitor.ask("number 0")
    await visitor.answered("number 0")
    for number in range(1, 60):
        message = replace(stage.heard[0], id=MessageId(f"message-{number:03}"), text=f"number {number}")
        await stage.assistant.offer(message)
    await visitor.page.reload()
    bubbles = visitor.page.locator(".bubble")
    await expect(bubbles).to_have_count(50)
    await expect(bubbles.last).to_be_in_viewport()
    await visitor.page.get_by_role("button", name="Show earlier messages").click()
    await expect(bubbles).to_have_count(60)
    await expect(bubbles.first).to_have_text("number 0")
    await expect(visitor.page.get_by_role("button", name="Show earlier messages")).to_be_hidden()


async def test_a_long_answer_is_read_from_its_beginning_and_its_reader_left_there_while_it_grows(
    visitor: Visitor, stage: Stage
) -> None:
    gate = asyncio.Event()
    long = "\n\n".join(f"Paragraph {number}." for number in range(60))
    stage.play(
        "grow", gated((Delta(text=long),), gate, (Delta(text="\n\nThe end."), Final(text=f"{long}\n\nThe end.")))
    )
    await visitor.enter()
    await visitor.ask("grow")
    await expect(visitor.page.locator(".answer").get_by_text("Paragraph 59.", exact=True)).to_be_attached()
    await expect(visitor.page.locator(".answer").get_by_text("Paragraph 0.", exact=True)).to_be_in_viewport()
    await expect(visitor.page.get_by_role("button", name="Go to the newest")).to_be_visible()
    gate.set()
    await visitor.answered("The end.")
    await expect(visitor.page.locator(".answer").get_by_text("Paragraph 0.", exact=True)).to_be_in_viewport()
    await visitor.page.get_by_role("button", name="Go to the newest").click()
    await expect(visitor.page.locator(".answer").get_by_text("The end.", exact=True)).to_be_in_viewport()
