"""Markdown: headings, paragraphs, lists and tables, as text without the marks."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tools.reading.backend import Block
from tools.reading.budget import Budget
from tools.reading.parts import Parts, single
from tools.reading.text import decode
from tools.reading.words import clean, one_line, table_block

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FACT = re.compile(r"^([A-Za-z][\w -]{0,60}):[ \t]+(\S.*)$", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read Markdown; a block of ``key: value`` lines between rules at the top becomes metadata."""
    from markdown_it import MarkdownIt

    text = decode(data, name=name).replace("\r\n", "\n").removeprefix("\ufeff")
    budget.take_text(len(text))
    front = _FRONT.match(text)
    metadata = (
        {key.strip().lower(): one_line(value).strip("\"'") for key, value in _FACT.findall(front[1])} if front else {}
    )
    tokens = MarkdownIt("commonmark").enable("table").parse(text[front.end() :] if front else text)
    found = [block for block in _blocks(tokens, budget) if block.text]
    return single(found, title=metadata.pop("title", ""), metadata=metadata)


def _blocks(tokens: "list[Token]", budget: Budget) -> list[Block]:
    blocks: list[Block] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = index
        if token.type in ("table_open", "bullet_list_open", "ordered_list_open"):
            end = _closing(tokens, index)
            inside = tokens[index : end + 1]
            block = _table(inside) if token.type == "table_open" else _list(inside)
            blocks += [block] if block else []
        elif token.type == "inline":
            blocks.append(_inline(tokens[index - 1], token))
        elif token.type in ("fence", "code_block"):
            blocks.append(Block(kind="text", text=clean(token.content)))
        elif token.type == "html_block":
            blocks += _html(token.content, budget)
        index = end + 1
    return blocks


def _closing(tokens: "list[Token]", start: int) -> int:
    """Where the block that opens at ``start`` ends."""
    level = tokens[start].level
    return next(i for i in range(start + 1, len(tokens)) if tokens[i].level == level and tokens[i].nesting == -1)


def _inline(opened: "Token", token: "Token") -> Block:
    text = _text(token)
    if opened.type == "heading_open":
        return Block(kind="heading", text=one_line(text), level=int(opened.tag[1:]))
    return Block(kind="text", text=text)


def _list(tokens: "list[Token]") -> Block:
    """Nested items are indented by two spaces a level."""
    lines: list[str] = []
    depth, marker = -1, "-"
    for before, token in pairwise(tokens):
        if before.type.endswith("_list_open"):
            depth += 1
        elif before.type.endswith("_list_close"):
            depth -= 1
        if token.type == "list_item_open":
            marker = f"{token.info}." if token.info else "-"
        elif token.type in ("inline", "fence", "code_block"):
            text = _text(token) if token.type == "inline" else clean(token.content)
            lines.append("  " * depth + (f"{marker} " if marker else "  ") + text.replace("\n", " "))
            marker = ""
    return Block(kind="list", text="\n".join(lines))


def _table(tokens: "list[Token]") -> Block | None:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_text(token))
    return table_block(rows)


def _html(source: str, budget: Budget) -> list[Block]:
    from selectolax.lexbor import LexborHTMLParser

    from tools.reading import html

    source = _COMMENT.sub("", source)
    return html.blocks(LexborHTMLParser(source), budget) if source.strip() else []


def _text(token: "Token") -> str:
    """An inline token without its marks; a link is its text, a picture its description."""
    pieces = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            pieces.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(" " if child.type == "softbreak" else "\n")
        elif child.type == "image":
            pieces.append(child.content)
    return clean("".join(pieces))
