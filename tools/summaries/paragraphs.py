"""From blocks to paragraphs: broken lines are joined, also from page to page, and headings become sections. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tools.reading.backend import Block, Document
from tools.summaries.furniture import body, is_furniture

ParagraphKind = Literal["text", "item"]

WRAPPED = 55
"""A line at least this long that does not end a sentence goes on in the next one."""

_MARK = re.compile(
    r"\s*(?:[•‣▪●◦■□·–—*+-]\s+|\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})[.)]\s+|\d{1,2}(?:\.\d{1,2})+\s+"
    r"|[A-Z][\w’'/&-]*(?: (?:[A-Z][\w’'/&-]*|of|and|the|for|to|or|in|[–-]),?){0,8} \d{1,2}\.\d{1,2}\s+(?=[A-Z])"
    r"|(?:Section|Article|Clause|§)\s*\d+(?:\.\d+)*[.:]?\s+(?=[A-Z]))+"
)
_GREETING = re.compile(
    r"(?:dear|hi|hello|sehr geehrte[rs]?|liebe[rs]?|hallo|chère?s?|madame|monsieur|bonjour|estimad[oa]s?|hola)\b"
    r"[^.!?]{0,60}[,:!]?",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?:;。！？；：…][\"”’»)\]]*$")
_OF_A_TABLE = re.compile(
    r"\b(?:as of|ended|months|in (?:millions|thousands))\b|^\W*(?:\d+|totals?|change)\W*$|\d.*\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
HANGS = re.compile(
    r"(?:[,&–-]|\b(?:is|are|was|were|be|been|being|has|have|had|will|shall|when|as|and|or|but|of|to|in|by|for|with|from|at|on"
    r"|than|that|which|the|an?|not|more|less|also|primarily|mainly|largely|partially|partly|significantly|both|either|between"
    r"|und|oder|der|die|das|von|zu|et|ou|de|la|le|du|des|y|o|del|el|los))[\s,;–-]*$",
    re.IGNORECASE,
)
"""An end that something has to follow."""

_BROKEN = re.compile(r"([^\W\d_]+)-$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading, with its level from 1."""

    text: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Text that belongs together.

    Attributes:
        kind: ``item`` for what a bullet or number stands before.
        section: Which heading it stands under, from 1; 0 for none.
        starts: Where in the text each of its pages begins, and that page's number; ascending.
    """

    text: str
    kind: ParagraphKind
    section: int
    starts: tuple[tuple[int, int], ...]

    def pages(self, start: int, end: int) -> tuple[int, ...]:
        """The pages of a part of the text."""
        offsets = [offset for offset, _ in self.starts]
        first, last = bisect_right(offsets, start) - 1, bisect_right(offsets, max(end - 1, start)) - 1
        return tuple(number for _, number in self.starts[max(first, 0) : last + 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A document's paragraphs and its headings, both in order."""

    headings: tuple[Heading, ...]
    paragraphs: tuple[Paragraph, ...]


def paragraphs(document: Document) -> Body:
    """The document without its furniture and its tables, in paragraphs."""
    builder = _Builder(words=frozenset(_words(document)))
    for page, block in body(document):
        if block.kind == "heading":
            builder.heading(block)
        elif block.kind != "table":
            for line in block.text.split("\n"):
                builder.line(line.strip(), page)
            builder.pause()
    return builder.built()


def _words(document: Document) -> Iterable[str]:
    for page in document.pages:
        for block in page.blocks:
            yield from (word.casefold() for word in _WORD.findall(block.text))


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Takes lines in order, and joins those that go on."""

    words: frozenset[str]
    headings: list[Heading] = field(default_factory=list)
    done: list[Paragraph] = field(default_factory=list)
    text: str = ""
    kind: ParagraphKind = "text"
    starts: list[tuple[int, int]] = field(default_factory=list)
    last: str = ""
    paused: bool = False
    greeted: bool = False

    def heading(self, block: Block) -> None:
        """A heading opens a section, unless it is a piece of a table that was set in bold."""
        self.end()
        text = " ".join(_MARK.sub("", block.text, count=1).split())
        if text and not (_OF_A_TABLE.search(text) or HANGS.search(text)):
            self.headings.append(Heading(text=text, level=block.level or 1))

    def line(self, line: str, page: int) -> None:
        """A line of a page; an empty one ends the paragraph, unless a sentence goes on behind it."""
        if not line:
            self.pause()
            return
        if is_furniture(line):
            return
        if _GREETING.fullmatch(line):
            self.end()
            self.greeted = True
            return
        mark = _MARK.match(line)
        rest = line[mark.end() :] if mark else line
        if self.text and not mark and self._goes_on(line):
            self._join(line, page)
        elif rest:
            self.end()
            rest, self.greeted = (rest[0].upper() + rest[1:] if self.greeted else rest), False
            self.text, self.kind, self.starts = rest, "item" if mark else "text", [(0, page)]
        self.last = line
        self.paused = False

    def pause(self) -> None:
        """A gap: only what is visibly unfinished goes on behind it."""
        self.paused = True

    def end(self) -> None:
        if self.text:
            paragraph = Paragraph(text=self.text, kind=self.kind, section=len(self.headings), starts=tuple(self.starts))
            self.done.append(paragraph)
        self.text, self.last, self.starts = "", "", []

    def built(self) -> Body:
        self.end()
        return Body(headings=tuple(self.headings), paragraphs=tuple(self.done))

    def _goes_on(self, line: str) -> bool:
        if _ENDS.search(self.last):
            return not self.paused and len(self.last) >= WRAPPED and self.last[-1] not in ":;"
        if line[0].islower() or HANGS.search(self.last):
            return True
        if self.paused and self.kind == "item":
            return False
        return line[0] in '(“"' or len(self.last) >= WRAPPED

    def _join(self, line: str, page: int) -> None:
        broken = _BROKEN.search(self.text)
        if broken and line[0].islower():
            self.text = self.text if self._keeps_hyphen(broken[1], line) else self.text[:-1]
        else:
            self.text += " "
        if self.starts[-1][1] != page:
            self.starts.append((len(self.text), page))
        self.text += line

    def _keeps_hyphen(self, first: str, line: str) -> bool:
        """Whether a hyphen at a line's end belongs to the word: it does if the word stands elsewhere with it only."""
        second = _WORD.match(line)
        rest = second[0] if second else ""
        return f"{first}-{rest}".casefold() in self.words and f"{first}{rest}".casefold() not in self.words
