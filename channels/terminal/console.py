"""Consoles on standard output and standard error that interpret nothing but our own styles."""

import sys
from io import TextIOWrapper
from typing import TextIO

from rich.console import Console


def stdout_console() -> Console:
    """For replies."""
    return _console(sys.stdout)


def stderr_console() -> Console:
    """For progress and complaints."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")  # a terminal without UTF-8 shows "?" rather than a traceback
    return Console(file=stream, markup=False, emoji=False, highlight=False)
