"""A long report from upload to answer, in a browser, with the real assistant and its embedded models."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from agent.assistant import build
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.running import QUICK
from tests.channels.websocket.conftest import site_of
from tests.long_files import report, town

expect.set_options(timeout=30_000)  # readers and encoders start first, on whatever else the machine does
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where an assistant is served that works on jobs itself."""
    folder = tmp_path_factory.mktemp("summaries")
    settings = load(None, {**QUICK, "SWITCHBOARD_DATA_DIR": str(folder)})
    assistant = build(settings, Setup(settings))
    assistant.work()
    async with site_of(assistant) as site:  # type: ignore[arg-type]
        yield site.address


@pytest_asyncio.fixture(loop_scope="session")
async def chat(browser: Browser, address: str) -> AsyncIterator[Page]:
    """The page of a new visitor."""
    context = await browser.new_context()
    context.set_default_timeout(30_000)
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_role("heading", name="What would you like to know?").wait_for()
    yield page
    await context.close()


async def say(page: Page, text: str, **files: bytes) -> None:
    if files:
        given = [{"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": data} for name, data in files.items()]
        await page.set_input_files("input[type=file]", files=given)  # type: ignore[arg-type]
        await expect(page.locator(".upload[data-state=ready]")).to_have_count(len(files))
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.keyboard.press("Enter")


async def test_a_hundred_pages_are_summarised_and_asked_about_with_pages_that_open(chat: Page) -> None:
    await say(chat, "Summarise this", plants=report(100))
    card = chat.locator(".job")
    await chat.get_by_role("progressbar", name=re.compile("plants|sentences|searchable")).wait_for()
    await expect(chat.locator(".answer").first).to_contain_text("plants.pdf” (100 pages) takes a moment to summarise.")
    result = chat.locator("li.turn", has_text="key sentences, quoted from the document")
    await result.wait_for()
    await expect(card.locator(".words")).to_have_text("Done, see below")
    await expect(result.locator(".answer")).to_contain_text("plants.pdf (100 pages)")
    links = result.get_by_role("region", name="Sources").get_by_role("link")
    assert await links.count() >= 5
    for link in await links.all():
        address = await link.get_attribute("href") or ""
        page_number = re.search(r"#page=(\d+)$", address)
        assert page_number
        await expect(link).to_contain_text(f"Page {page_number[1]}")
        answer = await chat.request.get(await link.evaluate("each => each.href"))
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    await say(chat, f"What does the manager of {town(73)} expect?")
    found = chat.locator("li.turn", has_text="2 new customers").last
    await expect(found.get_by_role("region", name="Sources")).to_contain_text("Page 73")


async def test_of_two_files_the_one_that_is_chosen_is_summarised(chat: Page) -> None:
    await say(chat, "Summarise this", first=report(2), second=report(3))
    await chat.get_by_role("button", name="Summarise second.pdf").click()
    await expect(chat.locator("li.turn").last.locator(".answer")).to_contain_text("second.pdf (3 pages)")


async def test_what_can_not_be_read_and_what_is_not_there_is_told(chat: Page) -> None:
    await say(chat, "Summarise this")
    await expect(chat.locator(".answer").last).to_contain_text("There is nothing to summarise here yet.")
    await say(chat, "Summarise this", broken=b"%PDF-1.7 and no more")
    await expect(chat.locator(".answer").last).to_contain_text("broken.pdf can't be read: the file is damaged")
