"""A draft in the web chat, with the real assistant: the questions, the picture of the first page, and the files."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from agent.assistant import build
from channels.websocket.serve import running
from channels.websocket.settings import WebSettings
from switchboard import Principal
from switchboard.settings import load

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A served assistant with all its parts and nothing in its library."""
    assistant = build(load(None, {"SWITCHBOARD_DATA_DIR": str(tmp_path)}))
    owner = Principal(id="owner", verified=True)
    async with running(assistant, WebSettings(secret=b"s" * 32, port=0, owner_key="key", owner=owner)) as served:
        yield served
    await assistant.close()


async def test_a_draft_is_asked_for_shown_and_downloaded(browser: Browser, address: str) -> None:
    context = await browser.new_context(accept_downloads=True)
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.goto(address)
    box = page.get_by_role("textbox", name="Message")
    done = page.locator("li.turn[data-state=done]")
    for number, text in enumerate(("Draft an NDA between A Ltd and B GmbH", "solar", "2 years", "German law"), start=1):
        await box.fill(text)
        await page.keyboard.press("Enter")
        await expect(done).to_have_count(number)
    await expect(done.nth(0)).to_contain_text("What do the parties want to talk about")
    draft = done.nth(3)
    await expect(draft.locator(".answer")).to_contain_text("This is a draft, not legal advice")
    picture = draft.locator("img").first
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") == 900
    async with page.expect_download() as download:
        await draft.get_by_role("link", name="v1.docx").first.click()
    saved = await (await download.value).path()
    assert saved.read_bytes().startswith(b"PK")
    await context.close()
