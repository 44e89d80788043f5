"""Pages from Textract's blocks: the order of its layout, cells where they belong, and no word lost."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.testing.aws.textract_blocks import blocks
from tools.reading.backend import Block, Document, Page
from tools.reading.textract import pages, words
from tools.reading.textract.items import Collector, Sighting

REAL = Path(os.environ.get("SWITCHBOARD_EVAL_DATA", "/nowhere")) / "events" / "textract.analyze_document"


def block(name: str, kind: str, text: str = "", top: float = 0.1, **more: Any) -> dict[str, Any]:
    """A block as Textract gives it; ``children`` are the ids of those that it is made of."""
    related = [{"Type": "CHILD", "Ids": more.pop("children")}] if "children" in more else []
    related += [{"Type": how.upper(), "Ids": more.pop(how)} for how in ("value", "answer") if how in more]
    related += [{"Type": "MERGED_CELL", "Ids": more.pop("merged")}] if "merged" in more else []
    place = {"Left": more.pop("left", 0.1), "Top": top, "Width": more.pop("width", 0.2), "Height": 0.02}
    said = {"Text": text} if text else {}
    made = {"Id": name, "BlockType": kind, "Confidence": 90.0, "Geometry": {"BoundingBox": place}, **said, **more}
    return {**made, "Relationships": related} if related else made


def line(name: str, text: str, top: float = 0.1, **more: Any) -> list[dict[str, Any]]:
    """A line with its words, called ``<name>0`` and so on."""
    found = [block(f"{name}{place}", "WORD", word, top, **more) for place, word in enumerate(text.split())]
    return [block(name, "LINE", text, top, children=[word["Id"] for word in found], **more), *found]


def seen(*made: dict[str, Any]) -> Sighting:
    collector = Collector()
    children = [one["Id"] for one in made]
    assert collector.add([block("page", "PAGE", children=children), *made]) == []
    (sighting,) = collector.rest()
    return sighting


def told(*made: dict[str, Any]) -> list[tuple[str, str]]:
    """The blocks of a page, each by its kind and text."""
    return [(one.kind, one.text) for one in pages.page(seen(*made)).blocks]


def test_the_layout_gives_the_order_and_the_kinds() -> None:
    made = [
        *line("a", "Second column", 0.2),
        *line("b", "Annual report", 0.1),
        *line("c", "Outlook", 0.3),
        *line("d", "12", 0.9),
        block("1", "LAYOUT_TITLE", children=["b"]),
        block("2", "LAYOUT_SECTION_HEADER", children=["c"]),
        block("3", "LAYOUT_TEXT", children=["a"]),
        block("4", "LAYOUT_PAGE_NUMBER", children=["d"]),
    ]
    page = pages.page(seen(*made))
    assert [(one.kind, one.level, one.text) for one in page.blocks] == [
        ("heading", 1, "Annual report"),
        ("heading", 2, "Outlook"),
        ("text", 0, "Second column"),
    ]
    assert (page.method, page.confidence, page.blocks[0].box) == ("ocr", 0.9, (0.1, 0.1, 0.3, 0.12))


def test_lines_of_a_paragraph_go_on_and_broken_words_are_whole() -> None:
    made = [
        *line("a", "an agree-"),
        *line("b", "ment of 2026-"),
        *line("c", "2027"),
        block("1", "LAYOUT_TEXT", children=["a", "b", "c"]),
    ]
    assert told(*made) == [("text", "an agreement of 2026- 2027")]


def test_items_of_a_list_stand_in_it_once() -> None:
    made = [
        *line("a", "first"),
        *line("b", "goes on"),
        *line("c", "2. second"),
        block("list", "LAYOUT_LIST", children=["i", "j"]),
        block("i", "LAYOUT_TEXT", children=["a", "b"]),
        block("j", "LAYOUT_TEXT", children=["c"]),
    ]
    assert told(*made) == [("list", "- first goes on\n2. second")]


def test_each_line_of_a_form_says_something_of_its_own() -> None:
    made = [*line("a", "Name: Ann"), *line("b", "Age: 30"), block("1", "LAYOUT_KEY_VALUE", children=["a", "b"])]
    assert told(*made) == [("text", "Name: Ann\nAge: 30")]


def test_a_table_takes_the_place_of_its_lines_and_merged_cells_stand_once() -> None:
    def cell(name: str, row: int, column: int, *children: str) -> dict[str, Any]:
        return block(name, "CELL", RowIndex=row, ColumnIndex=column, children=list(children))

    made = [
        *line("a", "Prices of 2026", 0.3),
        *line("b", "tea 3", 0.4),
        *line("c", "after the table", 0.8),
        block("1", "LAYOUT_TABLE", children=["a", "b"]),
        block("2", "LAYOUT_TEXT", children=["c"]),
        block("table", "TABLE", children=["c1", "c2", "c3", "c4"], merged=["m"]),
        cell("c1", 1, 1, "a0", "a1"),
        cell("c2", 1, 2, "a2"),
        cell("c3", 2, 1, "b0"),
        cell("c4", 2, 2, "b1"),
        block("m", "MERGED_CELL", RowIndex=1, ColumnIndex=1, ColumnSpan=2, children=["c1", "c2"]),
    ]
    assert told(*made) == [("table", "Prices of 2026\ntea | 3"), ("text", "after the table")]


def test_a_word_beside_the_cells_of_its_line_is_not_lost() -> None:
    made = [
        *line("a", "2. tea 3", 0.4),
        block("1", "LAYOUT_TABLE", children=["a"]),
        block("table", "TABLE", children=["c1"]),
        block("c1", "CELL", RowIndex=1, ColumnIndex=1, children=["a1", "a2"]),
    ]
    assert told(*made) == [("table", "tea 3"), ("text", "2.")]


def test_a_tick_box_says_whether_it_is_ticked() -> None:
    made = [
        block("table", "TABLE", children=["c1", "c2"]),
        block("c1", "CELL", RowIndex=1, ColumnIndex=1, children=["yes"]),
        block("c2", "CELL", RowIndex=1, ColumnIndex=2, children=["no"]),
        block("yes", "SELECTION_ELEMENT", SelectionStatus="SELECTED"),
        block("no", "SELECTION_ELEMENT", SelectionStatus="NOT_SELECTED"),
    ]
    assert told(*made) == [("table", "[x] | [ ]")]


def test_a_line_outside_the_layout_stands_where_it_is_seen() -> None:
    made = [
        *line("a", "below", 0.7),
        *line("b", "between", 0.5),
        *line("c", "above", 0.2),
        block("1", "LAYOUT_TEXT", top=0.2, children=["c"]),
        block("2", "LAYOUT_TEXT", top=0.7, children=["a"]),
    ]
    assert [text for _, text in told(*made)] == ["above", "between", "below"]


def test_an_index_of_a_cell_that_is_absurd_is_not_believed() -> None:
    made = [
        *line("a", "far away"),
        block("table", "TABLE", children=["c1", "c2"]),
        block("c1", "CELL", RowIndex=1, ColumnIndex=1, children=["a0"]),
        block("c2", "CELL", RowIndex=10**9, ColumnIndex=10**9, children=["a1"]),
    ]
    assert told(*made) == [("table", "far\naway")]


def test_members_that_some_clients_write_as_null_are_absent() -> None:
    null = {"Text": None, "SelectionStatus": None, "RowIndex": None, "Relationships": None, "Page": None}
    made = {**block("a", "LINE"), **null, "Text": "a line"}
    assert told(made, {**block("b", "WORD"), **null}) == [("text", "a line")]


def test_the_page_is_1_where_the_service_does_not_say_and_blocks_of_other_kinds_are_left_alone() -> None:
    assert seen(block("k", "KEY_VALUE_SET"), *line("a", "text")).number == 1


def test_a_page_is_given_out_when_a_later_one_has_begun_and_nothing_of_it_lacks() -> None:
    collector = Collector()
    first = [block("p1", "PAGE", children=["a", "k"], Page=1), *line("a", "one", Page=1)]
    assert collector.add(first) == []
    assert collector.add([block("p2", "PAGE", children=[], Page=2)]) == []
    (given,) = collector.add([block("k", "KEY_VALUE_SET", Page=1)])
    assert given.number == 1
    assert [one.number for one in collector.rest()] == [2]


def test_words_alone_are_put_into_lines() -> None:
    made = [*line("a", "above", 0.1), *line("b", "below", 0.3)]
    assert [part.texts for part in words.sheet(seen(*made)).parts] == [("above",), ("below",)]


def test_a_page_without_words_is_empty() -> None:
    assert words.sheet(seen()).parts == ()
    assert pages.page(seen()).blocks == ()


TEXT = st.lists(st.text("abcdefghij0123456789", min_size=1, max_size=8), min_size=1, max_size=20).map(" ".join)
PIECES = st.one_of(
    st.builds(Block, kind=st.sampled_from(["text", "heading"]), text=TEXT),
    st.lists(TEXT, min_size=1, max_size=4).map(lambda items: Block(kind="list", text="\n".join(items))),
    st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=4).map(
        lambda rows: Block(kind="table", text="\n".join(map(" | ".join, rows)))
    ),
)
BOOKS = st.lists(st.lists(PIECES, max_size=4), min_size=1, max_size=4)


def document(book: Sequence[Sequence[Block]]) -> Document:
    made = tuple(Page(number=number, blocks=tuple(found)) for number, found in enumerate(book, start=1))
    return Document(name="a", title="a", media_type="application/pdf", digest="d", pages=made)


@settings(max_examples=60, deadline=None)
@given(book=BOOKS, size=st.integers(1, 40))
def test_whatever_stands_on_a_page_is_told_once_however_it_comes_in_pieces(book: list[list[Block]], size: int) -> None:
    made, collector = blocks(document(book)), Collector()
    found = [one for start in range(0, len(made), size) for one in collector.add(made[start : start + size])]
    found += collector.rest()
    assert [one.number for one in found] == list(range(1, len(book) + 1))
    for sighting, expected in zip(found, book, strict=True):
        text = " ".join(one.text for one in pages.page(sighting).blocks)
        assert _words_of(text) == _words(expected)


def _words(expected: Sequence[Block]) -> Counter[str]:
    return sum((_words_of(one.text) for one in expected), Counter())


def _words_of(text: str) -> Counter[str]:
    return Counter(word for word in text.split() if word not in ("-", "|"))


@pytest.mark.skipif(not REAL.is_dir(), reason="SWITCHBOARD_EVAL_DATA does not name the evaluation data")
def test_no_word_of_a_real_answer_is_lost() -> None:
    lost = {}
    for path in sorted(REAL.glob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))["Blocks"]
        collector = Collector()
        found = [one for start in range(0, len(answer), 50) for one in collector.add(answer[start : start + 50])]
        read = [pages.page(one) for one in (*found, *collector.rest())]
        there = _words_of(" ".join(page.text for page in read))
        numbers = {child for one in answer if one["BlockType"] == "LAYOUT_PAGE_NUMBER" for child in _children(one)}
        lines = [one for one in answer if one["BlockType"] == "LINE" and one["Id"] not in numbers]
        lost[path.name] = _words_of(" ".join(one["Text"] or "" for one in lines)) - there
    assert len(lost) > 20
    assert {name: dict(words) for name, words in lost.items() if words} == {}


def _children(one: dict[str, Any]) -> list[str]:
    return [child for relation in one.get("Relationships") or () for child in relation["Ids"]]
