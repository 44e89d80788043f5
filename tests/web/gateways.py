"""What stands between a browser and the functions' desk: a gateway of this machine, and a site with the widget."""

import asyncio
import socket as sockets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Page, async_playwright
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from channels.gateway.opening import opened
from channels.gateway.posting import Gone
from channels.gateway.tickets import issue
from switchboard import Refused
from switchboard.connections import Connection
from tests.channels.gateway.stage import ANN, FRAME_LIMIT, SECRET, Stage

from .conftest import CHROMIUM, FLAGS


class Bridge:
    """A gateway of this machine: it closes with 1009 what is too large, and takes frames one after the other."""

    def __init__(self, stage: Stage) -> None:
        self.sockets: dict[str, ServerConnection] = {}
        self.opened = 0
        self.stage = stage
        stage.sockets.send = self.send  # type: ignore[method-assign]

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
            connection = await opened(event, self.stage.channel.settings, tenant="local", now=time.time())
        except Refused:
            return
        await self.stage.channel.hall.connections.add(connection)
        self.sockets[name] = socket
        try:
            async for text in socket:
                await self.take(name, str(text))
        except ConnectionClosed:
            pass
        del self.sockets[name]
        await self.stage.desk.leave(name)

    async def take(self, name: str, text: str) -> None:
        """Give a frame to the desk."""
        await self.stage.desk.take(name, text)

    async def send(self, connection: Connection, text: str) -> None:
        try:
            await self.sockets[connection.id].send(text)
        except (KeyError, ConnectionClosed):
            raise Gone from None


@dataclass(frozen=True, kw_only=True)
class Site:
    """A page with the widget in it, and a browser that shows it."""

    address: str
    page: Page

    async def ask(self, text: str) -> None:
        box = self.page.get_by_role("textbox")
        await box.fill(text)
        await box.press("Enter")


@asynccontextmanager
async def a_site(widget: str, chat: str, *, listening: sockets.socket | None = None) -> AsyncIterator[Site]:
    """A site which knows who its visitor is, shown by Chromium.

    Args:
        widget: Where the widget's files are.
        chat: The address of the gateway.
        listening: A socket for the site, where its address has to be known before.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
        body = issue(SECRET.encode(), ANN, tenant="local", now=time.time())
        if path == b"/":
            tag = f'<switchboard-chat socket="{chat}" ticket="/ticket" server="{widget}"></switchboard-chat>'
            script = f'<script type="module" src="{widget}/switchboard.js"></script>'
            body = f"<!doctype html><title>Shop</title>{tag}{script}"
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()

    async with AsyncExitStack() as stack:
        place = {"sock": listening} if listening is not None else {"host": "127.0.0.1", "port": 0}
        server = await stack.enter_async_context(await asyncio.start_server(answer, **place))
        driver = await stack.enter_async_context(async_playwright())
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stack.push_async_callback(browser.close)
        yield Site(address=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", page=await browser.new_page())


@asynccontextmanager
async def bridged(widget: str, bridge: Bridge) -> AsyncIterator[Site]:
    """A site whose chat goes through a bridge."""
    async with serve(bridge.serve, "127.0.0.1", 0, max_size=FRAME_LIMIT) as gateway:
        port = gateway.sockets[0].getsockname()[1]
        async with a_site(widget, f"ws://127.0.0.1:{port}/prod") as site:
            channel = bridge.stage.channel
            channel.settings = channel.settings.model_copy(update={"origins": (site.address,)})
            await site.page.goto(site.address)
            yield site
