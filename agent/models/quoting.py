"""From chosen evidence to the text of an answer: who says it, the words themselves, and the number of the source."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.models import phrases
from agent.models.evidence import Evidence
from agent.models.markdown import escaped, quoted, table, unescaped
from agent.models.passages import Passage, Piece, cells, is_value
from agent.models.understanding import leans
from agent.models.words import content, periods

_SOURCE = re.compile(r"(?:- |\w+ (?:\w+ )?)\*\*((?:[^*\\]|\\.)+)\*\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quote:
    """A quote ready to be placed; ``block`` is a table, which has to stand below the line."""

    passage: Passage
    text: str
    block: str = ""


def quotation(question: str, chosen: Sequence[Evidence]) -> str:
    """The answer in Markdown, each quote followed by the number of its passage."""
    found = [_quote(question, group) for group in _grouped([evidence.piece for evidence in chosen])]
    titles = {quote.passage.title for quote in found}
    if len(found) == 1:
        return _placed(f"{phrases.ACCORDING_TO.format(source=_source(found[0].passage))} ", found[0])
    if len(titles) == 1:
        lines = [_placed("- ", quote) for quote in found]
        return "\n".join([phrases.ACCORDING_TO.format(source=f"**{escaped(*titles)}**"), "", *lines])
    return "\n".join([phrases.SEVERAL_SAY, "", *(_placed(f"- {_source(quote.passage)}: ", quote) for quote in found)])


def located(chosen: Sequence[Evidence]) -> str:
    """The quotes again, each with the document and the page that it is from."""
    found = [_quote("", group) for group in _grouped([evidence.piece for evidence in chosen])]
    return "\n".join([phrases.FROM, "", *(_placed(f"- {_source(quote.passage)}: ", quote) for quote in found)])


def overview(found: Sequence[Piece]) -> str:
    """Where nothing in particular is asked: how the best passages begin."""
    several = len({piece.passage.title for piece in found}) > 1
    lead = (
        phrases.SEVERAL_SAY if several else phrases.AMONG_OTHERS.format(source=f"**{escaped(found[0].passage.title)}**")
    )
    quotes = [_quote("", [piece]) for piece in found]
    return "\n".join(
        [lead, "", *(_placed(f"- {_source(each.passage)}: " if several else "- ", each) for each in quotes)]
    )


def sources(answer: str) -> list[str]:
    """The titles that an answer of this module names as its sources."""
    openings = (
        phrases.ACCORDING_TO.split("{")[0],
        phrases.AMONG_OTHERS.split("{")[0],
        phrases.SEVERAL_SAY,
        phrases.FROM,
    )
    lines = answer.splitlines() if answer.startswith(openings) else []
    found = (_SOURCE.match(line) for line in lines)
    return list(dict.fromkeys(unescaped(match[1]) for match in found if match))


def _grouped(chosen: Sequence[Piece]) -> list[list[Piece]]:
    """Rows of one table together, everything else by itself, in the order of the best of each."""
    groups: dict[tuple[object, ...], list[Piece]] = {}
    for number, piece in enumerate(chosen):
        key = ("table", id(piece.passage), piece.header, piece.heading) if piece.kind == "row" else (number,)
        groups.setdefault(key, []).append(piece)
    return list(groups.values())


def _quote(question: str, group: Sequence[Piece]) -> _Quote:
    first = group[0]
    named = first.lead or first.heading
    above = quoted(named) if named else phrases.THE_FOLLOWING
    match first.kind:
        case "section":
            return _Quote(passage=first.passage, text=above, block="\n\n".join(map(_shown, first.blocks)))
        case "table" | "list":
            return _Quote(passage=first.passage, text=above, block=_shown(first))
        case "row":
            header = first.header.split(" | ") if first.header else [""] * len(first.cells)
            text = (_asked_cell(question, first) if len(group) == 1 else "") or above
            return _Quote(passage=first.passage, text=text, block=table(header, [piece.cells for piece in group]))
        case _:
            return _Quote(passage=first.passage, text=quoted(_whole(first)))


def _shown(block: Piece) -> str:
    """A block of a section below its heading."""
    if block.kind == "table":
        return table(block.header.split(" | "), [cells(row) for row in block.text.splitlines()])
    if block.kind in ("list", "bullet"):
        return "\n".join(f"- {quoted(item)}" for item in block.text.splitlines())
    return f"> {quoted(' '.join(block.text.split()))}"


def _whole(piece: Piece) -> str:
    """The piece with what it can't be understood without, all of it the document's own words."""
    if piece.whole:
        return (
            piece.whole
            if not piece.lead.endswith("?")
            else f"{piece.lead} {piece.whole}".replace(f"{piece.lead} {piece.lead}", piece.lead)
        )
    if leans(piece):
        return f"{piece.before} {piece.text}"
    if piece.kind == "bullet" and piece.lead:
        return f"{piece.lead} … {piece.text}"
    if piece.lead.endswith("?"):
        return f"{piece.lead} {piece.text}"
    return piece.text


def _asked_cell(question: str, row: Piece) -> str:
    """``Revenue, 2025: **8,412**`` when the question names one column of the table, or there is but one."""
    label, *values = row.cells
    columns = row.header.split(" | ")[1:]
    figures = [place for place, value in enumerate(values) if is_value(value)]
    wanted, when = frozenset(content(question)), periods(question)
    marks = {place: _match(columns[place], wanted, when) for place in figures if place < len(columns)}
    best = [place for place, mark in marks.items() if mark > 0 and mark == max(marks.values())]
    place = figures[0] if len(figures) == 1 else best[0] if len(best) == 1 else None
    if place is None:
        return ""
    column = f", {escaped(columns[place])}" if place < len(columns) and columns[place] else ""
    return f"{escaped(label)}{column}: **{escaped(values[place])}**"


def _match(column: str, wanted: frozenset[str], when: frozenset[str]) -> int:
    """How well a column fits: *Q4 2025* is not what a question about 2025 asks for."""
    named = periods(column)
    return 3 * len(when & named) - len(named - when) + len(wanted & frozenset(content(column)))


def _placed(lead: str, quote: _Quote) -> str:
    """The quote behind its lead; a table goes below it, indented where the lead begins a list item."""
    line = f"{lead}{quote.text} [{quote.passage.id}]"
    if not quote.block:
        return line
    indent = "  " if lead.startswith("- ") else ""
    return "\n".join([line, "", *(f"{indent}{row}" for row in quote.block.splitlines())])


def _source(passage: Passage) -> str:
    title = f"**{escaped(passage.title)}**" if passage.title else phrases.UNTITLED
    return f"{title} ({phrases.PAGE} {escaped(passage.page)})" if passage.page else title
