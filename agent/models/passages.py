"""Reading tool results: the passages in them, and each passage as pieces that can be quoted by themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Literal

from agent.models.sentences import sentences
from agent.models.words import tokens, years

_PASSAGE = re.compile(r"<passage\s([^<>]*)>\n?(.*?)\n?</passage>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z_]+)="([^"]*)"')
_BULLET = re.compile(r"^\s*(?:[-*+•–·▪◦‣]|\(?[0-9]{1,2}[.)]|\(?[a-z]\))\s+(?=\S)")
_HASHES = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_NUMBER = re.compile(r"^\d+(?:\.\d+)*\.?\s+(?=\D)")
_STOPS = frozenset('.!?:;,…”"')
_RULE = re.compile(r"^[\s|:=_-]+$")
_VALUE = re.compile(r"^[\s$€£¥(+−–-]*[\d.,]+[\s)%$€£¥a-zA-Z]{0,8}$")
_FOOTER = re.compile(r"\b[Pp]age \d+(?: of \d+)?\s*$")
WRAPPED = 55
"""A line at least this long that does not end a sentence goes on in the next one."""

LONGEST_BLOCK = 700
"""A longer paragraph, list or table is quoted in parts only, in characters."""
ROWS = 12
"""A longer table is quoted in rows only."""

Kind = Literal["sentence", "bullet", "row", "heading", "paragraph", "list", "table", "section"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A numbered source as the graph hands it to a model. ``page`` is empty where there is none."""

    id: str
    title: str
    page: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What can be quoted.

    Attributes:
        text: As the document says it; a row has its cells parted by `` | ``, a list or table is a line each.
        rank: Place of the passage among the results, from 0.
        heading: The heading above it.
        lead: The question that it answers, the line above the list, the section of the table.
        before: The sentence before it in its paragraph.
        header: The header rows of a table, as one row.
        whole: The paragraph of a sentence, if it is short enough to be quoted.
        blocks: What a section consists of, in order: sentences, paragraphs, lists and tables.
    """

    text: str
    kind: Kind
    passage: Passage
    rank: int
    heading: str = ""
    lead: str = ""
    before: str = ""
    header: str = ""
    whole: str = ""
    blocks: "tuple[Piece, ...]" = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of a row."""
        return cells(self.text)


def split_result(content: str) -> tuple[str, list[Passage]]:
    """A tool result as the tool's own words and its passages. Whatever is inside a passage stays inside."""
    passages = []
    for match in _PASSAGE.finditer(content):
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[1])}
        text = match[2].replace("&lt;passage", "<passage").replace("&lt;/passage", "</passage")
        shown = {name: attributes.get(name, "") for name in ("id", "title", "page")}
        passages.append(Passage(**shown, text=text))
    return _PASSAGE.sub("", content).strip(), [passage for passage in passages if passage.id.isdecimal()]


def pieces(passage: Passage, rank: int) -> list[Piece]:
    """A passage cut into sentences, list items and rows, and into the paragraphs, lists and tables that they make."""
    found: list[Piece] = []
    blank = Piece(text="", kind="sentence", passage=passage, rank=rank)
    for kind, lines in _blocks(passage.text):
        base = replace(blank, kind=kind)
        if kind == "heading":
            text = _NUMBER.sub("", _HASHES.sub(r"\1", lines[0]))
            found.append(replace(base, text=text))
            blank = replace(blank, heading=text, lead="", before="")
        elif kind == "row":
            found += _rows(lines, base)
        elif kind == "bullet":
            items = [_BULLET.sub("", line) for line in lines]
            found += [replace(base, text=item) for item in items]
            found += _block("list", items, base)
        else:
            blank = replace(blank, before="")
            several = list(sentences(lines[0]))
            paragraph = _block("paragraph", several, blank)
            found += [replace(block, text=lines[0]) for block in paragraph]
            for text in several:
                found.append(replace(blank, text=text, whole=lines[0] if paragraph else ""))
                ended = "" if blank.lead.endswith(":") else blank.lead
                blank = replace(blank, before=text, lead=text if text.endswith(("?", ":")) else ended)
    return found


def _block(kind: Kind, parts: list[str], base: Piece) -> list[Piece]:
    """The parts as a whole, if there are several and a person would read them."""
    text = "\n".join(parts)
    return [replace(base, kind=kind, text=text)] if len(parts) > 1 and len(text) <= LONGEST_BLOCK else []


def cells(row: str) -> tuple[str, ...]:
    """The cells of a table's row."""
    bordered = row.startswith("|") and row.rstrip().endswith("|")
    return tuple(cell.strip() for cell in (row.strip().strip("|") if bordered else row).split("|"))


def is_value(cell: str) -> bool:
    """Whether a cell holds a figure: an amount, a percentage, a count; a lone year is a label."""
    return bool(_VALUE.match(cell)) and not (years(cell) and cell.strip("() ").isdecimal())


def _blocks(text: str) -> Iterator[tuple[Kind, list[str]]]:
    """A heading or a paragraph each, list items together, rows together; lines that were wrapped are joined."""
    kind: Kind = "heading"
    block: list[str] = []
    lines = [_folded(line) for line in text.splitlines() if not _FOOTER.search(line)]
    for number, line in enumerate(lines):
        if not line:
            ends = kind != "row"
        elif block and kind in ("sentence", "bullet") and _goes_on(block[-1], line):
            block[-1] = f"{block[-1]} {line}"
            continue
        else:
            this = _kind(line, next((later for later in lines[number + 1 :] if later), ""))
            ends = this != kind or this in ("heading", "sentence")
        if ends and block:
            yield kind, block
            block = []
        if line:
            kind = this
            block.append(line)
    if block:
        yield kind, block


def _folded(line: str) -> str:
    """The line without needless space; in a row, space before the first bar is an empty cell."""
    return line.expandtabs(1) if _is_row(line) else " ".join(line.split())


def _kind(line: str, following: str) -> Kind:
    if _is_row(line):
        return "row"
    if _HASHES.match(line):
        return "heading"
    numbered = _BULLET.match(line)
    if numbered and not (line[0].isdigit() and not (following[:1].isdigit() and _BULLET.match(following))):
        return "bullet"
    titled = (line[0].isupper() or line[0].isdigit()) and line[-1] not in _STOPS
    short = len(line) < WRAPPED and len(tokens(line)) <= 9
    if titled and short and following:
        return "heading"
    return "bullet" if numbered else "sentence"


def _is_row(line: str) -> bool:
    bordered = line.startswith("|") and line.rstrip().endswith("|")
    return " | " in line or bordered or bool(_RULE.match(line) and line.strip())


def _goes_on(line: str, following: str) -> bool:
    if _is_row(following) or _HASHES.match(following) or _BULLET.match(following):
        return False
    return line[-1] not in ".!?:;…" and (following[0].islower() or len(line) >= WRAPPED)


def _rows(lines: list[str], base: Piece) -> list[Piece]:
    """The rows of a table, each with the header above it and the section that it stands in."""
    grid = [cells(line) for line in lines if not _RULE.match(line)]
    depth = _header_depth(grid)
    header = " | ".join(_columns(grid[:depth], max(map(len, grid[depth:]), default=0)))
    found: list[Piece] = []
    section = ""
    for row in grid[depth:]:
        filled = [cell for cell in row if cell]
        if len(filled) == 1 and not is_value(filled[0]):
            section = filled[0].rstrip(":")
        elif filled:
            found.append(replace(base, text=" | ".join(row), header=header, lead=section or base.lead))
    rows = [row.text for row in found]
    return found + (_block("table", rows, replace(base, header=header)) if len(rows) <= ROWS else [])


def _header_depth(grid: list[tuple[str, ...]]) -> int:
    """How many rows at the top name the columns: those before the first row with a label and figures."""
    for number, row in enumerate(grid):
        if any(is_value(cell) for cell in row[1:]) or (number and row[0]):
            return number
    return min(1, len(grid) - 1)


def _columns(rows: list[tuple[str, ...]], width: int) -> list[str]:
    """The names of the columns; a header that is one cell short lacks the one above the labels."""
    padded = [("",) * (len(row) == width - 1 and bool(row[0])) + row for row in rows]
    width = max([width, *map(len, padded)])
    padded = [row + ("",) * (width - len(row)) for row in padded]
    return [" ".join(cell for cell in column if cell) for column in zip(*padded, strict=True)]
