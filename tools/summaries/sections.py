"""How much a summary needs of what stands under a title, by what the title says. Pure."""

import re
from collections.abc import Sequence

from tools.summaries.paragraphs import Heading
from tools.summaries.phrases import Phrases

_CHAPTER = re.compile(
    r"(?:(?:item|part|chapter|section|article|artikel|teil|kapitel|top|chapitre|partie|título|capítulo|cláusula|artículo)"
    r"\s*(?:\d{1,2}[a-c]?|[ivx]{1,4})\b|§+\s*\d+"
    r"|(?:primer|segund|tercer|cuart|quint|sext|séptim|octav|noven|décim)[ao]\b)[\s.:)–-]*",
    re.IGNORECASE,
)
"""A title's number, where it is more than a figure."""


def worths(headings: Sequence[Heading], known: Phrases) -> list[int]:
    """For each title 2 where a document sums itself up, 1 where main points stand, -1 where little does, otherwise 0.

    A title below another one is worth what that is, unless it says more. In reports whose titles all look alike, some
    hold for all that follows up to the next chapter: the notes to the accounts, say.
    """
    above: list[tuple[int, int]] = []
    lasting = 0
    found: list[int] = []
    for heading in headings:
        chapter = _CHAPTER.match(heading.text)
        text = heading.text[chapter.end() if chapter else 0 :].strip(" .:–-")
        own = _own(text, known)
        while above and above[-1][0] >= heading.level:
            above.pop()
        if known.lasting_title.fullmatch(text):
            lasting = own
        elif chapter:
            lasting = 0
        inherited = next((worth for _, worth in reversed(above) if worth), lasting)
        worth = min(own, inherited) if own and inherited < 0 else own or inherited
        above.append((heading.level, worth))
        found.append(worth)
    return found


def _own(text: str, known: Phrases) -> int:
    if known.minor_title.fullmatch(text):
        return -1
    if known.main_title.fullmatch(text):
        return 2
    return 1 if known.telling_title.fullmatch(text) else 0
