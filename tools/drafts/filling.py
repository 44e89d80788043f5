"""From a template's body and values to blocks. Neither can do harm: the sandbox calls nothing, values are not parsed.

Jinja puts a mark where a value goes; the Markdown between the marks is parsed; only then do the values take the place
of their marks. So a value with Markdown, Jinja or XML in it is text like any other.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from switchboard import ConfigError
from tools.drafts.blocks import Block
from tools.drafts.bodies import CLOSE, OPEN, Reader
from tools.drafts.sandbox import clean, closed, foreign
from tools.drafts.templates import ANY_LANGUAGE, COMPUTED, LINES_COMPUTED, Template

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from jinja2.sandbox import SandboxedEnvironment

LONGEST = 2_000_000
"""Characters of a filled body, values aside."""
_LONE_TAG = re.compile(r"^[ \t]*(\{%(?:(?!%\}|\n).)*?)[ \t]*(%\})[ \t]*\n", re.MULTILINE)
"""A tag that has a line to itself leaves no line behind: its break goes into the tag, and lines keep their numbers."""


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
    return tuple(Reader(held, numbered=template.numbered, where=where).blocks(markdown))


def check(template: Template) -> None:
    """Find what is wrong with a template before somebody needs it: parse it, and fill it with and without options.

    Raises:
        ConfigError: Says what is wrong, in which file, and how to mend it.
    """
    from jinja2 import TemplateSyntaxError, meta

    from tools.drafts.samples import samples

    known = known_names(template)
    for language in template.languages:
        source, where = _body(template, language)
        if OPEN in source or CLOSE in source:
            raise ConfigError("There are characters of a private use in it.", fix="Remove them.", where=where)
        try:
            tree = _environment().parse(source)
            used = meta.find_undeclared_variables(tree)
        except TemplateSyntaxError as error:
            line = f"{where}, line {error.lineno}"
            raise ConfigError(f"This is not valid Jinja: {error.message}.", fix="Mend the line.", where=line) from None
        if found := foreign(tree):
            line = f"{where}, line {found.lineno}"
            raise ConfigError("A body can't take in other files.", fix="Write the text here.", where=line)
        for name in sorted(used - known):
            raise unknown(name, known, f"{where}, line {_line(source, name)}")
        for values in samples(template, language):
            fill(template, language, values)


def known_names(template: Template) -> set[str]:
    """What a template's text may name."""
    known = {field.name for field in template.fields} | COMPUTED
    known |= {f"{field.name}_in" for field in template.fields if field.type == "deadline"}
    return known | (LINES_COMPUTED if template.only("lines") else set())


def unknown(name: str, known: set[str], where: str) -> ConfigError:
    """That a text names what is no field of its template."""
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
    """Jinja that puts a mark where a value goes."""
    from jinja2 import pass_context

    @pass_context
    def marked(context: "Context", value: object) -> str:
        held = context.parent["_held"]
        held.append(clean(str(value)))
        return f"{OPEN}{len(held) - 1}{CLOSE}"

    return closed(marked)
