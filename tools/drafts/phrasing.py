"""Clauses in the words of a contract: the one thing that a chat model writes in a draft, checked before it is used.

What it writes goes into the document as text, like any other value. A clause in which it names a number that nobody
gave is not used; the person's own words stand there instead.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from switchboard import Warning
from switchboard.boundary import attempt
from tools.drafts.texts import Says, short

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger("switchboard.tools")

SECONDS = 20.0
LONGEST = 2_000
KEPT = 200
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARKUP = re.compile(r"[*_`#]+|^\s*(?:[-•]|\d+[.)])\s+", re.MULTILINE)


class Phrasing:
    """Puts wishes into words; what was worded once stays so, as long as the process lives."""

    def __init__(self, model: "BaseChatModel") -> None:
        self._model = model
        self._kept: dict[tuple[str, str, str], str] = {}

    async def clauses(
        self, wishes: Sequence[str], *, title: str, language: str, says: Says
    ) -> tuple[tuple[str, ...], tuple[Warning, ...]]:
        """Each wish as a clause, and what was not used of it.

        Args:
            title: Of the document.
            language: Of the document, an ISO 639 code.
            says: The language in which the person is told what was not used.
        """
        made = await asyncio.gather(*(self._clause(wish, title, language, says) for wish in wishes))
        warnings = {warning for _, warning in made if warning is not None}
        return tuple(clause for clause, _ in made), tuple(sorted(warnings, key=lambda warning: warning.text))

    async def _clause(self, wish: str, title: str, language: str, says: Says) -> tuple[str, Warning | None]:
        key = (wish, title, language)
        if key not in self._kept:
            answer = await attempt(self._ask(wish, title, language))
            if isinstance(answer, Exception):
                log.warning("a clause was not phrased: %s", type(answer).__name__)
                return wish, Warning(text=says("clause_unphrased"), code="unphrased")
            if len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = answer
        clause = self._kept[key]
        strange = sorted(set(_NUMBER.findall(clause)) - set(_NUMBER.findall(wish)))
        if strange or not clause or len(clause) > LONGEST:
            why = says("clause_kept", number=short(strange[0], 20)) if strange else says("clause_unphrased")
            return wish, Warning(text=why, code="unphrased")
        return clause, None

    async def _ask(self, wish: str, title: str, language: str) -> str:
        from langchain_core.messages import HumanMessage

        from prompts import load

        prompt = load("draft_clause").render(document=title, language=language, wish=wish)
        async with asyncio.timeout(SECONDS):
            answer = await self._model.ainvoke([HumanMessage(prompt)])
        return " ".join(_MARKUP.sub("", str(answer.text)).split())
