"""The server as a process: its port, its readiness, and how it ends."""

import asyncio
import json
import signal
import socket
import sys

import pytest
from websockets.asyncio.client import connect

from channels.websocket.serve import listen, loop_factory, running
from switchboard import ConfigError
from switchboard.testing.assistant import FakeAssistant

from .conftest import web_settings

PROGRAM = """
import asyncio
from channels.websocket.serve import serve
from channels.websocket.settings import WebSettings
from switchboard.testing.assistant import FakeAssistant

async def main():
    settings = WebSettings(secret=b"s" * 32, port=0)
    await serve(FakeAssistant(), settings, ready=lambda address: print(address, flush=True))
    print("closed in good order")

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_server_in_good_order_and_clients_are_told_to_come_back(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().strip()
    async with connect(address.replace("http", "ws") + "/ws") as client:
        await client.send(json.dumps({"type": "hello", "v": 1}))
        await client.recv()
        process.send_signal(number)
        await client.wait_closed()
        assert client.close_code == 1012
    out, _ = await process.communicate()
    assert (process.returncode, out) == (0, b"closed in good order\n")


async def test_a_port_in_use_is_told_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"Port {port} is in use.*--port"):
            async with running(FakeAssistant(), web_settings(port=port)):
                pass


def test_a_host_that_is_not_ours_is_told() -> None:
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1 is not one of this machine"):
        listen("192.0.2.1", 0)


def test_the_fast_loop_is_used_where_it_is_installed() -> None:
    factory = loop_factory()
    assert factory is not None
    assert factory.__module__.startswith("uvloop")
