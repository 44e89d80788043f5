"""The widget on a gateway: a bridge holds the sockets as API Gateway does, and the functions' desk takes the frames."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import async_playwright
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from channels.gateway.opening import opened
from channels.gateway.posting import Gone
from channels.gateway.tickets import issue
from switchboard import Refused
from switchboard.connections import Connection
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.models import Say
from tests.channels.gateway.stage import ANN, FRAME_LIMIT, SECRET, Stage, a_stage
from tests.channels.websocket.conftest import site_of

from .conftest import CHROMIUM, FLAGS

LONG = "A sentence of some length. " * 3_000


class Bridge:
    """A gateway of this machine: it closes with 1009 what is too large, as the real one does."""

    def __init__(self, stage: Stage) -> None:
        self.sockets: dict[str, ServerConnection] = {}
        self.opened = 0
        self._stage = stage

    async def serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        query = {name: values[0] for name, values in parse_qs(urlsplit(socket.request.path).query).items()}
        self.opened += 1
        name = f"socket-{self.opened}"
        event = {
            "headers": dict(socket.request.headers.raw_items()),
            "queryStringParameters": query,
            "requestContext": {"connectionId": name, "domainName": "gateway.test", "stage": "prod"},
        }
        try:
            connection = await opened(event, self._stage.channel.settings, tenant="local", now=time.time())
        except Refused:
            return
        await self._stage.channel.hall.connections.add(connection)
        self.sockets[name] = socket
        try:
            async for text in socket:
                await self._stage.desk.take(name, str(text))
        except ConnectionClosed:
            pass
        del self.sockets[name]
        await self._stage.desk.leave(name)

    async def send(self, connection: Connection, text: str) -> None:
        try:
            await self.sockets[connection.id].send(text)
        except (KeyError, ConnectionClosed):
            raise Gone from None


@asynccontextmanager
async def page_server(widget: str, socket: str) -> AsyncIterator[str]:
    """A site with the widget in its page, which knows who its visitor is."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
        body = issue(SECRET.encode(), ANN, tenant="local", now=time.time())
        if path == b"/":
            chat = f'<switchboard-chat socket="{socket}" ticket="/ticket" server="{widget}"></switchboard-chat>'
            body = (
                f'<!doctype html><title>Shop</title>{chat}<script type="module" src="{widget}/switchboard.js"></script>'
            )
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_the_widget_talks_through_a_gateway_and_comes_back_when_it_is_cut_off() -> None:
    async with AsyncExitStack() as stack:
        probe = await stack.enter_async_context(site_of(FakeAssistant()))
        script = ["Short.", Say(text=LONG, words=200), "Back again."]
        stage = await stack.enter_async_context(a_stage(script))
        bridge = Bridge(stage)
        stage.sockets.send = bridge.send  # type: ignore[method-assign]
        gateway = await stack.enter_async_context(serve(bridge.serve, "127.0.0.1", 0, max_size=FRAME_LIMIT))
        port = gateway.sockets[0].getsockname()[1]
        site = await stack.enter_async_context(page_server(probe.address, f"ws://127.0.0.1:{port}/prod"))
        settings = stage.channel.settings.model_copy(update={"origins": (site,)})
        stage.channel.settings = settings
        driver = await stack.enter_async_context(async_playwright())
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stack.push_async_callback(browser.close)
        page = await browser.new_page()
        await page.goto(site)
        box = page.get_by_role("textbox")
        await box.fill("Hello")
        await box.press("Enter")
        await page.get_by_text("Short.").first.wait_for()
        await box.fill('A long "question". ' * 1_600)
        await box.press("Enter")
        await page.get_by_text("A sentence of some length.").last.wait_for()
        for socket in list(bridge.sockets.values()):
            await socket.close(1001)
        await box.fill("Are you there?")
        await box.press("Enter")
        await page.get_by_text("Back again.").first.wait_for()
        assert bridge.opened == 2
        turns = await stage.assistant.conversations(ANN, tenant="local")
        assert turns[0].turns == 3
