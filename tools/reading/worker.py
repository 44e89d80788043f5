"""A worker process: reads one file after the other for the pool and dies with it. Run as ``python -m``."""

import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from switchboard import Unreadable
from tools.reading.backend import ReadingLimits
from tools.reading.embedded import EmbeddedReader
from tools.reading.frames import HEADER, document_to_json, frame, length

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
    while header := requests.read(HEADER.size):
        request = json.loads(requests.read(length(header)))
        source = requests.read(request["size"]) if "size" in request else Path(request["path"])
        limits = ReadingLimits(**request["limits"])
        _stop_after(limits.seconds + _PATIENCE)
        replies.write(frame(answer(source, request["name"], limits)))
        replies.flush()
        _stop_after(0)


def answer(source: Path | bytes, name: str, limits: ReadingLimits) -> dict[str, Any]:
    """What became of a file: a document, or why it can't be read."""
    try:
        return {"document": document_to_json(EmbeddedReader().read(source, name=name, limits=limits))}
    except Unreadable as error:
        return {"unreadable": [error.name, error.reason, error.code]}


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
