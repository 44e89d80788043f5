"""What became of every message in this process, so that nothing goes missing unseen: the numbers have to add up.

offered = accepted + repeated + rejected + refused
accepted + taken_over = complete + partial + stopped + failed + steered + elsewhere + still open
"""

import logging
from collections import Counter
from typing import Literal, TypeAlias

log = logging.getLogger("switchboard.agent")

Outcome: TypeAlias = Literal[
    "offered",  # a message came, from whatever channel, the first time or again
    "accepted",  # it was stored, and will have an outcome
    "repeated",  # it was known already: its running turn or its stored reply stands for it
    "rejected",  # the conversation was busy, and the person was told
    "refused",  # it was not fit to be taken, or too much, and the person was told
    "taken_over",  # a turn that another worker, or an earlier process, had left
    "complete",
    "partial",
    "stopped",
    "failed",  # the turn's ends, as its reply's status says
    "steered",  # told to a turn that ran already
    "elsewhere",  # another worker owns the conversation now, and will end the turn
    "delivered",  # the platform has the reply
    "dead",  # a reply that can't be delivered, to be seen in `switchboard outbox list`
]


class Counts:
    """Counts outcomes since the process began."""

    def __init__(self) -> None:
        self._counts: Counter[Outcome] = Counter()

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self._counts[outcome] += 1

    def __getitem__(self, outcome: Outcome) -> int:
        return self._counts[outcome]

    def tell(self) -> None:
        """Write them to the log, if anything was counted."""
        if self._counts:
            log.info("messages: %s", ", ".join(f"{count} {name}" for name, count in sorted(self._counts.items())))
