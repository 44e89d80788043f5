"""A program in a pseudo-terminal, for tests that press keys and look at the screen."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[3]


class Terminal:
    """A program in a pseudo-terminal: type keys, wait for what it shows."""

    def __init__(self, command: Sequence[str], *, columns: int = 80, env: dict[str, str] | None = None) -> None:
        self._keys, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        base = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**base, **(env or {})},
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""
        self._read = 0

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._keys, keys.encode())

    def wait_for(self, text: str, *, seconds: float = 60.0) -> str:
        """Read on until a text is shown; gives what was shown since the last text that was waited for."""
        end = time.monotonic() + seconds
        while (at := self.shown.find(text, self._read)) < 0:
            if time.monotonic() > end or not self._more():
                raise AssertionError(f"{text!r} was not shown; the screen shows {self.shown[self._read :]!r}")
        seen = self.shown[self._read : at + len(text)]
        self._read = at + len(text)
        return seen

    def exit_code(self) -> int:
        """Read on until the program ends."""
        while self._more():
            pass
        return self._process.wait(timeout=60)

    def _more(self) -> bool:
        if not select.select([self._keys], [], [], 30)[0]:
            return False
        try:
            data = os.read(self._keys, 65536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._keys)


_OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Makes the terminal the program's controlling one, so that Ctrl-C reaches it."""
