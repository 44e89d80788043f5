"""Builds a package: files of distributions, their bytecode, and what a start need not work out again."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Collection
from importlib.metadata import Distribution
from pathlib import Path

from infra.packaging.distributions import files

REHEARSAL = Path(__file__).with_name("rehearsal.py")
WHERE = "/var/task"
"""Where functions have their code, for tracebacks."""


def build(folder: Path, distributions: Collection[Distribution]) -> None:
    """Fill an empty folder. The same distributions give the same bytes.

    Raises:
        RuntimeError: Something in it can't be compiled, or the functions do not start from it.
    """
    for each in distributions:
        for name, found in files(each):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(found, place)
    compiled(folder)
    rehearsed(folder)


def compiled(folder: Path) -> None:
    """Write the bytecode of all modules, which is taken without a look at them. Raises as `build`."""
    how = ("--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", WHERE)
    _run("-I", "-m", "compileall", "-q", "-j", "0", *how, str(folder))


def rehearsed(folder: Path) -> None:
    """Write what a start works out. Raises as `build`."""
    _run("-S", "-P", str(REHEARSAL), str(folder), PYTHONPATH=str(folder), HOME=str(folder))


def _run(*arguments: str, **environ: str) -> None:
    """Run Python with what decides about its bytes fixed."""
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ.get("PATH", "")}
    done = subprocess.run(  # noqa: S603  # Python, with arguments of ours
        [sys.executable, *arguments], env={**fixed, **environ}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def size(folder: Path) -> int:
    """Bytes of all files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def pack(folder: Path, archive: Path) -> None:
    """Make an archive of the folder, the same bytes for the same files."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)))
            entry.external_attr = (0o100755 if os.access(file, os.X_OK) else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, file.read_bytes())
