"""From blocks to paragraphs: broken lines are joined, also from page to page, and headings become sections. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tools.reading.backend import Document
from tools.summaries.furniture import body, is_furniture
from tools.summaries.terms import word_count, words

ParagraphKind = Literal["text", "item"]

LINE_LEVEL = 4
"""The level of a title that only its place shows."""

WRAPPED = 55
"""A line at least this long that does not end a sentence goes on in the next one."""

_MARK = re.compile(
    r"\s*(?:[•‣▪●◦■□·–—*+-]\s+|\(?(?:(?:\d{1,3}(?:\.\d{1,3})*|[A-Ha-z]|[ivxIVX]{1,5})[.)]|[I-Z]\))\s+|\d{1,2}(?:\.\d{1,2})+\s+"
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
    r"|than|that|which|who|the|an?|this|these|those|such|any|each|its|their|our|your|his|her|not|nor|more|less|also"
    r"|primarily|mainly|largely|partially|partly|significantly|both|either|between|under|upon|into|if"
    r"|und|oder|der|die|das|dem|den|ein|eine|von|zu|zur|zum|im|in|mit|für|et|ou|de|la|le|du|des|un|une|y|o|del|el|los))"
    r"[\s,;–-]*$",
    re.IGNORECASE,
)
"""An end that something has to follow."""

FEWEST_UNFINISHED = 10
"""Words of a sentence that surely goes on on the next page; fewer may be a line of an address or a title."""

LOUD = 0.5
"""With a larger share of capitals it is a title or an address."""

FEWEST_IN_BOLD = 4
"""Words of what was taken for a heading and begins a sentence."""

_PARTIES = re.compile(r"(?:by and )?between\b|zwischen\b|entre\b")
"""How what stands below the title of a contract begins: together they are a sentence."""

_SENTENCE_END = re.compile(r"[.!?:;]\s+")
_TITLE_WORDS, _TITLE_LETTERS = 9, 60
"""At most so long is a line that is the title of what stands below it in its block."""

_TITLE = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?\s+|[IVX]{1,4}[.)]\s+|§\s*\d+\s+)?[^\W\d_a-zß-ÿ].*[^.!?:;,…\d]")
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
        asked: Whether it answers the question that its title is.
        torn: Whether it may begin in the middle of a sentence.
        starts: Where in the text each of its pages begins, and that page's number; ascending.
    """

    text: str
    kind: ParagraphKind
    section: int
    starts: tuple[tuple[int, int], ...]
    asked: bool = False
    torn: bool = False

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
            builder.heading(block.text, block.level or 1, page)
        elif block.kind == "table":
            builder.interrupt()
        else:
            title, lines = _titled(block.text.split("\n"))
            if title:
                builder.heading(title, LINE_LEVEL, page)
            for line in lines:
                builder.line(line, page)
            builder.pause()
    return builder.built()


def _titled(lines: Sequence[str]) -> tuple[str, list[str]]:
    """The line that is the title of those below it, in files that mark no headings; and the other lines."""
    first, *rest = (line.strip() for line in lines)
    short = len(first) <= _TITLE_LETTERS and len(first.split()) <= _TITLE_WORDS
    below = rest and (len(rest[0]) >= WRAPPED or (len(rest[0]) > len(first) and rest[0].endswith(".")))
    if short and below and _TITLE.fullmatch(first) and not HANGS.search(first):
        return first, rest
    return "", [first, *rest]


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
    interrupted: bool = False
    greeted: bool = False
    torn: bool = False
    begins_torn: bool = False
    open: tuple[Heading, int] | None = None

    def heading(self, text: str, level: int, page: int) -> None:
        """A heading opens a section, unless it is a piece of a table that was set in bold."""
        self.end()
        mark = _MARK.match(text)
        text = " ".join(text[mark.end() if mark else 0 :].split())
        if text and not (_OF_A_TABLE.search(text) or HANGS.search(text)):
            self.headings.append(Heading(text=text, level=level))
        self.open = (Heading(text=text, level=level), page) if text else None

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
        self._reopen(line)
        mark = _MARK.match(line)
        rest = line[mark.end() :] if mark else line
        if self.text and not mark and self._goes_on(line, page):
            self._join(line, page)
        elif rest:
            self.end()
            self.begins_torn, self.torn = self.torn, False
            rest, self.greeted = (rest[0].upper() + rest[1:] if self.greeted else rest), False
            self.text, self.kind, self.starts = rest, "item" if mark else "text", [(0, page)]
        self.last = line
        self.paused = self.interrupted = False

    def pause(self) -> None:
        """A gap: only what is visibly unfinished goes on behind it."""
        self.paused = True

    def interrupt(self) -> None:
        """A table: only what begins with a small letter goes on behind it."""
        self.paused = self.interrupted = True

    def _reopen(self, line: str) -> None:
        """Take back a heading that is the beginning of a sentence: it goes on with a small letter."""
        opened, self.open = self.open, None
        if opened is None or self.text or not line[0].islower():
            return
        heading, page = opened
        parties = _PARTIES.match(line) is not None
        if not parties and word_count(heading.text) < FEWEST_IN_BOLD:
            return
        if not parties and self.headings and self.headings[-1] == heading:
            self.headings.pop()
        self.text, self.kind, self.starts, self.last = heading.text, "text", [(0, page)], heading.text

    def end(self) -> None:
        if self.text:
            section = len(self.headings)
            asked = bool(self.headings) and self.headings[-1].text.endswith("?")
            asked = asked and (not self.done or self.done[-1].section != section)
            self.done.append(
                Paragraph(
                    text=self.text,
                    kind=self.kind,
                    section=section,
                    starts=tuple(self.starts),
                    asked=asked,
                    torn=self.begins_torn,
                )
            )
        self.begins_torn = False
        self.text, self.last, self.starts = "", "", []

    def built(self) -> Body:
        self.end()
        return Body(headings=tuple(self.headings), paragraphs=tuple(self.done))

    def _goes_on(self, line: str, page: int) -> bool:
        if _ENDS.search(self.last):
            return not self.paused and len(self.last) >= WRAPPED and self.last[-1] not in ":;"
        if line[0].islower():
            return True
        if self.interrupted:
            return False
        if not self.paused:
            return bool(HANGS.search(self.last)) or line[0] in '(“"' or len(self.last) >= WRAPPED
        said = words(_SENTENCE_END.split(self.text)[-1])
        if sum(not word[0].islower() for word in said) > LOUD * len(said):
            return False
        if HANGS.search(self.last):
            return True
        broken = page != self.starts[-1][1] and len(said) >= FEWEST_UNFINISHED and len(self.last) >= WRAPPED
        self.torn = broken and self.kind == "item"
        return broken and self.kind == "text"

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
