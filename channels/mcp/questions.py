"""Questions that wait for an answer: each person's by themselves, so that nobody's many push out another's."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

SECONDS = 600.0
"""How long an answer may take."""
MOST = 100
"""Of one person; of more, the oldest is forgotten, and asked again."""


@dataclass(frozen=True, slots=True)
class _Question:
    call: str
    until: float


@dataclass(slots=True)
class Questions:
    """What was asked and not answered yet, of each person the oldest first. ``now`` is a clock that only ever grows."""

    now: Callable[[], float] = time.monotonic
    _waiting: dict[str, OrderedDict[str, _Question]] = field(default_factory=dict)

    def ask(self, person: str, call: str) -> str:
        """Remember that somebody is asked about a call. Returns what the answer has to show."""
        self._forget_late()
        waiting = self._waiting.setdefault(person, OrderedDict())
        token = secrets.token_urlsafe(16)
        waiting[token] = _Question(call, self.now() + SECONDS)
        if len(waiting) > MOST:
            waiting.popitem(last=False)
        return token

    def was_asked(self, person: str, token: str, call: str) -> bool:
        """Whether this person was asked about this very call, and in time. It counts once."""
        found = self._waiting.get(person, OrderedDict()).pop(token, None)
        return found is not None and found.call == call and self.now() < found.until

    def _forget_late(self) -> None:
        """Forget whoever's newest question nobody will answer any more."""
        now = self.now()
        for person in [each for each, asked in self._waiting.items() if not asked or _newest(asked).until <= now]:
            del self._waiting[person]


def _newest(asked: OrderedDict[str, _Question]) -> _Question:
    return asked[next(reversed(asked))]
