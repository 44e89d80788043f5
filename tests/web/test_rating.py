"""What a person thinks of an answer, told in a real browser."""

import pytest
from playwright.async_api import Locator, expect

from switchboard import Feedback, Final

from .conftest import Stage, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


def button(visitor: Visitor, name: str) -> Locator:
    group = visitor.page.get_by_role("group", name="Was this answer helpful?")
    return group.get_by_role("button", name=name, exact=True)


async def given(stage: Stage) -> list[Feedback]:
    """What was thought of the newest answer that was heard."""
    message = stage.heard[-1]
    turn = await stage.assistant.turn(message.conversation, message.id)
    return list(turn.feedback) if turn else []


async def test_an_opinion_is_kept_and_shown_after_a_reload(visitor: Visitor, stage: Stage) -> None:
    await visitor.enter()
    await visitor.ask("rate me")
    await visitor.answered("You said: rate me")
    await expect(button(visitor, "Helpful")).to_have_attribute("aria-pressed", "false")
    await button(visitor, "Helpful").click()
    await expect(visitor.page.get_by_role("status").filter(has_text="Thank you for telling us.")).to_be_visible()
    await expect(button(visitor, "Helpful")).to_have_attribute("aria-pressed", "true")
    await visitor.page.reload()
    await expect(button(visitor, "Helpful")).to_have_attribute("aria-pressed", "true")
    await expect(button(visitor, "Not helpful")).to_have_attribute("aria-pressed", "false")
    assert [(one.verdict, one.comment) for one in await given(stage)] == [("good", "")]


async def test_who_was_not_helped_can_say_why_with_the_keyboard_alone(visitor: Visitor, stage: Stage) -> None:
    await visitor.enter()
    await visitor.ask("rate me")
    await visitor.answered("You said: rate me")
    await button(visitor, "Not helpful").focus()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.get_by_role("textbox", name="What was wrong? (optional)")).to_be_focused()
    await visitor.page.keyboard.type("The year is wrong.")
    await visitor.page.keyboard.press("Enter")
    await expect(button(visitor, "Not helpful")).to_be_focused()
    await expect(button(visitor, "Not helpful")).to_have_attribute("aria-pressed", "true")
    await expect(visitor.page.get_by_role("textbox", name="What was wrong? (optional)")).to_be_hidden()
    await visitor.page.reload()
    await expect(button(visitor, "Not helpful")).to_have_attribute("aria-pressed", "true")
    assert [(one.verdict, one.comment) for one in await given(stage)] == [("bad", "The year is wrong.")]


async def test_an_opinion_given_without_a_line_is_told_once_there_is_one(visitor: Visitor, stage: Stage) -> None:
    await visitor.enter()
    await visitor.ask("rate me")
    await visitor.answered("You said: rate me")
    stage.line.cut()
    await expect(visitor.page.get_by_text("Reconnecting")).to_be_visible()
    await button(visitor, "Helpful").click()
    stage.line.mend()
    await expect(visitor.page.get_by_text("Reconnecting")).to_be_hidden()
    await visitor.ask("and now")
    await visitor.answered("You said: and now")
    message = next(one for one in stage.heard if one.text == "rate me")
    turn = await stage.assistant.turn(message.conversation, message.id)
    assert turn is not None
    assert [one.verdict for one in turn.feedback] == ["good"]


async def test_an_answer_that_failed_is_not_rated(visitor: Visitor, stage: Stage) -> None:
    stage.plays("fail", Final(text="", status="failed"))
    await visitor.enter()
    await visitor.ask("fail")
    await visitor.page.locator("li.turn[data-state=done], li.turn[data-state=failed]").wait_for()
    await expect(visitor.page.get_by_role("group", name="Was this answer helpful?")).to_be_hidden()
