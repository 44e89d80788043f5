"""A worker process as the pool sees it: started, asked, and killed with whatever it has started."""

import asyncio
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from switchboard import BadInput, Unreadable
from tools.reading.backend import Document, ReadingLimits
from tools.reading.frames import HEADER, document_from_json, frame, length

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "TESSDATA_PREFIX")


class Lost(Exception):
    """The worker ended, or said what makes no sense: nothing more can be asked of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a worker said of the file that it opened; see `Opened`."""

    count: int
    patience: float | None
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A piece as a worker sent it: opaque here, and handed back as it came."""

    index: int
    body: bytes
    recognised: bool


class Worker:
    """One process and the talk with it. Every question may raise `Lost`, and `Unreadable` where the file can't be read.

    Attributes:
        files: How many it has opened.
    """

    def __init__(self, process: Process, limits: ReadingLimits) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._to = process.stdin
        self._from = process.stdout
        self._limits = limits
        self.files = 0

    @classmethod
    async def start(cls, limits: ReadingLimits, *, memory: int) -> "Worker":
        """A fresh interpreter, away from the terminal's signals, the caller's folder and the environment's secrets."""
        environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
        environment |= {"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-P", "-m", "tools.reading.worker", str(memory)]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, start_new_session=True
        )
        return cls(process, limits)

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.returncode is None

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    async def open(self, source: Path | bytes, name: str) -> Opening:
        """Let it open a file; one that was open before is closed."""
        self.files += 1
        place = {"path": str(source)} if isinstance(source, Path) else {}
        body = b"" if isinstance(source, Path) else source
        await self._ask({"do": "open", "name": name, "limits": asdict(self._limits), **place}, body)
        try:
            answer = (await self._answer())["opened"]
            patience = None if answer["patience"] is None else float(answer["patience"])
            return Opening(count=int(answer["count"]), patience=patience, digest=str(answer["digest"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Lost from error

    async def read(self, indices: Sequence[int], *, patience: float | None) -> AsyncIterator[Read]:
        """Let it read pieces of the file; one that takes longer than ``patience`` raises `TimeoutError`."""
        await self._ask({"do": "read", "pieces": list(indices)}, seconds=(patience or 0.0) * len(indices))
        for index in indices:
            async with asyncio.timeout(patience):
                answer = await self._answer()
                if answer.get("piece") != index:
                    raise Lost
                body = await self._exactly(int(answer["size"]))
            yield Read(index=index, body=body, recognised=bool(answer["recognised"]))

    async def together(self, pieces: Sequence[bytes]) -> Document:
        """Let it make the document of its pieces, and close the file."""
        await self._ask({"do": "together", "sizes": [len(piece) for piece in pieces]}, b"".join(pieces))
        try:
            return await asyncio.to_thread(document_from_json, (await self._answer())["document"])
        except (KeyError, BadInput) as error:
            raise Lost from error

    async def extract(self, indices: Sequence[int]) -> bytes:
        """Let it make a file of some pages of a PDF."""
        await self._ask({"do": "extract", "pages": list(indices)})
        try:
            size = int((await self._answer())["extracted"])
        except (KeyError, TypeError, ValueError) as error:
            raise Lost from error
        return await self._exactly(size)

    async def stop(self) -> None:
        """Kill the process and what it runs, at once and with nothing left to tidy up, as it keeps nothing."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._to.close()
        await self._process.wait()

    async def _ask(self, request: Mapping[str, Any], body: bytes = b"", *, seconds: float = 0.0) -> None:
        try:
            self._to.write(frame({**request, "size": len(body), "seconds": self._limits.seconds + seconds}))
            self._to.write(body)
            await self._to.drain()
        except OSError as error:
            raise Lost from error

    async def _answer(self) -> dict[str, Any]:
        header = await self._exactly(HEADER.size)
        try:
            answer = json.loads(await self._exactly(length(header)))
        except ValueError as error:
            raise Lost from error
        if not isinstance(answer, dict):
            raise Lost
        if "unreadable" in answer:
            name, reason, code = map(str, answer["unreadable"])
            raise Unreadable(name=name, reason=reason, code=code)
        if "failed" in answer:
            _log.error("The reader failed: %s", answer["failed"])
            raise Lost
        return answer

    async def _exactly(self, size: int) -> bytes:
        try:
            return await self._from.readexactly(size)
        except (EOFError, OSError) as error:
            raise Lost from error
