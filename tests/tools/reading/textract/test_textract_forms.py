"""Forms from Textract's blocks: fields as data and as text, with no word lost or moved."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tools.reading.backend import Field
from tools.reading.textract import forms, pages, words
from tools.reading.textract.items import Collector, Sighting

from .test_textract_pages import _words_of, block, line, seen

REAL = Path(os.environ.get("SWITCHBOARD_EVAL_DATA", "/nowhere")) / "events" / "textract.analyze_document"


def pair(name: str, key: list[str], value: list[str]) -> list[dict[str, Any]]:
    """A label of these words, and what is filled in."""
    label = block(name, "KEY_VALUE_SET", EntityTypes=["KEY"], children=key, value=[f"{name}-value"])
    return [label, block(f"{name}-value", "KEY_VALUE_SET", EntityTypes=["VALUE"], children=value)]


def text(sighting: Sighting) -> list[str]:
    return [one.text for one in pages.page(sighting).blocks]


def test_a_label_and_its_value_are_a_field_and_stand_on_one_line() -> None:
    form = seen(*line("a", "First name:", 0.1), *line("b", "Ann", 0.2), *pair("k", ["a0", "a1"], ["b0"]))
    assert forms.fields(form) == (
        Field(kind="form", name="First name:", value="Ann", confidence=0.9, box=(0.1, 0.1, 0.3, 0.12)),
    )
    assert text(form) == ["First name: Ann"]


def test_a_field_that_nobody_filled_in_is_one_without_a_value() -> None:
    form = seen(*line("a", "E-mail:"), *pair("k", ["a0"], []))
    assert [(one.name, one.value) for one in forms.fields(form)] == [("E-mail:", "")]
    assert text(form) == ["E-mail:"]


def test_a_tick_stands_before_its_label() -> None:
    ticked = block("s", "SELECTION_ELEMENT", SelectionStatus="SELECTED")
    empty = block("t", "SELECTION_ELEMENT", SelectionStatus="NOT_SELECTED")
    made = [*line("a", "Yes", 0.1), *line("b", "No", 0.2), *pair("k", ["a0"], ["s"]), *pair("l", ["b0"], ["t"])]
    form = seen(*made, ticked, empty)
    assert [(one.name, one.value) for one in forms.fields(form)] == [("Yes", "[x]"), ("No", "[ ]")]
    assert text(form) == ["[x] Yes", "[ ] No"]


def test_a_line_in_which_more_stands_than_a_label_stays_as_it_is() -> None:
    form = seen(*line("a", "Name: Ann Age: 30"), *pair("k", ["a0"], ["a1"]), *pair("l", ["a2"], ["a3"]))
    assert [(one.name, one.value) for one in forms.fields(form)] == [("Name:", "Ann"), ("Age:", "30")]
    assert text(form) == ["Name: Ann Age: 30"]


def test_what_is_filled_in_stays_where_it_is_if_something_else_stands_beside_it() -> None:
    made = [*line("a", "Phone:", 0.1), *line("b", "555-0100 after six", 0.2), *pair("k", ["a0"], ["b0"])]
    assert text(seen(*made)) == ["Phone:", "555-0100 after six"]


def test_answers_come_under_their_questions_names_and_signatures_where_they_stand() -> None:
    asked = [
        block("q", "QUERY", Query={"Text": "What is the total?", "Alias": "total"}, answer=["r"]),
        block("u", "QUERY", Query={"Text": "Who signed?"}),
        {"Id": "r", "BlockType": "QUERY_RESULT", "Text": "48.20", "Confidence": 80.0},
    ]
    made = [*line("a", "above", 0.1), block("s", "SIGNATURE", top=0.4), *line("b", "below", 0.7), *asked]
    form = seen(*made)
    page = forms.told(pages.page(form), forms.fields(form))
    assert [(one.kind, one.name, one.value) for one in page.fields] == [
        ("answer", "total", "48.20"),
        ("signature", "", ""),
    ]
    assert [one.text for one in page.blocks] == ["above", "[signature]", "below", "- total: 48.20"]


def test_a_signature_of_which_it_is_not_known_where_it_stands_comes_last() -> None:
    form = seen(*line("a", "text"), {"Id": "s", "BlockType": "SIGNATURE", "Confidence": 70.0})
    assert [one.text for one in forms.told(pages.page(form), forms.fields(form)).blocks] == ["text", "[signature]"]


@pytest.mark.parametrize(("turn", "corners"), [(1, (0, 1)), (2, (-1, 0)), (3, (0, -1))])
def test_words_on_their_side_are_put_in_order_as_they_are_read(turn: int, corners: tuple[int, int]) -> None:
    """Two lines of two words each, on a page that was turned by so many quarters with the clock."""

    def word(name: str, across: float, down: float) -> dict[str, Any]:
        spot = {1: (1 - down, across), 2: (1 - across, 1 - down), 3: (down, 1 - across)}[turn]
        size = (0.02, 0.1) if turn % 2 else (0.1, 0.02)
        start = {"X": spot[0], "Y": spot[1]}
        end = {"X": spot[0] + corners[0] * 0.1, "Y": spot[1] + corners[1] * 0.1}
        box = {"Left": spot[0] - 0.01, "Top": spot[1] - 0.01, "Width": size[0], "Height": size[1]}
        made = block(name, "WORD", name)
        return {**made, "Geometry": {"BoundingBox": box, "Polygon": [start, end]}}

    made = [word("fourth", 0.6, 0.5), word("first", 0.2, 0.2), word("third", 0.3, 0.5), word("second", 0.5, 0.2)]
    sheet = words.sheet(seen(*made))
    assert " ".join(one for part in sheet.parts for one in part.texts).replace(" | ", " ").split() == [
        "first",
        "second",
        "third",
        "fourth",
    ]


@pytest.mark.skipif(not REAL.is_dir(), reason="SWITCHBOARD_EVAL_DATA does not name the evaluation data")
def test_of_real_forms_no_word_is_lost_and_labels_keep_their_values() -> None:
    found = {}
    for path in sorted(REAL.glob("*.json")):
        collector = Collector()
        whole = collector.add(json.loads(path.read_text(encoding="utf-8"))["Blocks"])
        for sighting in (*whole, *collector.rest()):
            before, after = (
                Counter(_words_of(" ".join(one.text for one in each.all("LINE"))))
                for each in (sighting, forms.joined(sighting))
            )
            assert before - after == Counter(), path.name
            found[path.name, sighting.number] = {(one.name, one.value) for one in forms.fields(sighting)}
    (intake,) = (pairs for (name, page), pairs in found.items() if "2-page" in name and page == 1)
    assert {("First Name:", "ALEJANDRO"), ("Yes", "[x]"), ("Email Address:", "")} <= intake
    (paystub,) = (pairs for (name, _), pairs in found.items() if name.endswith("paystub-response.json"))
    assert {("income tax", "-40.60"), ("", "")} <= paystub
