"""Other processes for tests: real ones, which start together and can be killed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRELUDE = """
import asyncio, sys
from pathlib import Path
from stores.folder import FolderBlobStore
from stores.sqlite import SqliteConversationStore
from switchboard.errors import BackendError, ConfigError
from switchboard.identity import MessageId
from switchboard.testing.samples import a_change, a_conversation, a_message, a_turn

def say(line):
    print(line, flush=True)

def wait_for_the_start():
    say("ready")
    sys.stdin.readline()
"""


class Process:
    """A process that runs ``async def main()`` of ``body`` with ``sys.argv``, from when it says that it is ready."""

    def __init__(self, body: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"{PRELUDE}\n{body}\nasyncio.run(main())", *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.lines(1) == ["ready"]

    def go(self) -> None:
        """Let it begin."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def lines(self, count: int) -> list[str]:
        """The next lines that it says."""
        assert self._process.stdout is not None
        return [self._process.stdout.readline().strip() for _ in range(count)]

    def rest(self) -> list[str]:
        """All that it still says, until its end."""
        said, _ = self._process.communicate(timeout=60)
        return said.split()

    def kill(self) -> list[str]:
        """End it as a power cut would, without a chance to tidy up; what it had said by then."""
        self._process.kill()
        return self.rest()


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """Starts processes; those that still run after the test are ended."""
    started: list[Process] = []

    def start_one(body: str, *arguments: object) -> Process:
        started.append(Process(body, *arguments))
        return started[-1]

    yield start_one
    for process in started:
        process.kill()
