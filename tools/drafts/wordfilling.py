"""Word templates filled in by docxtpl: Jinja that knows values, conditions and loops, and values that stay text.

docxtpl runs Jinja over Word's XML. So every value is escaped for XML where it is put in, and braces in it too, as
docxtpl looks for some of its own. What is made is parsed strictly: a loop that begins in a table and ends outside is
told.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from switchboard import ConfigError
from tools.drafts.filling import known_names, unknown
from tools.drafts.sandbox import clean, closed, foreign
from tools.drafts.templates import GIVEN, Template
from tools.drafts.texts import Says
from tools.drafts.wordparts import timeless

if TYPE_CHECKING:
    from docxtpl import DocxTemplate
    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment

_PARAGRAPHS = frozenset({"paragraphs", "clauses"})
"""Types whose texts become paragraphs where the list itself is put in; any other list, and an address, become lines."""
_WIDE = 9
"""Centimetres of an illustration."""
_MESSAGE = "A Word template needs docxtpl."
_FIX = "Install the extra `word`: pip install 'switchboard-assistant[word]'."


class Parts(tuple[str, ...]):
    """Texts that are paragraphs of their own."""

    __slots__ = ()


def trees(data: bytes, where: str) -> "Iterator[nodes.Template]":
    """The Jinja of a template, of its text and of its headers and footers.

    Raises:
        ConfigError: It is wrong; says what, and beside which words.
    """
    from jinja2 import TemplateSyntaxError, meta

    made, environment = _opened(data), _environment()
    parts = [made.get_xml()]
    for uri in (made.HEADER_URI, made.FOOTER_URI):
        parts += [made.get_part_xml(part) for _, part in made.get_headers_footers(uri)]
    for part in parts:
        source = made.patch_xml(part)
        try:
            tree = environment.parse(_lined(source))
            meta.find_undeclared_variables(tree)  # it finds filters that are not there, too
        except TemplateSyntaxError as error:
            raise _wrong(error, where, source) from None
        if foreign(tree):
            raise ConfigError("A template can't take in other files.", fix="Write the text into it.", where=where)
        yield tree


def check(template: Template) -> None:
    """Find what is wrong with a template before somebody needs it: fill it with and without options.

    Raises:
        ConfigError: Says what is wrong, in which file, and how to mend it.
    """
    from jinja2 import meta

    from tools.drafts.samples import samples

    known = known_names(template) | GIVEN
    for language, data in template.documents.items():
        used = {name for tree in trees(data, str(template.folder)) for name in meta.find_undeclared_variables(tree)}
        for name in sorted(used - known):
            raise unknown(name, known, str(template.folder))
        for values in samples(template, language):
            _rendered(template, language, values, None)


def fill(
    template: Template, language: str, values: Mapping[str, object], *, title: str = "", picture: bytes | None = None
) -> bytes:
    """The Word file; the same values give the same bytes.

    Args:
        values: As for a text in Markdown.
        title: For the file's properties.
        picture: An illustration; it stands where the template has ``{{ illustration }}``, or at the end.

    Raises:
        ConfigError: The template is wrong.
    """
    made = _rendered(template, language, values, picture)
    out = io.BytesIO()
    made.docx.save(out)
    return _finished(out.getvalue(), template, title, Says(language)("note"), None if made.placed else picture)


def _rendered(template: Template, language: str, values: Mapping[str, object], picture: bytes | None) -> "DocxTemplate":
    from jinja2 import TemplateError
    from lxml.etree import XMLSyntaxError

    made, where = _opened(template.documents[language]), str(template.folder)
    given = {name: _value(template, name, value) for name, value in values.items()}
    given |= {"title": template.title[language], "language": language, "t": template.labels.get(language, {})}
    given |= {"note_of_draft": Says(language)("note"), "illustration": _inline(made, picture)}
    try:
        made.render(given, _environment(), autoescape=True)
    except TemplateError as error:
        raise _wrong(error, where) from None
    except XMLSyntaxError:
        problem = "A loop or a condition begins in one place and ends in another, such as inside and outside a table."
        fix = "Let both stand in the same row or text; around rows write {%tr ... %}, around paragraphs {%p ... %}."
        raise ConfigError(problem, fix=fix, where=where) from None
    if stray := _stray(made):
        fix = "Write {{ x }} for a value, without p or r behind the braces."
        raise ConfigError(f"“{stray}” stands outside of any text.", fix=fix, where=where)
    return made


def _opened(data: bytes) -> "DocxTemplate":
    try:
        from docxtpl import DocxTemplate
    except ImportError:
        raise ConfigError(_MESSAGE, fix=_FIX, where="tools.drafts.templates") from None
    from lxml import etree

    class Strict(DocxTemplate):  # type: ignore[misc]
        """One that takes no broken XML for whole, and leaves the file's properties as they are."""

        placed = False

        def fix_tables(self, xml: str) -> Any:
            etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
            return super().fix_tables(xml)

        def render_properties(self, context: Any, jinja_env: Any = None) -> None:
            return None

    made = Strict(io.BytesIO(data))
    made.init_docx()
    return made


def _environment() -> "SandboxedEnvironment":
    from markupsafe import Markup, escape

    def shown(value: object) -> object:
        if hasattr(value, "__html__"):
            return value
        joint = "\a" if isinstance(value, Parts) else "\n"
        texts = value if isinstance(value, list | tuple) else (value,)
        safe = (str(escape(clean(str(each)))).replace("{", "&#123;").replace("}", "&#125;") for each in texts)
        return Markup(joint.join(safe))  # noqa: S704 - escaped in the line above

    return closed(shown)


def _value(template: Template, name: str, value: object) -> object:
    field = template.field(name)
    return Parts(value) if field and field.type in _PARAGRAPHS and isinstance(value, Sequence) else value


def _inline(made: "DocxTemplate", picture: bytes | None) -> object:
    """The illustration as a value; whether the template puts it somewhere is seen by its being asked for."""
    from docx.shared import Cm
    from docxtpl import InlineImage

    class Placed(InlineImage):  # type: ignore[misc]
        def __html__(self) -> str:
            made.placed = True
            return str(super().__html__())

    return Placed(made, io.BytesIO(picture), width=Cm(_WIDE)) if picture is not None else ""


def _stray(made: "DocxTemplate") -> str:
    """Text that stands in no run: Word would not show it."""
    inside = ".//*[self::w:p or self::w:tbl or self::w:tr or self::w:tc or self::w:r]/text()"
    for text in made.docx.element.body.xpath(f"./text() | {inside}"):
        if text.strip():
            return " ".join(text.split())[:40]
    return ""


def _finished(data: bytes, template: Template, title: str, note: str, picture: bytes | None) -> bytes:
    """The file with its properties, the note on every page, and a picture that had no place in the template."""
    import docx
    from docx.shared import Cm

    document = docx.Document(io.BytesIO(data))
    document.core_properties.title = title[:255]
    document.core_properties.category = f"{template.name} {template.version}"
    if picture is not None:
        document.add_picture(io.BytesIO(picture), width=Cm(_WIDE))
    even = document.settings.odd_and_even_pages_header_footer
    for at, section in enumerate(document.sections):
        footers = [section.footer, *([section.even_page_footer] if even else [])]
        footers += [section.first_page_footer] if section.different_first_page_header_footer else []
        for footer in footers:
            if not (at and footer.is_linked_to_previous):
                _note(footer, note)
    out = io.BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def _note(footer: Any, note: str) -> None:
    """Let a footer say that this is a draft, unless it does."""
    from docx.shared import Pt, RGBColor

    if note in "".join(footer._element.itertext()):
        return
    run = footer.add_paragraph().add_run(note)
    run.font.size, run.font.color.rgb = Pt(8), RGBColor(0x80, 0x80, 0x80)


def _lined(source: str) -> str:
    """Word's XML with each paragraph on a line, so that the number of a line says where something is."""
    return source.replace("<w:p ", "\n<w:p ").replace("<w:p>", "\n<w:p>")


def _wrong(error: Exception, where: str, source: str = "") -> ConfigError:
    line = getattr(error, "lineno", None)
    lines = _lined(source).splitlines()
    near = " ".join(re.sub(r"<[^>]+>", " ", lines[line - 1]).split())[:80] if line and line <= len(lines) else ""
    context = [" ".join(text.split()) for text in getattr(error, "docx_context", ()) if text.strip()]
    near = near or next((text for text in context if "{" in text), "")[:80]
    message = getattr(error, "message", None) or type(error).__name__
    problem = f"The template can't be filled: {message}"
    return ConfigError(f"{problem}, in “{near}”." if near else f"{problem}.", fix="Mend it in Word.", where=where)
