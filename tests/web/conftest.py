"""A real browser, a real server whose assistant plays what a test tells it, and a line between them that can be cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright

from channels.websocket.serve import running
from channels.websocket.settings import WebSettings
from switchboard import Event, Message, Principal
from switchboard.assistant import SourceFile
from switchboard.storage import Job
from switchboard.testing.assistant import FakeAssistant, Script, quote_back
from switchboard.testing.fake_jobs import JobScript, count_to_three

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIBRARY = {
    "handbook": SourceFile(name="handbook.txt", title="Handbook", media_type="text/plain", data=b"As it is written.")
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped, by name and with what to do."""
    skip = pytest.mark.skip(reason=f"needs {CHROMIUM}: apt-get install chromium")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.exists():
                item.add_marker(skip)


class Line:
    """A TCP line to the server that can be cut in the middle of anything, and mended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._whole = True
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        self._whole = False
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        self._whole = True

    async def close(self) -> None:
        self.cut()
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        for source, target in ((reader, back), (there, writer)):
            self._writers.add(target)
            task = asyncio.create_task(self._pump(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        target.close()
        self._writers.discard(target)


async def open_shop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Somebody else's page: it shows the chat whose script the query names."""
    line = (await reader.readuntil(b"\r\n\r\n")).decode().partition(" HTTP/")[0]
    page = (
        f'<!doctype html><title>Shop</title><h1>Shop</h1><script type="module" src="{line.partition("?")[2]}"></script>'
    )
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n{page}".encode())
    await writer.drain()
    writer.close()


@dataclass
class Stage:
    """What the assistant plays, by the text of the message; anything else is quoted back."""

    line: Line
    address: str
    shop: str
    assistant: FakeAssistant = field(default_factory=FakeAssistant)
    scripts: dict[str, Script] = field(default_factory=dict)
    heard: list[Message] = field(default_factory=list)
    work: JobScript = count_to_three

    def play(self, text: str, script: Script) -> None:
        self.scripts[text] = script

    def plays(self, text: str, *events: Event) -> None:
        async def script(message: Message) -> AsyncIterator[Event]:
            for event in events:
                yield event

        self.play(text, script)

    def count(self, text: str) -> int:
        """How often a message of this text was answered."""
        return sum(message.text == text for message in self.heard)

    async def labour(self, job: Job) -> AsyncIterator[Event]:
        async for event in self.work(job):
            yield event

    async def perform(self, message: Message) -> AsyncIterator[Event]:
        self.heard.append(message)
        async for event in self.scripts.get(message.text, quote_back)(message):
            yield event


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    shop = await asyncio.start_server(open_shop, "127.0.0.1", 0)
    stage = Stage(line=Line(0), address="", shop=f"http://127.0.0.1:{shop.sockets[0].getsockname()[1]}")
    assistant = FakeAssistant(
        stage.perform,
        job_script=stage.labour,
        library=LIBRARY,
        suggestions=("What is in the handbook?", "Is there anything else?"),
    )
    owner = Principal(id="owner", verified=True)
    stage.assistant = assistant
    settings = WebSettings(
        secret=b"s" * 32, port=0, owner_key="key", owner=owner, upload_limit=100_000, origins=(stage.shop,)
    )
    async with running(assistant, settings) as address:
        stage.line = Line(urlsplit(address).port or 0)
        stage.address = await stage.line.open()
        yield stage
        await stage.line.close()
    shop.close()
    await assistant.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Visitor:
    """A browser of its own, with what went wrong in it."""

    context: BrowserContext
    page: Page
    stage: Stage
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def enter(self, *, width: int = 1280, height: int = 860) -> None:
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.goto(self.stage.address)
        await self.page.get_by_role("heading", name="What would you like to know?").wait_for()

    async def ask(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Message").fill(text)
        await self.page.keyboard.press("Enter")

    async def answered(self, text: str) -> None:
        """Wait until an answer of this text has ended."""
        turn = self.page.locator("li.turn[data-state=done]")
        await turn.locator(".answer", has_text=text).first.wait_for()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, stage: Stage) -> AsyncIterator[Visitor]:
    context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(15_000)
    page = await context.new_page()
    visitor = Visitor(context=context, page=page, stage=stage)

    async def only_here(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            await route.continue_()
        else:
            visitor.foreign.append(route.request.url)
            await route.abort()

    await context.route("**/*", only_here)
    page.on("pageerror", lambda error: visitor.faults.append(str(error)))
    page.on("dialog", lambda dialog: visitor.faults.append(f"dialog {dialog.message}"))
    stage.line.mend()
    yield visitor
    await context.close()
    assert visitor.foreign == []
    assert visitor.faults == []


@pytest.fixture(autouse=True)
def clean_stage(stage: Stage) -> None:
    stage.scripts.clear()
    stage.heard.clear()
    stage.work = count_to_three
