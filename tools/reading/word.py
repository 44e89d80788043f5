"""DOCX: paragraphs, headings, lists, tables and notes in the order of the document.

The text is taken from the XML rather than from the library's paragraphs, which leave out what stands in content
controls, tracked insertions and text boxes.
"""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.reading.archive import check_archive
from tools.reading.backend import Block
from tools.reading.budget import Budget
from tools.reading.office import core_metadata, opening
from tools.reading.parts import Parts, single
from tools.reading.words import clean, one_line, table_block, whole_lists

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CONTAINERS = {_W + "sdt", _W + "sdtContent", _W + "ins", _W + "moveTo", _W + "smartTag", _W + "customXml"}
_SKIPPED = {_FALLBACK, _W + "del", _W + "moveFrom", _W + "instrText"}
_BREAKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_HEADING = re.compile(r"heading ([1-9])$", re.I)
_NOTES = ("footnotes", "endnotes")


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read a Word document. Where its pages break is only known to a word processor, so it has none."""
    check_archive(data, budget)
    with opening(name):
        import docx

        document = docx.Document(io.BytesIO(data))
        styles = _heading_levels(document)
        blocks = whole_lists(budget.take(block) for block in _blocks(document.element.body, styles))
        blocks += [budget.take(block) for block in _notes(document)]
        metadata = core_metadata(document.core_properties)
    return single(blocks, title=metadata.pop("title", ""), metadata=metadata)


def _heading_levels(document: "WordDocument") -> dict[str, int]:
    """Style id to heading level: by the built-in names, English in every language's Word, or by outline level."""
    levels: dict[str, int] = {}
    for style in document.styles.element.iterfind(_W + "style"):
        style_id, name = style.get(_W + "styleId", ""), style.find(_W + "name")
        named = _HEADING.match(name.get(_W + "val", "") if name is not None else "")
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        if named:
            levels[style_id] = min(int(named[1]), 6)
        elif name is not None and name.get(_W + "val", "").lower() == "title":
            levels[style_id] = 1
        elif outline is not None and outline.get(_W + "val", "").isdigit() and int(outline.get(_W + "val", "")) < 9:
            levels[style_id] = min(int(outline.get(_W + "val", "")) + 1, 6)
    return levels


def _blocks(body: "_Element", levels: dict[str, int]) -> Iterator[Block]:
    for child in _children(body):
        if child.tag == _W + "tbl":
            if table := table_block(_rows(child)):
                yield table
        elif block := _paragraph(child, levels):
            yield block


def _children(parent: "_Element") -> Iterator["_Element"]:
    """Paragraphs and tables, looking into containers; without recursion, as containers nest as they like."""
    stack = list(reversed(parent))
    while stack:
        child = stack.pop()
        if child.tag in (_W + "p", _W + "tbl"):
            yield child
        elif child.tag in _CONTAINERS:
            stack += reversed(child)


def _paragraph(paragraph: "_Element", levels: dict[str, int]) -> Block | None:
    text = clean(_text(paragraph))
    if not text:
        return None
    properties = paragraph.find(_W + "pPr")
    style = _value(properties, "pStyle")
    if style in levels:
        return Block(kind="heading", text=one_line(text), level=levels[style])
    numbering = properties.find(_W + "numPr") if properties is not None else None
    if numbering is not None or style.lower().startswith("list"):
        depth = _value(numbering, "ilvl")
        return Block(kind="list", text="  " * min(int(depth or 0) if depth.isdigit() else 0, 8) + f"- {one_line(text)}")
    return Block(kind="text", text=text)


def _value(parent: Any, tag: str) -> str:
    found = parent.find(_W + tag) if parent is not None else None
    return found.get(_W + "val", "") if found is not None else ""


def _rows(table: "_Element") -> Iterator[list[str]]:
    """Rows of cells; a table within a cell becomes that cell's text."""
    for row in table.iterfind(_W + "tr"):
        yield [_text(cell) for cell in row.iter(_W + "tc") if _nearest_row(cell) is row]


def _nearest_row(cell: "_Element") -> "_Element | None":
    return next(cell.iterancestors(_W + "tr"), None)


def _text(element: "_Element") -> str:
    """The text under an element, without what was deleted and without the second copy that old programs get."""
    pieces: list[str] = []
    stack: list[_Element] = [element]
    while stack:
        node = stack.pop()
        if node.tag == _W + "t":
            pieces.append(node.text or "")
        elif node.tag in _BREAKS:
            pieces.append(_BREAKS[node.tag])
        elif node.tag not in _SKIPPED:
            if node.tag == _W + "p" and pieces:
                pieces.append("\n")
            stack += reversed(node)
    return "".join(pieces)


def _notes(document: "WordDocument") -> Iterator[Block]:
    """Footnotes and endnotes, each with its number, after the text."""
    from docx.oxml import parse_xml

    for relationship in document.part.rels.values():
        kind = relationship.reltype.rsplit("/", 1)[-1]
        if kind in _NOTES and not relationship.is_external:
            notes = parse_xml(relationship.target_part.blob)
            lines = [
                f"{note.get(_W + 'id')}. {one_line(_text(note))}"
                for note in notes
                if note.get(_W + "type") is None and _text(note).strip()
            ]
            if lines:
                yield Block(kind="list", text="\n".join([f"{kind.capitalize()}:", *lines]))
