"""Summaries that were made within a turn, given again for a day: the same of the same, for whoever asked, there."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.summaries.showing import Shown

MOST = 200
FRESH = 86_400.0
"""Seconds for which a summary is given again."""


@dataclass(slots=True, kw_only=True)
class Recent:
    """The newest summaries of this process, by what they are of, how they were to be, for whom and where.

    Attributes:
        most: That are kept; the one that was made first goes first.
        clock: Seconds since the epoch.
    """

    most: int = MOST
    clock: Callable[[], float] = time.time
    _kept: dict[str, tuple[float, Shown]] = field(default_factory=dict)

    def get(self, key: str) -> Shown | None:
        """A summary that was made within a day."""
        made_at, summary = self._kept.get(key, (0.0, None))
        return summary if self.clock() - made_at < FRESH else None

    def put(self, key: str, summary: Shown) -> None:
        """Keep a summary, if nothing is missing in it."""
        if summary.missing:
            return
        self._kept.pop(key, None)
        self._kept[key] = (self.clock(), summary)
        while len(self._kept) > self.most:
            del self._kept[next(iter(self._kept))]
