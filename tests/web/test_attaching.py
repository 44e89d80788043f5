"""Files that people attach in the web chat, in a real browser."""

import asyncio
import re

import pytest
from playwright.async_api import WebSocketRoute, expect

from .conftest import Stage, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_file_is_uploaded_and_asked_about(visitor: Visitor, stage: Stage) -> None:
    await visitor.enter()
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"remember the milk"}
    await visitor.page.set_input_files("input[type=file]", files=[note])
    await expect(visitor.page.locator(".upload[data-state=ready]")).to_contain_text("17 bytes")
    await visitor.ask("what does it say?")
    await visitor.answered("what does it say?")
    assert [(file.name, file.size) for file in stage.heard[-1].attachments] == [("note.txt", 17)]
    await expect(visitor.page.get_by_role("link", name="note.txt")).to_have_attribute(
        "href", re.compile("/files/[0-9a-f]{64}")
    )


async def test_a_file_that_is_chosen_before_the_line_is_open_goes_with_the_message(
    visitor: Visitor, stage: Stage
) -> None:
    held: asyncio.Queue[tuple[WebSocketRoute, str | bytes]] = asyncio.Queue()

    def hold(line: WebSocketRoute) -> None:
        line.connect_to_server().on_message(lambda frame: held.put_nowait((line, frame)))

    await visitor.page.route_web_socket("**/ws", hold)
    await visitor.page.goto(stage.address)
    file = {"name": "rules.txt", "mimeType": "text/plain", "buffer": b"The first rule."}
    await visitor.page.set_input_files("input[type=file]", files=[file])
    upload = visitor.page.locator(".upload")
    await expect(upload).to_have_attribute("data-state", "uploading")
    line, welcome = await held.get()
    line.send(welcome)
    await expect(upload).to_have_attribute("data-state", "ready")


async def test_a_file_that_is_too_large_or_empty_is_told_before_it_is_sent(visitor: Visitor) -> None:
    await visitor.enter()
    large = {"name": "large.bin", "mimeType": "application/pdf", "buffer": b"x" * 150_000}
    empty = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    await visitor.page.set_input_files("input[type=file]", files=[large, empty])
    failed = visitor.page.locator(".upload[data-state=failed]")
    await expect(failed.first).to_contain_text("150 kB is too large; 100 kB is the most")
    await expect(failed.last).to_contain_text("This file is empty")
    await visitor.page.get_by_role("textbox", name="Message").fill("What is in them?")
    await expect(visitor.page.get_by_role("alert")).to_contain_text("A file is not there")
    await expect(visitor.page.get_by_role("button", name="Send")).to_be_disabled()
    for name in ("large.bin", "empty.txt"):
        await visitor.page.get_by_role("button", name=f"Remove {name}").click()
    await expect(visitor.page.get_by_role("button", name="Send")).to_be_enabled()


async def test_dropped_and_pasted_files_are_attached(visitor: Visitor) -> None:
    await visitor.enter()
    await visitor.page.evaluate(
        """() => {
        const root = document.querySelector("switchboard-chat").shadowRoot;
        const carry = (name) => {
            const data = new DataTransfer();
            data.items.add(new File(["x"], name));
            return data;
        };
        const drop = new DragEvent("drop", { dataTransfer: carry("dropped.txt"), bubbles: true });
        root.querySelector(".panel").dispatchEvent(drop);
        const paste = new ClipboardEvent("paste", { clipboardData: carry("pasted.txt"), bubbles: true });
        root.querySelector("textarea").dispatchEvent(paste);
        }"""
    )
    ready = visitor.page.locator(".upload[data-state=ready] .name")
    await expect(ready).to_have_text(["dropped.txt", "pasted.txt"])
    await visitor.page.get_by_role("button", name="Remove dropped.txt").click()
    await expect(ready).to_have_text(["pasted.txt"])
