"""What is kept: whether the data folder can be written, whether the databases are whole, what the library holds."""

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from switchboard.commands.checks import Line
from switchboard.identity import Principal
from switchboard.plugins import Setup

_DATABASES = ("*.sqlite", "*.sqlite3", "*/*.sqlite", "*/*.sqlite3")
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock
_DAMAGED = "Move the file away and ingest again, or restore it from a backup."


def writable(folder: Path) -> Iterator[Line]:
    """Write a file, and take it away again."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"switchboard")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        fix = "Make it writable, or choose another with --data-dir."
        yield Line(name="data folder", level="fail", text=f"can't be written ({error.strerror})", fix=fix)
        return
    yield Line(name="data folder", level="ok", text="can be written")
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        text, fix = "other users of this machine can look into it", f"chmod 700 {folder}"
        yield Line(name="data folder", level="warn", text=text, fix=fix)


def databases(folder: Path, *, seconds: float = 10.0) -> Iterator[Line]:
    """Let SQLite check every database of ours, without changing it, for as long as there is time."""
    end = time.monotonic() + seconds
    paths = sorted(path for pattern in _DATABASES for path in folder.glob(pattern))
    for path in paths:
        name, place = "database", f"{path.relative_to(folder)} ({path.stat().st_size / 1e6:.1f} MB)"
        try:
            verdict = _verdict(path, end)
        except sqlite3.Error as error:
            verdict = str(error)
        if verdict == "ok":
            yield Line(name=name, level="ok", text=f"{place} is whole")
        elif verdict == "interrupted":
            yield Line(name=name, level="ok", text=f"{place} could be opened; it is too large to be checked in time")
        else:
            yield Line(name=name, level="fail", text=f"{place} is damaged: {verdict}", fix=_DAMAGED)
    if not paths:
        yield Line(name="database", level="ok", text="none yet; the first use makes them")


def _verdict(path: Path, end: float) -> str:
    # The quick check of SQLite 3.40 takes some tables without row ids for damaged; the full one does not.
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])


def library(setup: Setup, principal: Principal) -> Iterator[Line]:
    """What the local user could ask about."""
    sources = asyncio.run(setup.backend("retriever").sources(principal=principal))
    public = sum(source.access.public for source in sources)
    if sources:
        text = f"{len(sources)} documents that {principal.id} may read, {public} of them public"
        yield Line(name="library", level="ok", text=text)
    else:
        text = f"no documents that {principal.id} may read"
        yield Line(name="library", level="warn", text=text, fix="switchboard ingest FOLDER")
