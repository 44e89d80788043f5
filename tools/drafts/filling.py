"""From a template's body and values to blocks. Neither can do harm: the sandbox calls nothing, values are not parsed.

Jinja puts a mark where a value goes; the Markdown between the marks is parsed; only then do the values take the place
of their marks. So a value with Markdown, Jinja or XML in it is text like any other.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Never

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
from tools.drafts.templates import ANY_LANGUAGE, COMPUTED, LINES_COMPUTED, Template

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

LONGEST = 2_000_000
"""Characters of a filled body, values aside."""
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_LONE_TAG = re.compile(r"^[ \t]*(\{%(?:(?!%\}|\n).)*?)[ \t]*(%\})[ \t]*\n", re.MULTILINE)
"""A tag that has a line to itself leaves no line behind: its break goes into the tag, and lines keep their numbers."""
_FILTERS = ("default", "first", "join", "last", "length", "lower", "title", "trim", "upper")
_FENCES = ("lines", "lines right", "facts", "totals", "columns", "signatures")
_UNPRINTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufffe\uffff]|[\ud800-\udfff]"
)
"""Control characters, those that turn the direction of what follows, private ones and halves of pairs."""


def fill(template: Template, language: str, values: Mapping[str, object]) -> tuple[Block, ...]:
    """The document's blocks.

    Args:
        values: A value for each field, and what is computed; text, lists of text and objects with those as attributes.

    Raises:
        ConfigError: The template is wrong.
    """
    from jinja2 import TemplateError

    source, where = _body(template, language)
    held: list[str] = []
    given = {**values, "title": template.title[language], "language": language, "t": template.labels.get(language, {})}
    try:
        body = _environment().from_string(source)
        pieces = body.generate({**given, "_held": held})
        markdown = "".join(_within(pieces, where))
    except TemplateError as error:
        problem = f"The template can't be filled: {error.message or type(error).__name__}."
        raise ConfigError(problem, fix="Mend the body.", where=where) from None
    except TypeError as error:
        raise ConfigError(f"The template can't be filled: {error}.", fix="Mend the body.", where=where) from None
    return tuple(_Reader(held, numbered=template.numbered, where=where).blocks(markdown))


def check(template: Template) -> None:
    """Find what is wrong with a template before somebody needs it: parse it, and fill it with and without options.

    Raises:
        ConfigError: Says what is wrong, in which file, and how to mend it.
    """
    from jinja2 import TemplateSyntaxError, meta, nodes

    from tools.drafts.samples import samples

    known = {field.name for field in template.fields} | COMPUTED
    known |= {f"{field.name}_in" for field in template.fields if field.type == "deadline"}
    known |= LINES_COMPUTED if template.only("lines") else set()
    for language in template.languages:
        source, where = _body(template, language)
        if _OPEN in source or _CLOSE in source:
            raise ConfigError("There are characters of a private use in it.", fix="Remove them.", where=where)
        try:
            tree = _environment().parse(source)
            used = meta.find_undeclared_variables(tree)
        except TemplateSyntaxError as error:
            line = f"{where}, line {error.lineno}"
            raise ConfigError(f"This is not valid Jinja: {error.message}.", fix="Mend the line.", where=line) from None
        if foreign := next(tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)), None):
            line = f"{where}, line {foreign.lineno}"
            raise ConfigError("A body can't take in other files.", fix="Write the text here.", where=line)
        for name in sorted(used - known):
            raise _unknown(name, known, f"{where}, line {_line(source, name)}")
        for values in samples(template, language):
            fill(template, language, values)


def _unknown(name: str, known: set[str], where: str) -> ConfigError:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    fix = f"Did you mean {close[0]}?" if close else "Declare it in template.toml, or remove it."
    return ConfigError(f"The text uses {name}, which is no field of this template.", fix=fix, where=where)


def _line(source: str, name: str) -> int:
    found = re.search(rf"{{[{{%][^}}]*\b{re.escape(name)}\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 1


def _body(template: Template, language: str) -> tuple[str, str]:
    name = ANY_LANGUAGE if ANY_LANGUAGE in template.bodies else language
    source = _LONE_TAG.sub(r"\1 \n\2", template.bodies[name])
    return source, str(template.folder / f"{name}.md")


def _within(pieces: Iterator[str], where: str) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LONGEST:
            raise ConfigError("The filled template is too long.", fix="Look for a loop in a loop.", where=where)
        yield piece


def _environment() -> "SandboxedEnvironment":
    """Jinja that knows values, conditions and loops; it calls nothing and does no sums."""
    from jinja2 import StrictUndefined, pass_context
    from jinja2.exceptions import SecurityError
    from jinja2.runtime import Context
    from jinja2.sandbox import SandboxedEnvironment

    @pass_context
    def marked(context: Context, value: object) -> str:
        held = context.parent["_held"]
        held.append(clean(str(value)))
        return f"{_OPEN}{len(held) - 1}{_CLOSE}"

    class Closed(SandboxedEnvironment):
        intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

        def is_safe_callable(self, obj: Any) -> bool:
            return False

        def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Never:
            raise SecurityError(f"a template does no sums ({operator})")

    environment = Closed(undefined=StrictUndefined, finalize=marked, keep_trailing_newline=True)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def clean(text: str) -> str:
    """A value as it may stand in a document: no control characters, and one kind of line break."""
    return _UNPRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


class _Reader:
    """Makes blocks of Markdown with marks in it."""

    def __init__(self, held: list[str], *, numbered: bool, where: str) -> None:
        self._held = held
        self._numbered = numbered
        self._where = where
        self._clause = 0
        self._part = 0

    def blocks(self, markdown: str) -> Iterator[Block]:
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
