"""The sessions of the local runtime: in memory, each forgotten some time after it was last used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from channels.lex.runtime.errors import LexError

SessionKey: TypeAlias = tuple[str, str, str, str]
"""Bot, alias, locale, session."""
IDLE_SECONDS = 300.0
"""The service's default."""
MOST = 10_000


@dataclass(slots=True, kw_only=True)
class Session:
    """A session.

    Attributes:
        state: The session state, as the last answer or `PutSession` left it.
        messages: The last answer's.
        expires_at: Seconds since the epoch.
        busy: Whether a call of the code hook is under way.
    """

    state: Mapping[str, Any] = field(default_factory=dict)
    messages: list[Any] = field(default_factory=list)
    expires_at: float = 0.0
    busy: bool = False


class Sessions:
    """All sessions, by key."""

    def __init__(self) -> None:
        self._all: dict[SessionKey, Session] = {}

    def find(self, key: SessionKey, now: float) -> Session:
        """A session that is there.

        Raises:
            LexError: It is not, or no more.
        """
        session = self._all.get(key)
        if session is None or (session.expires_at <= now and not session.busy):
            raise LexError("ResourceNotFoundException", "There is no such session.")
        return session

    def open(self, key: SessionKey, now: float) -> Session:
        """The session, a new one if there is none, kept for some time more."""
        session = self._all.pop(key, None)
        if session is None or (session.expires_at <= now and not session.busy):
            session = Session()
        session.expires_at = now + IDLE_SECONDS
        self._all[key] = session  # the one used last stands last
        self._tidy(now)
        return session

    def delete(self, key: SessionKey, now: float) -> None:
        """Forget a session. Raises as ``find``."""
        self.find(key, now)
        del self._all[key]

    def _tidy(self, now: float) -> None:
        while self._all:
            key, oldest = next(iter(self._all.items()))
            if len(self._all) <= MOST and oldest.expires_at > now:
                return
            del self._all[key]
