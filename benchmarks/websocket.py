"""Answers a second over WebSockets, beside Chainlit: ``python -m benchmarks.websocket [seconds] [sockets] [idle]``.

Every server is one process that says back what it is told. Ours keeps its promises meanwhile: each message is claimed,
stored, flushed to the disk and answered once. Chainlit keeps nothing. The sockets talk one message at a time, first
alone, then beside a thousand that are idle; the servers take turns, twice, and the better round counts for each.
"""

import asyncio
import os
import resource
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks._sockets import Chainlit, Ours, Talk
from benchmarks._timing import p

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".venv/chainlit/bin/chainlit"
LEAST, MOST_IDLE = 3.0, 40.0
ROUNDS = 2
ECHO = """
import chainlit

@chainlit.on_message
async def main(message: chainlit.Message):
    await chainlit.Message(content=message.content).send()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that listens at ``address``, as a process."""

    name: str
    address: str
    pid: int
    talk: type[Talk]

    @property
    def memory(self) -> int:
        """Bytes that it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    @property
    def work(self) -> float:
        """Seconds for which it has kept a processor busy."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one server did: answers a second, milliseconds to an answer (p50), and of work each; kB an idle socket."""

    answers: float
    took: float
    work: float
    beside_idle: float = 0.0
    idle: float = 0.0


@asynccontextmanager
async def ours(kind: str) -> AsyncIterator[Server]:
    """Our server; ``bare`` or ``graph``, see `benchmarks._echo`."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks._echo", folder, kind]
        process = await create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
        assert process.stdout is not None
        try:
            address = (await process.stdout.readline()).decode().strip()
            name = {"bare": "ours, an echo", "graph": "ours, the agent with an echoing model"}[kind]
            yield Server(name=name, address=address, pid=process.pid, talk=Ours)
        finally:
            process.kill()
            await process.wait()


@asynccontextmanager
async def chainlit() -> AsyncIterator[Server]:
    """Chainlit's."""
    with tempfile.TemporaryDirectory() as folder:
        port = _prepare(Path(folder))
        command = [str(PEER), "run", "echo.py", "--headless", "--port", str(port)]
        process = await create_subprocess_exec(*command, cwd=folder, stdout=DEVNULL, stderr=DEVNULL)
        try:
            server = Server(name="Chainlit, an echo", address=f"127.0.0.1:{port}", pid=process.pid, talk=Chainlit)
            await _listening(server)
            yield server
        finally:
            process.kill()
            await process.wait()


def _prepare(folder: Path) -> int:
    """Write the program. Returns a port that is free."""
    (folder / "echo.py").write_text(ECHO, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


async def _listening(server: Server) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                return await (await server.talk.open(server.address)).close()
            except OSError:
                await asyncio.sleep(0.2)


async def measure(server: Server, *, seconds: float, sockets: int, idle: int) -> Measured:
    """Let so many sockets talk, alone and beside so many that are idle."""
    talks = [await server.talk.open(server.address) for _ in range(sockets)]
    await _talk(talks, 1.0)
    before = server.work
    taken = await _talk(talks, seconds)
    work = server.work - before
    memory = server.memory
    waiting = [await server.talk.open(server.address) for _ in range(idle)]
    held = server.memory - memory
    beside = await _talk(talks, seconds) if idle else []
    await asyncio.gather(*(talk.close() for talk in (*talks, *waiting)))
    return Measured(
        answers=len(taken) / seconds,
        took=p(taken, 50),
        work=1000 * work / len(taken),
        beside_idle=len(beside) / seconds,
        idle=held / idle / 1000 if idle else 0.0,
    )


async def _talk(talks: list[Talk], seconds: float) -> list[float]:
    """Milliseconds of each answer that came in this time."""
    taken: list[float] = []
    ends = time.perf_counter() + seconds

    async def one(talk: Talk, number: int) -> None:
        while (started := time.perf_counter()) < ends:
            await talk.ask(f"This is what number {number} says, the {len(taken)}th time.")
            if time.perf_counter() < ends:
                taken.append(1000 * (time.perf_counter() - started))

    await asyncio.gather(*(one(talk, number) for number, talk in enumerate(talks)))
    return taken


async def main(seconds: float = 6.0, sockets: float = 100, idle: float = 1000) -> None:
    """Measure and print."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if not PEER.exists():
        print("Chainlit is not installed, so there is nothing to compare with: scripts/peers.sh installs it.")
    best: dict[str, Measured] = {}
    for _ in range(ROUNDS):
        for opened in (ours("bare"), *([chainlit()] if PEER.exists() else []), ours("graph")):
            async with opened as server:
                measured = await measure(server, seconds=seconds, sockets=int(sockets), idle=int(idle))
            known = best.get(server.name)
            best[server.name] = measured if known is None or measured.answers > known.answers else known
    _print(best, f"{sockets:.0f} sockets that talk", f"+{idle:.0f}")


def _print(best: dict[str, Measured], heading: str, beside: str) -> None:
    print(f"{heading:<40} {'answers/s':>9} {'p50 ms':>7} {'work ms':>8} {beside:>7} {'idle kB':>8}")
    for name, each in best.items():
        print(
            f"{name:<40} {each.answers:9.0f} {each.took:7.0f} {each.work:8.2f} {each.beside_idle:7.0f} {each.idle:8.1f}"
        )
    if peer := best.get("Chainlit, an echo"):
        ratio = best["ours, an echo"].answers / peer.answers
        print(f"ratio of the echoes: {ratio:.2f} (at least {LEAST}); an idle socket of ours at most {MOST_IDLE} kB")


if __name__ == "__main__":
    asyncio.run(main(*map(float, sys.argv[1:])))
