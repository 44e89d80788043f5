"""The chat for people who use a keyboard, a screen reader, a phone, the dark, or little motion."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect

from switchboard import Citation, Delta, Event, Final, Message, Warning

from .conftest import Stage, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

RICH = (
    Citation(
        number=1, title="A title that goes on and on " * 5, source="x.pdf", page=2, quote="q", document="handbook"
    ),
    Warning(text="Mind the gap.", code="x"),
    Final(
        text="# Heading\n\nText [1] and " + "averylongword" * 20 + "\n\n| a | b | c |\n|---|---|---|\n"
        "| " + "wide" * 30 + " | 2 | 3 |\n\n```\n" + "code " * 60 + "\n```"
    ),
)
UNNAMED = """(root) => [...root.querySelectorAll("button, a[href], textarea, progress, nav, [role=region], img")]
    .filter((node) => node.checkVisibility())
    .filter((node) => !(node.getAttribute("aria-label") || node.alt || node.textContent.trim()))
    .map((node) => node.outerHTML)"""
CONTRAST = """(root) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const paint = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
    const grounds = (node) => node ? [...grounds(node.parentElement), getComputedStyle(node).backgroundColor] : [];
    const poor = [];
    for (const node of root.querySelectorAll("*")) {
        const speaks = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
        if (!speaks || !node.checkVisibility() || node.closest(".unseen, .quote, :disabled")) continue;
        const below = grounds(node);
        const [text, ground] = [paint([...below, getComputedStyle(node).color]), paint(below)].map(light);
        const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
        if (ratio < 4.5) poor.push(`${node.className}: ${node.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
    }
    return poor;
}"""


def panel(page: Page) -> Locator:
    return page.locator(".panel")


async def focused(page: Page) -> str:
    """The name of what has the focus."""
    return str(
        await page.evaluate(
            """() => {
            const node = document.querySelector("switchboard-chat").shadowRoot.activeElement;
            return node?.getAttribute("aria-label") || node?.textContent.trim() || "";
            }"""
        )
    )


async def tab_to(page: Page, name: str, *, key: str = "Tab") -> None:
    for _ in range(40):
        if (await focused(page)).startswith(name):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{name} is not reached")


async def test_everything_can_be_done_with_the_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.enter()
    await tab_to(page, "Message")
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await visitor.answered("second line")
    assert await focused(page) == "Message"
    await tab_to(page, "Source 1", key="Shift+Tab")
    await expect(page.locator(".quote")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".quote")).to_be_hidden()
    async with visitor.context.expect_page() as opened:
        await page.keyboard.press("Enter")
    assert (await opened.value).url
    await tab_to(page, "New chat", key="Shift+Tab")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="What would you like to know?").wait_for()
    assert await focused(page) == "Message"


async def test_what_has_the_focus_can_be_seen(visitor: Visitor) -> None:
    await visitor.enter()
    await tab_to(visitor.page, "Colours")
    style = await visitor.page.get_by_role("button", name="Colours").evaluate(
        "(node) => getComputedStyle(node).outlineStyle"
    )
    assert style == "solid"


async def test_enter_belongs_to_the_keyboard_while_a_word_is_composed(visitor: Visitor, stage: Stage) -> None:
    await visitor.enter()
    box = visitor.page.get_by_role("textbox", name="Message")
    await box.fill("にほん")
    await box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    await expect(box).to_have_value("にほん")


async def test_everything_has_a_name(visitor: Visitor, stage: Stage) -> None:
    stage.plays("rich", *RICH)
    await visitor.enter()
    assert await panel(visitor.page).evaluate(UNNAMED) == []
    await visitor.ask("rich")
    await visitor.answered("Heading")
    assert await panel(visitor.page).evaluate(UNNAMED) == []


async def test_landmarks_and_headings_tell_where_one_is(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.enter()
    await visitor.ask("where")
    await visitor.answered("where")
    await expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()
    await expect(page.get_by_role("region", name="Conversation", exact=True)).to_be_visible()
    await expect(page.get_by_role("heading", name="You said", level=2)).to_have_count(1)
    await expect(page.get_by_role("heading", name="Answer", level=2)).to_have_count(1)


async def test_a_screen_reader_hears_the_answer_once_and_not_word_by_word(visitor: Visitor, stage: Stage) -> None:
    gate = asyncio.Event()

    async def script(message: Message) -> AsyncIterator[Event]:
        for word in ("one ", "two ", "three"):
            yield Delta(text=word)
        await gate.wait()
        yield Final(text="one two three")

    stage.play("aloud", script)
    await visitor.enter()
    await visitor.ask("aloud")
    await expect(visitor.page.locator(".answer")).to_have_text("one two three")
    live = visitor.page.locator("[aria-live=polite]")
    await expect(live).to_have_text("")
    assert await visitor.page.locator(".answer").evaluate("(node) => node.closest('[aria-live]')") is None
    gate.set()
    await expect(live).to_have_text("one two three")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_can_be_told_from_its_ground(visitor: Visitor, stage: Stage, scheme: str) -> None:
    stage.plays("rich", *RICH)
    await visitor.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await visitor.enter()
    assert await panel(visitor.page).evaluate(CONTRAST) == []
    await visitor.ask("rich")
    await visitor.answered("Heading")
    assert await panel(visitor.page).evaluate(CONTRAST) == []


async def test_colours_follow_the_device_until_somebody_chooses(visitor: Visitor) -> None:
    page = visitor.page

    async def ground() -> str:
        return str(await panel(page).evaluate("(node) => getComputedStyle(node).backgroundColor"))

    await page.emulate_media(color_scheme="dark")
    await visitor.enter()
    assert await ground() == "rgb(22, 23, 26)"
    await page.get_by_role("button", name="Colours: as on this device").click()
    assert await ground() == "rgb(255, 255, 255)"
    await page.reload()
    await page.get_by_role("button", name="Colours: light").click()
    assert await ground() == "rgb(22, 23, 26)"


async def test_on_a_phone_nothing_scrolls_sideways_and_nothing_is_too_small(visitor: Visitor, stage: Stage) -> None:
    stage.plays("rich", *RICH)
    await visitor.enter(width=360, height=700)
    await visitor.ask("rich")
    await visitor.answered("Heading")
    page = visitor.page
    for selector in ("html", ".scroll", ".main"):
        assert await page.locator(selector).evaluate("(node) => node.scrollWidth <= node.clientWidth"), selector
    size = await page.get_by_role("textbox").evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")
    assert size >= 16
    for button in await page.locator(".main").get_by_role("button").all():
        box = await button.bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 24


async def test_on_a_phone_the_list_lies_over_the_chat_and_gives_the_focus_back(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.enter(width=390, height=844)
    await expect(page.get_by_role("navigation")).to_be_hidden()
    await page.get_by_role("button", name="Show or hide").click()
    assert await focused(page) == "New chat"
    assert await page.locator(".main").evaluate("(node) => node.inert")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("navigation")).to_be_hidden()
    assert (await focused(page)).startswith("Show or hide")


async def test_a_phone_that_is_turned_covers_nothing_and_takes_no_focus(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.enter(width=1000, height=600)
    await page.get_by_role("textbox", name="Message").focus()
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.get_by_role("navigation")).to_be_hidden()
    assert await focused(page) == "Message"
    await page.get_by_role("button", name="Show or hide").click()
    await page.set_viewport_size({"width": 1000, "height": 600})
    await expect(page.get_by_role("navigation")).to_be_visible()
    assert not await page.locator(".main").evaluate("(node) => node.inert")


async def test_with_reduced_motion_nothing_spins_fast(visitor: Visitor, stage: Stage) -> None:
    stage.play("wait", waiting)
    await visitor.page.emulate_media(reduced_motion="reduce")
    await visitor.enter()
    await visitor.ask("wait")
    dot = visitor.page.locator(".thinking i").first
    assert await dot.evaluate("(node) => getComputedStyle(node).animationName") == "none"


async def waiting(message: Message) -> AsyncIterator[Event]:
    await asyncio.get_running_loop().create_future()
    yield Final(text="")
