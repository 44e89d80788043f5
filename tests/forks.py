"""Processes that branch off one that has imported what they need, as importing takes an interpreter over a second.

Python keeps one such process for all who ask, so what it imports beforehand is said here, once.
"""

import multiprocessing
import os
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from switchboard.__main__ import main

FORKS = multiprocessing.get_context("forkserver")
IMPORTED = (
    "agent.assistant",
    "agent.models.embedded",
    "botocore.session",
    "channels.terminal.once",
    "numpy",
    "onnxruntime",
    "pytest",
    "stores.sqlite",
    "switchboard.commands.chat",
    "switchboard.commands.ingest",
    "switchboard.testing.running",
    "tokenizers",
    "tools.drafts.tool",
    "tools.encoding.minilm",
    "tools.encoding.static",
    "tools.jobs.tool",
    "tools.retrieval.embedded",
    "tools.retrieval.tool",
    "tools.summaries.tool",
    "tools.summaries.written",
)
FORKS.set_forkserver_preload(list(IMPORTED))

Done = subprocess.CompletedProcess[str]


@contextmanager
def uncounted() -> Iterator[None]:
    """Coverage is not counted: the process that others branch off ends too late for it, after the last test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield


def switchboard(arguments: Sequence[str], *, folder: Path, env: Mapping[str, str], seconds: float = 180.0) -> Done:
    """Run ``switchboard`` as a shell would, with nothing on its standard input.

    Args:
        folder: Where it runs.
        env: Its whole environment. A ``sitecustomize`` on its ``PYTHONPATH`` runs first.
        seconds: How long it may take.
    """
    with tempfile.TemporaryDirectory() as place:
        out, err = Path(place, "out"), Path(place, "err")
        process = FORKS.Process(target=_become, args=(list(arguments), folder, dict(env), out, err))
        with uncounted():
            process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["switchboard", *arguments], seconds)
        said, complained = out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        return Done(["switchboard", *arguments], process.exitcode, said, complained)


def _become(arguments: list[str], folder: Path, env: dict[str, str], out: Path, err: Path) -> None:
    """Take the command's place: its folder, its environment, its files, its arguments, its exit code."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    for number, file in enumerate((Path(os.devnull), out, err)):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
    sys.argv = ["switchboard", *arguments]
    sys.path[:0] = env.get("PYTHONPATH", "").split(os.pathsep)
    sys.modules.pop("sitecustomize", None)
    site.execsitecustomize()
    sys.exit(main(arguments))
