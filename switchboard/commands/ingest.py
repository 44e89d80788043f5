"""``switchboard ingest``: files and folders into the library, with a bar, a summary and what could not be read."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.commands import identity, texts
from switchboard.commands.context import Context
from switchboard.errors import ConfigError

if TYPE_CHECKING:
    from switchboard.plugins import Setup
    from tools.retrieval.backend import Library
    from tools.retrieval.ingest import IngestProgress, IngestReport

STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or a folder")
    parser.add_argument("--public", action="store_true", help="let everybody who reaches the assistant read them")
    parser.add_argument("--json", action="store_true", help="print the report as a JSON object")
    identity.add_arguments(parser, groups=False)


def run(args: argparse.Namespace, context: Context) -> int:
    """Ingest, and report. Returns 1 if something could not be ingested."""
    from switchboard.plugins import Setup

    try:
        report = asyncio.run(_ingest(args, Setup(context.settings())))
    except KeyboardInterrupt:
        print(texts.INGEST_STOPPED, file=sys.stderr)
        return STOPPED
    if args.json:
        print(json.dumps({"kind": "ingest", **asdict(report)}))
    else:
        print(texts.ingested(report))
    return 1 if report.failed else 0


async def _ingest(args: argparse.Namespace, setup: "Setup") -> "IngestReport":
    from tools.retrieval.ingest import ingest

    owner = identity.principal(args)
    library, blobs, reader = _library(setup), setup.backend("blobs"), setup.backend("reader")
    try:
        with _bar() as progress:
            return await ingest(
                args.paths,
                library=library,
                blobs=blobs,
                reader=reader,
                owner=owner,
                public=args.public,
                progress=progress,
            )
    finally:
        await reader.close()
        await library.close()
        await blobs.close()


def _library(setup: "Setup") -> "Library":
    """What the settings name, if documents can be put into it."""
    library: Library = setup.backend("retriever")
    if not hasattr(library, "put"):
        raise ConfigError(
            f"{setup.settings.backends.retriever} takes no documents from here.",
            fix='Put them where it reads them, or set retriever = "embedded".',
            where="backends.retriever",
        )
    return library


@contextmanager
def _bar() -> Iterator[Callable[["IngestProgress"], None]]:
    """A bar on standard error, if somebody looks."""
    from channels.terminal.clean import one_line
    from channels.terminal.console import stderr_console

    console = stderr_console()
    if not console.is_terminal:
        yield lambda _: None
        return

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda now: bar.update(task, total=now.total, completed=now.done, description=one_line(_shown(now)))


def _shown(now: "IngestProgress") -> str:
    return f"{now.name}, page {now.page} of {now.pages}" if now.page < now.pages else now.name
