"""The command that builds a package, and says whether a function can take it."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from packaging.utils import canonicalize_name

from infra.packaging.building import build, pack, size
from infra.packaging.distributions import LEAVE_OUT, ON_THIS_MACHINE, needed

MB = 1024 * 1024
UNZIPPED = 250 * MB
"""Most that a function takes that is not a container image, its layers included; the service's own limit."""
UPLOADED = 50 * MB
"""Most that a request may carry; what is larger is put into a bucket first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code says whether there is a package."""
    given = _parser().parse_args(arguments)
    if fault := _fault(given):
        return _failed(fault)
    try:
        left = {*LEAVE_OUT, *(ON_THIS_MACHINE if given.services else ()), *given.leave_out}
        build(given.folder, needed(leave_out=left))
    except PackageNotFoundError as error:
        return _failed(f"{error.name} is not installed. Install the project with its extras: aws, jwt and slack.")
    except RuntimeError as error:
        return _failed(str(error))
    print(_told(given.folder, size(given.folder), UNZIPPED, "unzipped", "Build a container image of it."))
    if given.zip:
        given.zip.parent.mkdir(parents=True, exist_ok=True)
        pack(given.folder, given.zip)
        print(_told(given.zip, given.zip.stat().st_size, UPLOADED, "uploaded directly", "Upload it through a bucket."))
    return 0


def _fault(given: argparse.Namespace) -> str:
    """What is wrong with what was asked for, if anything."""
    if given.folder.exists() and not (given.folder.is_dir() and not any(given.folder.iterdir())):
        return f"{given.folder} is not an empty folder. Name another, or empty it."
    if given.zip and given.zip.resolve().is_relative_to(given.folder.resolve()):
        return f"{given.zip} would be a part of itself. Name a file outside of {given.folder}."
    if given.leave_out:
        known = {canonicalize_name(each.name) for each in needed(leave_out=())}
        if unknown := [name for name in given.leave_out if canonicalize_name(name) not in known]:
            return f"Nothing here requires {', '.join(unknown)}. Is it misspelt?"
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.packaging",
        description="Build a package of the Lambda functions of what is installed here. It fits functions with this "
        "version of Python, on this system and processor.",
    )
    parser.add_argument("folder", type=Path, help="where it is built; new or empty")
    parser.add_argument("--zip", type=Path, metavar="FILE", help="make an archive of it, too")
    parser.add_argument(
        "--services",
        action="store_true",
        help="leave out what reads and searches by itself, where settings name services for it",
    )
    parser.add_argument(
        "--leave-out",
        nargs="+",
        default=(),
        metavar="NAME",
        help="more distributions to leave out, with what only they need",
    )
    return parser


def _told(what: Path, found: int, most: int, how: str, otherwise: str) -> str:
    fits = f"at most {most // MB} MB {how}"
    return f"{what}: {found / MB:.0f} MB, {fits}." + ("" if found <= most else f" {otherwise}")


def _failed(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
