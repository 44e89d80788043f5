"""What ``switchboard doctor`` looks at: each check gives lines, ends in bounded time and changes nothing of value."""

import queue
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from typing import Literal

from switchboard.errors import ConfigError, SwitchboardError

Level = Literal["ok", "warn", "fail"]
SECONDS = 15.0
"""How long a check may take; the slowest, loading the models, takes about one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding. ``fix`` says what to do about it; empty when there is nothing to do."""

    name: str
    level: Level
    text: str
    fix: str = ""


Check = Callable[[], Iterable[Line]]


def bounded(name: str, check: Check, *, seconds: float = SECONDS) -> list[Line]:
    """The lines of a check; a line that says so if it fails, in whichever way, or does not end in time.

    It runs in a thread that is left behind when it hangs (a network drive, say), so that the others get their turn.
    """
    done: queue.SimpleQueue[list[Line] | BaseException] = queue.SimpleQueue()
    with ThreadPool(1) as pool:
        pool.apply_async(lambda: list(check()), callback=done.put, error_callback=done.put)
        try:
            outcome = done.get(timeout=seconds)
        except queue.Empty:
            outcome = TimeoutError(f"This did not end within {seconds:g} seconds")
    return [_complaint(name, outcome)] if isinstance(outcome, BaseException) else outcome


def _complaint(name: str, error: BaseException) -> Line:
    match error:
        case ConfigError():
            place = f"{error.where}: " if error.where else ""
            return Line(name=name, level="fail", text=f"{place}{error.problem}", fix=error.fix)
        case SwitchboardError() | OSError():
            return Line(name=name, level="fail", text=str(error), fix="Mend that, then try again.")
        case _:
            text = f"The check itself failed ({type(error).__name__}: {error})."
            return Line(name=name, level="fail", text=text, fix="Install Switchboard again, or report this.")
