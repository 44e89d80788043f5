"""What the keyboard does while an answer is written: nothing is echoed into it, and nothing typed ahead is lost."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_keys() -> Iterator[None]:
    """Switch the terminal's echo off for a while. Where there is no such terminal, do nothing."""
    try:
        import termios

        before = termios.tcgetattr(sys.stdin)
    except (ImportError, OSError, ValueError, termios.error):
        yield
        return
    local = (before[3] & ~termios.ECHO) | termios.NOFLSH  # or Ctrl-C would throw away what was typed ahead
    quiet = [*before[:3], local, *before[4:]]
    termios.tcsetattr(sys.stdin, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
