"""Reading in other processes: a parser that crashes, hangs or swells costs one file and not the server."""

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from switchboard import BadInput, Unreadable
from tools.reading.backend import Document, Progress, ReadingLimits
from tools.reading.budget import Budget
from tools.reading.frames import HEADER, document_from_json, frame, length
from tools.reading.reasons import too_slow, unreadable
from tools.reading.words import display_name

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
_MOST_FILES = 500  # after so many a worker is replaced, so that what a library leaks does not add up


class ReadingPool:
    """Reads files in a few worker processes, started when they are first needed. Belongs to one event loop.

    Args:
        workers: How many files are read at the same time; as many as there are processors if not given.
        memory: Bytes that a worker may use, where the system can hold it to that.
        grace: Seconds that a worker may go over the time limit before it is killed.
    """

    def __init__(
        self,
        *,
        workers: int = 0,
        limits: ReadingLimits | None = None,
        memory: int = 2_000_000_000,
        grace: float = 5.0,
    ) -> None:
        self.workers = workers or min(os.cpu_count() or 1, 8)
        self.limits = limits or ReadingLimits()
        self._memory = memory
        self._grace = grace
        self._slots = asyncio.Semaphore(self.workers)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()

    async def read(self, source: Path | bytes, *, name: str, progress: Progress | None = None) -> Document:
        """Read a file; see `Reader.read`.

        Raises:
            Unreadable: As `Reader.read`, and where the worker crashed or had to be stopped.
        """
        shown = display_name(name)
        if isinstance(source, bytes):
            Budget(shown, self.limits).check_size(len(source))
        async with self._slots:
            worker = await self._worker()
            self._busy.add(worker)
            healthy = False
            try:
                async with asyncio.timeout(self.limits.seconds + self._grace):
                    answer = await worker.ask(source, shown, self.limits)
                healthy = worker.files < _MOST_FILES and "failed" not in answer
            except TimeoutError:
                raise too_slow(shown, seconds=self.limits.seconds) from None
            except (EOFError, OSError, ValueError) as error:
                raise unreadable(shown, "crashed") from error
            finally:
                self._busy.discard(worker)
                if healthy:
                    self._idle.append(worker)
                else:
                    await worker.stop()
        document = _document(answer, shown)
        if progress:
            progress(len(document.pages), len(document.pages))
        return document

    async def close(self) -> None:
        """Stop the workers; what they are reading fails as if they had crashed."""
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        await asyncio.gather(*(worker.stop() for worker in workers))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _worker(self) -> "_Worker":
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            await worker.stop()
        return _Worker(await self._start())

    async def _start(self) -> Process:
        """A fresh interpreter, away from the terminal's signals, the caller's folder and the environment's secrets."""
        environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
        environment |= {"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-P", "-m", "tools.reading.worker", str(self._memory)]
        return await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, start_new_session=True
        )


class _Worker:
    """One process and the talk with it."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._to = process.stdin
        self._from = process.stdout
        self.files = 0

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def ask(self, source: Path | bytes, name: str, limits: ReadingLimits) -> dict[str, Any]:
        """Send a file and wait for the answer."""
        self.files += 1
        request: dict[str, Any] = {"name": name, "limits": asdict(limits)}
        if isinstance(source, bytes):
            self._to.write(frame(request | {"size": len(source)}))
            self._to.write(source)
        else:
            self._to.write(frame(request | {"path": str(source)}))
        await self._to.drain()
        header = await self._from.readexactly(HEADER.size)
        answer = json.loads(await self._from.readexactly(length(header)))
        if not isinstance(answer, dict):
            raise ValueError("a worker answers with an object")
        return answer

    async def stop(self) -> None:
        """Kill the process, at once and with nothing left to tidy up, as it keeps nothing."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._to.close()
        await self._process.wait()


def _document(answer: dict[str, Any], name: str) -> Document:
    if "document" in answer:
        try:
            return document_from_json(answer["document"])
        except BadInput as error:
            raise unreadable(name, "crashed") from error
    if "unreadable" in answer:
        name, reason, code = answer["unreadable"]
        raise Unreadable(name=str(name), reason=str(reason), code=str(code))
    _log.error("The reader failed: %s", answer.get("failed"))
    raise unreadable(name, "crashed")
