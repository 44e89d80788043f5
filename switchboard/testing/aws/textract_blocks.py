"""A document as Textract describes it: pages, lines, words, layout and table cells as blocks that refer to each other.

Made from a document that was read by other means, so that any file can be given to the fake. Pure.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid5

from switchboard.testing.aws.service import Parameters
from tools.reading.backend import Block, Box, Document, Page

SURE = 99.0
WIDE = 90
"""Characters of a line; what is longer is broken."""
SHEET: Box = (0.08, 0.06, 0.92, 0.94)
"""Where text stands of which it is not known where it stands."""
LAYOUTS = {"heading": "LAYOUT_SECTION_HEADER", "text": "LAYOUT_TEXT", "list": "LAYOUT_LIST", "table": "LAYOUT_TABLE"}
KINDS = {
    "LAYOUT": ("LAYOUT_",),
    "TABLES": ("TABLE", "CELL", "MERGED_CELL", "SELECTION_ELEMENT"),
    "FORMS": ("KEY_VALUE_SET", "SELECTION_ELEMENT"),
    "SIGNATURES": ("SIGNATURE",),
    "QUERIES": ("QUERY",),
}
"""How the names of the blocks begin that each feature adds to pages, lines and words."""


def blocks(document: Document) -> list[Parameters]:
    """The blocks of a document, a page after the other."""
    return [block for page in document.pages for block in _PageBlocks(page, document.digest).made()]


def featured(found: Sequence[Parameters], features: Sequence[str]) -> list[Parameters]:
    """The blocks that somebody gets who asked for these features, none of which refers to one that is left out."""
    kinds = ("PAGE", "LINE", "WORD", *(kind for feature in features for kind in KINDS[feature]))
    there = {block["Id"] for block in found if block["BlockType"].startswith(kinds)}
    return [_referring_to(there, block) for block in found if block["Id"] in there]


def answered(
    found: Sequence[Parameters], queries: Sequence[Parameters], answers: Mapping[str, str]
) -> list[Parameters]:
    """The blocks with those for queries: each on the pages that it is asked of, with its answer if there is one."""
    made = []
    for block in found:
        if block["BlockType"] != "PAGE":
            made.append(block)
            continue
        asked = [_asked(block, query, answers) for query in queries if _concerns(query, int(block.get("Page", 1)))]
        new = [one for pair in asked for one in pair]
        ids = [{"Type": "CHILD", "Ids": [one["Id"] for one in new]}] if new else []
        made += [{**block, "Relationships": [*block.get("Relationships", ()), *ids]}, *new]
    return made


def _asked(page: Parameters, query: Parameters, answers: Mapping[str, str]) -> list[Parameters]:
    """A query on a page, and its answer."""
    names = [str(uuid5(NAMESPACE_OID, f"{page['Id']} {query['Text']} {what}")) for what in ("query", "answer")]
    at = {"Page": page["Page"]} if "Page" in page else {}
    asked = {"Id": names[0], "BlockType": "QUERY", "Query": query, **at}
    if (text := answers.get(query["Text"])) is None:
        return [asked]
    answer = {"Id": names[1], "BlockType": "QUERY_RESULT", "Text": text, "Confidence": SURE, **at}
    return [{**asked, "Relationships": [{"Type": "ANSWER", "Ids": names[1:]}]}, answer]


def _concerns(query: Parameters, page: int) -> bool:
    """Whether a query is asked of a page: of the first alone, unless it says otherwise."""
    pages = query.get("Pages", ["1"])
    return "*" in pages or str(page) in pages


def _referring_to(there: set[str], block: Parameters) -> Parameters:
    kept = [
        {"Type": relation["Type"], "Ids": ids}
        for relation in block.get("Relationships", ())
        if (ids := [one for one in relation["Ids"] if one in there])
    ]
    rest = {name: value for name, value in block.items() if name != "Relationships"}
    return {**rest, "Relationships": kept} if kept else rest


@dataclass
class _PageBlocks:
    """Makes the blocks of one page."""

    page: Page
    seed: str
    _made: list[Parameters] = field(default_factory=list)
    _children: list[str] = field(default_factory=list)

    def made(self) -> list[Parameters]:
        """All of them, the page itself first."""
        for block, box in zip(self.page.blocks, _places(self.page.blocks), strict=True):
            if block.kind == "table":
                self._table(block, box)
            else:
                lines = [self._line(text, place, self._words(text, place)) for text, place in _lines(block, box)]
                self._layout(block, box, lines)
        page = self._new("PAGE", (0.0, 0.0, 1.0, 1.0), self._children, top=False)
        return [page, *self._made[:-1]]

    def _layout(self, block: Block, box: Box, lines: Sequence[str]) -> None:
        kind = "LAYOUT_TITLE" if block.kind == "heading" and block.level == 1 else LAYOUTS[block.kind]
        if block.kind != "list":
            self._new(kind, box, lines)
            return
        whole = self._new(kind, box, ())
        items = [self._new("LAYOUT_TEXT", box, [line])["Id"] for line in lines]
        whole["Relationships"] = [{"Type": "CHILD", "Ids": items}] if items else []

    def _table(self, block: Block, box: Box) -> None:
        """A table: its words stand in its cells and, row by row, in lines."""
        rows, columns = block.rows, max(map(len, block.rows))
        cells, lines = [], []
        for row, texts in enumerate(rows):
            line = _part(box, row, len(rows), down=True)
            placed = [(text, _part(line, column, columns)) for column, text in enumerate(texts)]
            words = [self._words(text, place) for text, place in placed]
            cells += [self._cell((row, column), place, words[column]) for column, (_, place) in enumerate(placed)]
            if any(words):
                lines.append(self._line(" ".join(filter(None, texts)), line, [word for cell in words for word in cell]))
        self._layout(block, box, lines)
        self._new("TABLE", box, cells)["EntityTypes"] = ["STRUCTURED_TABLE"]

    def _cell(self, at: tuple[int, int], box: Box, words: Sequence[str]) -> str:
        cell = self._new("CELL", box, words, top=False)
        row, column = at
        cell |= {"RowIndex": row + 1, "ColumnIndex": column + 1, "RowSpan": 1, "ColumnSpan": 1}
        return str(cell["Id"])

    def _line(self, text: str, box: Box, words: Sequence[str]) -> str:
        line = self._new("LINE", box, words)
        line["Text"] = text
        return str(line["Id"])

    def _words(self, text: str, box: Box) -> list[str]:
        words = text.split()
        made = [
            self._new("WORD", _part(box, place, len(words)), (), top=False) | {"Text": word, "TextType": "PRINTED"}
            for place, word in enumerate(words)
        ]
        self._made[len(self._made) - len(made) :] = made
        return [str(word["Id"]) for word in made]

    def _new(self, kind: str, box: Box, children: Sequence[str], *, top: bool = True) -> Parameters:
        """A block; unless it belongs to another, the page refers to it."""
        identity = str(uuid5(NAMESPACE_OID, f"{self.seed} {self.page.number} {len(self._made)}"))
        block: Parameters = {
            "Id": identity,
            "BlockType": kind,
            "Confidence": SURE * self.page.confidence,
            "Page": self.page.number,
            "Geometry": _geometry(box),
        }
        if children:
            block["Relationships"] = [{"Type": "CHILD", "Ids": list(children)}]
        self._made.append(block)
        if top:
            self._children.append(identity)
        return block


def _places(blocks: Sequence[Block]) -> Iterator[Box]:
    """Where each block stands; where that is not known, one below the other."""
    for place, block in enumerate(blocks):
        yield block.box or _part(SHEET, place, len(blocks), down=True)


def _lines(block: Block, box: Box) -> Iterator[tuple[str, Box]]:
    texts = [line for text in block.text.split("\n") for line in textwrap.wrap(text, WIDE)]
    for place, text in enumerate(texts):
        if text.strip():
            yield text, _part(box, place, len(texts), down=True)


def _part(box: Box, place: int, count: int, *, down: bool = False) -> Box:
    """One of so many equal parts of a box, from the left or from the top."""
    left, top, right, bottom = box
    if down:
        height = (bottom - top) / count
        return left, top + place * height, right, top + (place + 1) * height
    width = (right - left) / count
    return left + place * width, top, left + (place + 1) * width, bottom


def _geometry(box: Box) -> Parameters:
    left, top, right, bottom = box
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return {
        "BoundingBox": {"Left": left, "Top": top, "Width": right - left, "Height": bottom - top},
        "Polygon": [{"X": x, "Y": y} for x, y in corners],
    }
