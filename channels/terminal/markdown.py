"""Markdown on a screen: Rich's renderer with HTML shown as text, links shown with their address, and calm headings."""

from typing import ClassVar

from markdown_it import MarkdownIt
from rich.console import JustifyMethod
from rich.markdown import Heading, Markdown, MarkdownElement

from channels.terminal.clean import web_link


class _LeftHeading(Heading):
    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class _Markdown(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "heading_open": _LeftHeading}


def _parser() -> MarkdownIt:
    """CommonMark with tables; HTML and pictures stay text, as a terminal shows neither."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = lambda url: bool(web_link(url)) or url.startswith("mailto:")  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def markdown(text: str) -> Markdown:
    """The text, ready to print. Addresses are spelt out, so that no link can hide where it leads."""
    made = _Markdown(text, hyperlinks=False, code_theme="ansi_dark")
    made.parsed = _PARSER.parse(text)
    return made


def settled(text: str) -> int:
    """How much of a growing text is made of whole blocks, which no further text can change: the last block's start."""
    starts = [token.map[0] for token in _PARSER.parse(text) if token.level == 0 and token.map]
    if not starts or not starts[-1]:
        return 0
    return sum(len(line) + 1 for line in text.split("\n")[: starts[-1]])
