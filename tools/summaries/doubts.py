"""The numbers of a written summary that don't stand on the pages that it names. Pure."""

from collections.abc import Sequence

from tools.reading.backend import Document
from tools.summaries.backend import Section
from tools.summaries.numbers import Stated


def doubts(sections: Sequence[Section], document: Document) -> tuple[str, ...]:
    """Each number once, as people read it. A sentence that names no page is held against the whole document."""
    pages = {page.number: page.text for page in document.pages}
    stated: dict[tuple[int, ...], Stated] = {}
    found: dict[str, None] = {}
    for section in sections:
        for sentence in section.sentences:
            if sentence.pages not in stated:
                texts = [pages.get(number, "") for number in sentence.pages] or pages.values()
                stated[sentence.pages] = Stated("\n\n".join(texts))
            found |= dict.fromkeys(stated[sentence.pages].doubts(sentence.text))
    return tuple(found)
