"""``switchboard serve`` as a process of its own, with an assistant that plays a script."""

import argparse
import asyncio
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard.commands.serve import _retaining, port_number
from switchboard.settings import load

SCRIPTED = Path(__file__).parents[1] / "channels" / "terminal" / "scripted_assistant.py"
PROGRAM = """
import runpy, sys
from contextlib import asynccontextmanager
from switchboard.__main__ import main
from switchboard.commands import running

scripted = runpy.run_path(sys.argv[1])["ScriptedAssistant"]

@asynccontextmanager
async def instead(setup, **options):
    yield scripted()
    import asyncio
    await asyncio.sleep(0)
    print("closed in good order")

running.assistant = instead
sys.exit(main(sys.argv[2:]))
"""


def start(data: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(SCRIPTED), "serve", "--data-dir", str(data), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with start(tmp_path, "--port", "0") as process:
        yield process
        if process.poll() is None:
            process.kill()


def greeting(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    return "".join(lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_in_good_order(server: subprocess.Popen[str], number: signal.Signals) -> None:
    text = greeting(server)
    address = re.search(r"http://127\.0\.0\.1:\d+", text)
    assert address
    assert f"{address[0]}/?key=" in text
    assert "2 documents" in text
    assert "scripted" in text
    assert "How long is parental leave?" in text
    with urllib.request.urlopen(f"{address[0]}/health") as answer:
        assert answer.status == 200
    server.send_signal(number)
    out, err = server.communicate(timeout=30)
    assert (server.returncode, out, err) == (0, "closed in good order\n", "")


def test_a_port_in_use_is_a_sentence(server: subprocess.Popen[str], tmp_path: Path) -> None:
    port = re.search(r"127\.0\.0\.1:(\d+)", greeting(server))
    assert port
    with start(tmp_path, "--port", port[1]) as second:
        _, err = second.communicate(timeout=30)
    assert second.returncode == 2
    assert err == f"switchboard: Port {port[1]} is in use by another program. Choose another with --host and --port.\n"


async def test_while_it_serves_unused_conversations_are_forgotten() -> None:
    forgetting, days_ago = asyncio.Event(), []

    class Keeper:
        async def forget_unused(self, before: float) -> int:
            days_ago.append((time.time() - before) / 86_400)
            forgetting.set()
            return 0

    async with _retaining(Keeper(), 3):  # type: ignore[arg-type]
        await forgetting.wait()
    assert days_ago == [pytest.approx(3, abs=0.01)]


async def test_unless_the_settings_say_so_all_conversations_are_kept() -> None:
    before = asyncio.all_tasks()
    async with _retaining(object(), load(None, {}).retention.days):  # type: ignore[arg-type]
        assert asyncio.all_tasks() == before


@pytest.mark.parametrize("text", ["-1", "65536", "x", "", "٣"])
def test_a_port_is_a_number(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        port_number(text)
