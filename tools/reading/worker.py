"""A worker process: opens a file for the pool, reads the pieces it is asked for, and dies with the pool.

Run as ``python -m``. It answers with `frames`:

open      ``{"opened": {"count", "patience", "digest"}}``
read      for each piece ``{"piece", "recognised", "size"}`` and the piece, as bytes to be kept and handed back
extract   ``{"extracted"}``, a size, and a file of some of the pages
together  ``{"document"}``, from the pieces, which come after the request

Any of them may be answered with ``{"unreadable": [name, reason, code]}``.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from switchboard import Unreadable
from tools.reading.backend import ReadingLimits
from tools.reading.embedded import OpenFile
from tools.reading.frames import HEADER, document_to_json, frame, length
from tools.reading.parts import piece_from_json, piece_to_json
from tools.reading.sheet import Sheet

_PATIENCE = 10.0  # seconds beyond the limit after which a worker that nobody stopped stops itself


def main() -> None:
    """Answer requests from standard input until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pool's to handle.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # A library that prints must not break a frame.
    sys.excepthook = lambda kind, failure, trace: _tell(replies, failure)
    _limit_memory(int(sys.argv[1]))
    serve(sys.stdin.buffer, replies)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Read a request, answer it, and so on."""
    at_work = _AtWork()
    while header := requests.read(HEADER.size):
        request = json.loads(requests.read(length(header)))
        body = requests.read(request.get("size", 0))
        _stop_after(request["seconds"] + _PATIENCE)
        for answer in at_work.answers(request, body):
            replies.write(answer)
            replies.flush()
        _stop_after(0)


class _AtWork:
    """The file that is open, if any."""

    def __init__(self) -> None:
        self._file: OpenFile | None = None

    def answers(self, request: dict[str, Any], body: bytes) -> Iterator[bytes]:
        """What is to be said to a request, frame by frame, as it is known."""
        try:
            match request["do"]:
                case "open":
                    yield self._open(request, body)
                case "read":
                    yield from map(self._read, request["pieces"])
                case "extract":
                    yield self._extract(request["pages"])
                case _:
                    yield self._together(request["sizes"], body)
        except Unreadable as error:
            yield frame({"unreadable": [error.name, error.reason, error.code]})

    def _open(self, request: dict[str, Any], body: bytes) -> bytes:
        self._close()
        source = Path(request["path"]) if "path" in request else body
        self._file = OpenFile(source, name=request["name"], limits=ReadingLimits(**request["limits"]))
        opened = {"count": self._file.count, "patience": self._file.patience, "digest": self._file.digest}
        return frame({"opened": opened})

    def _read(self, index: int) -> bytes:
        assert self._file is not None
        piece = self._file.read(index)
        recognised = isinstance(piece, Sheet) and piece.method == "ocr"
        body = json.dumps(piece_to_json(piece), separators=(",", ":")).encode("ascii")
        return frame({"piece": index, "recognised": recognised, "size": len(body)}) + body

    def _extract(self, indices: list[int]) -> bytes:
        assert self._file is not None
        body = self._file.extract(indices)
        return frame({"extracted": len(body)}) + body

    def _together(self, sizes: list[int], body: bytes) -> bytes:
        """The document. The file is closed: there is nothing more to be asked of it."""
        assert self._file is not None
        try:
            document = self._file.document([piece_from_json(json.loads(piece)) for piece in _cut(body, sizes)])
            return frame({"document": document_to_json(document)})
        finally:
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _cut(body: bytes, sizes: list[int]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size


def _tell(replies: BinaryIO, failure: BaseException) -> None:
    """Tell of a fault of ours by its place, without text of the document. The process ends with it."""
    place = traceback.extract_tb(failure.__traceback__)[-1]
    replies.write(frame({"failed": f"{type(failure).__name__} at {Path(place.filename).name}:{place.lineno}"}))
    replies.flush()


def _limit_memory(size: int) -> None:
    """Ask the system for an error rather than for all of its memory; not every system can."""
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _stop_after(seconds: float) -> None:
    """Let the system end this process, even in foreign code and even if the pool is gone; 0 takes it back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
