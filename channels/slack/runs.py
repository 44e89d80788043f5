"""Styled text in pieces that may be parted anywhere: what Markdown becomes on its way to Slack's rich text.

Rich text takes words literally: nothing in it can mention a person or a channel, and a piece that is parted keeps its
style on both sides. The size of a piece is what Slack would count: characters with ``&``, ``<`` and ``>`` escaped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal, TypeAlias

from switchboard.rendering import cut

Style = Literal["bold", "italic", "strike", "code"]
Kind = Literal["text", "code", "quote", "item"]
Block: TypeAlias = dict[str, Any]

RUN_OVERHEAD = 12
"""What a run counts besides its characters, so that many tiny ones are not taken for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words in one style; with ``url``, a link."""

    text: str
    styles: frozenset[Style] = frozenset()
    url: str = ""

    @property
    def size(self) -> int:
        """What it counts in a message."""
        return len(escape(self.text)) + len(self.url) + RUN_OVERHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A paragraph, a block of code, a quotation or an item of a list.

    Attributes:
        number: An item's number; 0 where the list is not numbered.
        indent: How many lists an item is in, less one.
    """

    kind: Kind = "text"
    runs: tuple[Run, ...] = ()
    number: int = 0
    indent: int = 0

    @property
    def text(self) -> str:
        """Its words alone, with the addresses that the words don't show."""
        return "".join(run.text if run.url in ("", run.text) else f"{run.text} ({run.url})" for run in self.runs)

    @property
    def size(self) -> int:
        """What it counts in a message."""
        return sum(run.size for run in self.runs) + RUN_OVERHEAD


def escape(text: str) -> str:
    """Text that Slack's mrkdwn shows as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pieces(unit: Unit, size: int) -> Iterator[Unit]:
    """A unit in pieces of at most ``size``."""
    left = list(reversed(unit.runs))
    taken: list[Run] = []
    room = size - RUN_OVERHEAD
    while left:
        run = left.pop()
        if run.size <= room:
            taken.append(run)
            room -= run.size
            continue
        first, rest = _parted(run, room, must=not taken)
        taken += [first] if first.text else []
        left += [rest] if rest.text else []
        if taken:
            yield replace(unit, runs=tuple(taken))
        taken, room = [], size - RUN_OVERHEAD
    if taken:
        yield replace(unit, runs=tuple(taken))


def joined(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs, neighbours that look alike as one."""
    for (styles, url), alike in groupby(runs, key=lambda run: (run.styles, run.url)):
        yield Run(text="".join(run.text for run in alike), styles=styles, url=url)


def rich_text(units: Sequence[Unit]) -> Block:
    """A ``rich_text`` block of units."""
    elements: list[Block] = []
    for place, unit in enumerate(units):
        before, after = units[place - 1] if place else None, units[place + 1] if place + 1 < len(units) else None
        content = [_element(run, code=unit.kind == "code") for run in unit.runs]
        match unit.kind:
            case "item" if before is not None and _goes_on(before, unit):
                elements[-1]["elements"].append(_section(content))
            case "item":
                elements.append(_list(unit, [_section(content)]))
            case "code":
                elements.append({"type": "rich_text_preformatted", "elements": content})
            case "quote":
                elements.append({"type": "rich_text_quote", "elements": content})
            case "text":
                elements.append(_section(_spaced(content, before, after)))
    return {"type": "rich_text", "elements": elements}


def plain(units: Sequence[Unit]) -> str:
    """The units as text, for notifications and for readers of screens."""
    return "\n".join(f"{_mark(unit)}{unit.text}" for unit in units)


def _parted(run: Run, size: int, *, must: bool) -> tuple[Run, Run]:
    """The run's first piece that fits ``size``, and the rest; nothing where nothing fits, unless it ``must``."""
    room = size - len(run.url) - RUN_OVERHEAD
    reach = 0
    for character in run.text[: max(room, 0)]:
        room -= len(escape(character))
        if room < 0:
            break
        reach += 1
    if not reach:
        if must and not run.url:
            return replace(run, text=run.text[:1]), replace(run, text=run.text[1:])
        if must:  # an address that fills a message by itself is shown as text
            return Run(text=""), Run(text=f"{run.text} ({run.url})", styles=run.styles)
        return replace(run, text=""), run
    at = _break(run.text, reach)
    if not at:
        if not must:
            return replace(run, text=""), run
        at = len(cut(run.text[: reach + 1], reach)[0]) or reach
    left = run.text[at:]
    return replace(run, text=run.text[:at]), replace(run, text=left[1:] if left[:1] in ("\n", " ") else left)


def _break(text: str, reach: int) -> int:
    """Where a reader would pause, at ``reach`` or before it; 0 if that is nowhere."""
    if reach < len(text) and text[reach].isspace():
        return reach
    found = (text.rfind(mark, reach // 3, reach) for mark in ("\n", ". ", " "))
    best = next((place + len(mark) - 1 for mark, place in zip(("\n", ". ", " "), found, strict=True) if place > 0), 0)
    return best or max(text.rfind(" ", 0, reach), 0)


def _element(run: Run, *, code: bool) -> Block:
    styles: Mapping[str, bool] = {} if code else dict.fromkeys(sorted(run.styles), True)
    element: Block = {"type": "link", "url": run.url} if run.url else {"type": "text"}
    return {**element, "text": run.text, **({"style": styles} if styles else {})}


def _section(content: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": content}


def _list(unit: Unit, sections: list[Block]) -> Block:
    style = "ordered" if unit.number else "bullet"
    element: Block = {"type": "rich_text_list", "style": style, "indent": min(unit.indent, 8), "elements": sections}
    return {**element, "offset": unit.number - 1} if unit.number > 1 else element


def _goes_on(before: Unit, unit: Unit) -> bool:
    """Whether an item stands in the same list as the one before it."""
    following = unit.number == before.number + 1 if unit.number else not before.number
    return before.kind == "item" and before.indent == unit.indent and following


def _spaced(content: list[Block], before: Unit | None, after: Unit | None) -> list[Block]:
    """A paragraph with the line breaks that part it from its neighbours: Slack adds none."""
    front = [{"type": "text", "text": "\n"}] if before is not None and before.kind != "text" else []
    back = [{"type": "text", "text": "\n\n" if after.kind == "text" else "\n"}] if after is not None else []
    return [*front, *content, *back]


def _mark(unit: Unit) -> str:
    if unit.kind != "item":
        return ""
    return "  " * min(unit.indent, 4) + (f"{unit.number}. " if unit.number else "• ")
