"""``switchboard version``: which one this is."""

import argparse
import platform
from importlib.metadata import PackageNotFoundError, version

from switchboard.commands.context import Context

DISTRIBUTION = "switchboard-assistant"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to add."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the version and Python's."""
    print(f"switchboard {installed(DISTRIBUTION) or 'not installed'} (Python {platform.python_version()})")
    return 0


def installed(distribution: str) -> str:
    """The version of an installed distribution, or nothing."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
