"""Markdown with marks in it as blocks: headings, paragraphs, lists, tables, and our own blocks between backquotes."""

import re
from collections.abc import Iterator
from typing import Any

from switchboard import ConfigError
from tools.drafts.blocks import (
    Align,
    Block,
    Columns,
    Heading,
    Items,
    Lines,
    Pairs,
    Paragraph,
    Run,
    Signatures,
    Table,
    Text,
)

OPEN, CLOSE = "\ue000", "\ue001"
"""What stands around the number of a value that is put in after the Markdown was parsed."""
_MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_FENCES = ("lines", "lines right", "facts", "totals", "columns", "signatures")


class Reader:
    """Makes blocks of Markdown with marks in it."""

    def __init__(self, held: list[str], *, numbered: bool, where: str) -> None:
        self._held = held
        self._numbered = numbered
        self._where = where
        self._clause = 0
        self._part = 0

    def blocks(self, markdown: str) -> Iterator[Block]:
        """The blocks of a text, with the values in place of their marks."""
        from markdown_it import MarkdownIt
        from markdown_it.tree import SyntaxTreeNode

        parser = MarkdownIt("zero").enable(
            ["heading", "list", "fence", "table", "hr", "emphasis", "newline", "escape", "balance_pairs"]
        )
        for node in SyntaxTreeNode(parser.parse(markdown)).children:
            if (block := self._block(node)) is not None:
                yield block

    def _block(self, node: Any) -> Block | None:
        match node.type:
            case "heading":
                return self._heading(node)
            case "paragraph":
                return self._paragraph(node)
            case "bullet_list" | "ordered_list":
                items = tuple(text for item in node.children if _filled(text := self._inner(item)))
                return Items(items=items, ordered=node.type == "ordered_list") if items else None
            case "table":
                return self._table(node)
            case "fence":
                return self._fence(node.info.strip(), node.content)
            case _:
                return None

    def _heading(self, node: Any) -> Heading:
        level = int(node.tag[1:])
        if not self._numbered or level != 2:
            return Heading(text=self._inner(node), level=level)
        self._clause, self._part = self._clause + 1, 0
        return Heading(text=self._inner(node), level=level, number=f"{self._clause}.")

    def _paragraph(self, node: Any) -> Paragraph | None:
        text = self._inner(node)
        if not _filled(text):
            return None
        if not self._clause:
            return Paragraph(text=text)
        self._part += 1
        return Paragraph(text=text, number=f"{self._clause}.{self._part}")

    def _inner(self, node: Any) -> Text:
        inline = next((child for child in node.walk() if child.type == "inline"), None)
        return self._runs(inline) if inline is not None else ()

    def _runs(self, inline: Any) -> Text:
        runs: list[Run] = []
        for child in inline.children:
            if child.type == "strong":
                runs += [Run(text=run.text, bold=True) for run in self._runs(child)]
            elif child.type == "softbreak":
                runs.append(Run(text=" "))
            elif child.type == "hardbreak":
                runs.append(Run(text="\n"))
            elif child.content:
                runs.append(Run(text=self._with_values(child.content)))
            else:
                runs += self._runs(child)
        return tuple(runs)

    def _with_values(self, text: str) -> str:
        return _MARK.sub(lambda mark: self._held[int(mark[1])], text)

    def _table(self, node: Any) -> Table:
        head, *body = node.children
        cells = head.children[0].children
        rows = [tuple(map(self._inner, row.children)) for part in body for row in part.children]
        return Table(header=tuple(map(self._inner, cells)), rows=tuple(rows), aligns=tuple(map(_align, cells)))

    def _fence(self, kind: str, content: str) -> Block | None:
        if kind not in _FENCES:
            problem = f"There is no block called {kind!r}."
            raise ConfigError(problem, fix=f"Use one of {', '.join(_FENCES)}.", where=self._where)
        if kind == "columns":
            left, _, right = content.partition("\n---\n")
            return Columns(left=self._half(left), right=self._half(right))
        if kind in ("facts", "totals"):
            parted = (line.partition("|") for line in content.splitlines() if line.strip())
            pairs = tuple((self._line(name), self._line(value)) for name, _, value in parted)
            return Pairs(pairs=pairs, totals=kind == "totals") if pairs else None
        lines = [line for line in map(self._line, content.splitlines()) if _filled(line)]
        if not lines:
            return None
        if kind == "signatures":
            return Signatures(label=lines[0] if len(lines) > 1 else (), names=tuple(lines[1:] or lines))
        return Lines(lines=tuple(lines), align="right" if kind == "lines right" else "left")

    def _half(self, content: str) -> Block | None:
        """One of two columns: facts where each line has a bar, lines otherwise."""
        lines = [line for line in content.splitlines() if line.strip()]
        return self._fence("facts" if lines and all("|" in line for line in lines) else "lines", content)

    def _line(self, source: str) -> Text:
        """A line of a block; what stands between two pairs of stars is bold."""
        parts = source.strip().split("**")
        return tuple(Run(text=self._with_values(part), bold=at % 2 == 1) for at, part in enumerate(parts) if part)


def _filled(text: Text) -> bool:
    return any(run.text.strip() for run in text)


def _align(cell: Any) -> Align:
    style = str(cell.attrs.get("style", ""))
    return "right" if "right" in style else "center" if "center" in style else "left"
