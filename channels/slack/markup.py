"""Markdown to units of styled text, read by markdown-it; whatever it can't place is shown as it was written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from channels.slack.runs import Run, Style, Unit, joined

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

DEEPEST = 40
"""Quotations and lists within each other; what is nested deeper is shown as it was written."""
LONGEST_URL = 3_000
_STYLES: dict[str, Style] = {"strong": "bold", "em": "italic", "s": "strike"}
_URL = re.compile(r"https?://[^\s<>|\"'`\])}]+[^\s<>|\"'`\])}.,;:!?]")
_GAP = "  "


def units(markdown: str) -> list[Unit]:
    """The units of a text, in order."""
    from markdown_it.tree import SyntaxTreeNode

    tokens = _parser().parse(markdown)
    if max((token.level for token in tokens), default=0) >= DEEPEST - 2:
        return [Unit(runs=tuple(_linked(markdown.strip(), frozenset())))]
    return [unit for unit in _blocks(SyntaxTreeNode(tokens).children) if any(run.text for run in unit.runs)]


def paragraph(text: str, *, italic: bool = False) -> Unit:
    """A unit of plain text."""
    return Unit(runs=tuple(_linked(text.strip(), frozenset({"italic"} if italic else ()))))


def is_web(url: str) -> bool:
    """Whether Slack may be given this as an address: anything else may be a script, or a mention in disguise."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    proper = (parts.scheme in ("http", "https") and parts.netloc) or (parts.scheme == "mailto" and "@" in parts.path)
    return bool(proper) and len(url) <= LONGEST_URL and url.isprintable() and not re.search(r"[\s<>|]", url)


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    options = {"html": False, "maxNesting": DEEPEST}
    # A definition of a link is not shown where Markdown is; here it would be lost.
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"]).disable("reference")


def _blocks(nodes: Iterable["SyntaxTreeNode"]) -> Iterator[Unit]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield Unit(runs=_inline(node))
            case "heading":
                yield Unit(runs=_inline(node, frozenset({"bold"})))
            case "fence" | "code_block":
                yield Unit(kind="code", runs=(Run(text=node.content.rstrip("\n")),))
            case "blockquote":
                inner = _blocks(node.children)
                yield from (replace(one, kind="quote") if one.kind == "text" else one for one in inner)
            case "bullet_list" | "ordered_list":
                yield from _items(node, indent=0)
            case "table":
                yield Unit(kind="code", runs=tuple(joined(_table(node))))
            case "hr":
                yield Unit(runs=(Run(text="―" * 10),))
            case _:
                yield Unit(runs=(Run(text=node.content),))


def _items(node: "SyntaxTreeNode", *, indent: int) -> Iterator[Unit]:
    """The items of a list, each followed by what it holds besides its first paragraphs."""
    # Slack's lists begin at 1 or above.
    number = max(1, int(node.attrs.get("start", 1))) if node.type == "ordered_list" else 0
    for item in node.children:
        head: list[Run] = []
        inner = list(item.children)
        while inner and inner[0].type in ("paragraph", "heading"):
            head += [*([Run(text="\n")] if head else []), *_inline(inner.pop(0))]
        yield Unit(kind="item", runs=tuple(head) or (Run(text=" "),), number=number, indent=indent)
        number += bool(number)
        for child in inner:
            if child.type in ("bullet_list", "ordered_list"):
                yield from _items(child, indent=indent + 1)
            else:
                yield from _blocks([child])


def _inline(block: "SyntaxTreeNode", styles: frozenset[Style] = frozenset()) -> tuple[Run, ...]:
    return tuple(run for child in block.children for run in _runs(child, styles, ""))


def _runs(node: "SyntaxTreeNode", styles: frozenset[Style], url: str) -> Iterator[Run]:
    """The runs of an inline node; ``url`` is that of the link it is in."""
    match node.type:
        case "text":
            yield from [Run(text=node.content, styles=styles, url=url)] if url else _linked(node.content, styles)
        case "code_inline":
            yield Run(text=node.content, styles=styles | {"code"}, url=url)
        case "softbreak" | "hardbreak":
            yield Run(text="\n", styles=styles)
        case "strong" | "em" | "s":
            yield from (run for child in node.children for run in _runs(child, styles | {_STYLES[node.type]}, url))
        case "link" | "image":
            yield from _link(node, styles)
        case _:
            yield from (run for child in node.children for run in _runs(child, styles, url))


def _link(node: "SyntaxTreeNode", styles: frozenset[Style]) -> Iterator[Run]:
    url = str(node.attrs.get("href") or node.attrs.get("src") or "")
    web = is_web(url)
    inner = [run for child in node.children for run in _runs(child, styles, url if web else "")]
    if not any(run.text.strip() for run in inner):
        inner = [Run(text=node.content or url, styles=styles, url=url if web else "")]
    yield from inner
    notes = [str(node.attrs.get("title") or ""), "" if web or url in (run.text for run in inner) else url]
    yield from (Run(text=f" ({note})", styles=styles) for note in notes if note)


def _linked(text: str, styles: frozenset[Style]) -> Iterator[Run]:
    """Text in which addresses are links."""
    at = 0
    for found in _URL.finditer(text):
        if not is_web(found[0]):
            continue
        if found.start() > at:
            yield Run(text=text[at : found.start()], styles=styles)
        yield Run(text=found[0], styles=styles, url=found[0])
        at = found.end()
    if at < len(text):
        yield Run(text=text[at:], styles=styles)


def _table(node: "SyntaxTreeNode") -> Iterator[Run]:
    """A table in columns of one width, for a font of one width."""
    rows = [[_cell(cell) for cell in row.children] for part in node.children for row in part.children]
    widths = [max(len(_text(row[column])) for row in rows if column < len(row)) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        if number:
            yield Run(text="\n")
        for column, cell in enumerate(row):
            yield from cell
            if column + 1 < len(row):
                yield Run(text=" " * (widths[column] - len(_text(cell))) + _GAP)
        if number == 0:
            yield Run(text="\n" + _GAP.join("-" * width for width in widths))


def _cell(node: "SyntaxTreeNode") -> tuple[Run, ...]:
    return tuple(replace(run, text=run.text.replace("\n", " "), styles=frozenset()) for run in _inline(node))


def _text(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)
