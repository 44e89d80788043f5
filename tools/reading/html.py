"""HTML: the visible text in document order, with headings, lists and tables; scripts and navigation are left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.reading.backend import Block, BlockKind
from tools.reading.budget import Budget
from tools.reading.parts import Parts, single
from tools.reading.text import decode
from tools.reading.words import clean, one_line, table_block, whole_lists

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_DROPPED = ("script", "style", "noscript", "template", "nav", "svg", "iframe", "object", "select", "button", "head")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(_HEADINGS) | {
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "legend", "li", "main", "ol", "p"),
    *("pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_METADATA = ("author", "description", "keywords", "date")


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read a web page."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(decode(data, name=name))
    title = tree.css_first("title")
    metadata = dict(_metadata(tree))
    return single(blocks(tree, budget), title=one_line(title.text()) if title else "", metadata=metadata)


def blocks(tree: "LexborHTMLParser", budget: Budget) -> list[Block]:
    """The blocks of a parsed page or of a fragment."""
    tree.strip_tags(list(_DROPPED))
    collected = _Collector(budget)
    if tree.body is not None:
        for node, entering in _walk(tree.body, collected):
            collected.see(node, entering)
    collected.end()
    return whole_lists(collected.blocks)


@dataclass
class _Collector:
    """Gathers text until a block begins or ends."""

    budget: Budget
    blocks: list[Block] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    kind: BlockKind = "text"
    level: int = 0
    lists: int = 0
    preformatted: int = 0

    def see(self, node: "LexborNode", entering: bool) -> None:
        tag = node.tag or ""
        if tag == "-text":
            content = node.text_content or ""
            self.text.append(content if self.preformatted else _even(content))
        elif tag == "br" and entering:
            self.text.append("\n")
        elif tag in _BLOCKS:
            self.end()
            self._turn(tag, 1 if entering else -1)

    def table(self, node: "LexborNode") -> None:
        """Take a whole table at once."""
        self.end()
        if table := table_block(_rows(node)):
            self.blocks.append(self.budget.take(table))

    def end(self) -> None:
        """The current block is complete."""
        text = clean("".join(self.text))
        self.text.clear()
        if not text:
            return
        if self.kind == "heading":
            text = one_line(text)
        text = f"- {text}" if self.kind == "list" else text
        self.blocks.append(self.budget.take(Block(kind=self.kind, text=text, level=self.level)))

    def _turn(self, tag: str, step: int) -> None:
        if tag in ("ul", "ol"):
            self.lists += step
        elif tag == "pre":
            self.preformatted += step
        self.level = _HEADINGS.get(tag, 0) if step > 0 else 0
        self.kind = "heading" if self.level else "list" if self.lists > 0 else "text"


def _walk(root: "LexborNode", collector: _Collector) -> "Iterator[tuple[LexborNode, bool]]":
    """Every node when it begins and when it ends; without recursion, as pages nest as they like."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, entering = stack.pop()
        if entering and node.tag == "table" and not _is_layout(node):
            collector.table(node)
            continue
        yield node, entering
        if entering and node.tag != "-text":
            stack.append((node, False))
            child = node.last_child
            while child is not None:
                stack.append((child, True))
                child = child.prev


def _is_layout(table: "LexborNode") -> bool:
    """Whether a table only places things on the page: it holds tables, headings or lists, or a single cell."""
    if table.css_first("table table, h1, h2, h3, ul, ol") is not None:
        return True
    return len(table.css("td, th")) < 2


def _rows(table: "LexborNode") -> Iterator[list[str]]:
    caption = table.css_first("caption")
    if caption is not None:
        yield [caption.text()]
    for row in table.css("tr"):
        yield [cell.text(separator=" ") for cell in row.css("td, th")]


def _even(text: str) -> str:
    """A line break in the source is a space on the page."""
    return text.replace("\r", " ").replace("\n", " ")


def _metadata(tree: "LexborHTMLParser") -> Iterator[tuple[str, str]]:
    for node in tree.css("meta[name]"):
        key, content = (node.attributes.get("name") or "").lower(), node.attributes.get("content")
        if key in _METADATA and content:
            yield key, one_line(content)
