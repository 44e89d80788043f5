"""The page on reading says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

from tools.reading import ReadingLimits, pictures, preparing, reasons
from tools.reading.keeping import FILE, MOST_BYTES, MOST_DAYS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reading.md").read_text()


def test_the_limits_are_those_of_the_code() -> None:
    told = {
        name: float(value.replace(",", "")) for name, value in re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", PAGE, re.M)
    }
    limits = {field.name: getattr(ReadingLimits(), field.name) for field in fields(ReadingLimits)}
    assert told == {name: float(value) for name, value in limits.items() if not isinstance(value, bool)}


def test_the_confidences_are_those_of_the_code() -> None:
    assert f"Below {reasons.DOUBTFUL} the page is told as hard to read" in PAGE
    assert f"Below {pictures.FAINT} the words are" in PAGE


def test_what_is_said_of_keeping_is_so() -> None:
    assert f"`{FILE}`" in PAGE
    assert f"after {MOST_DAYS} days without use, or when {MOST_BYTES // 1_000_000} MB are full" in PAGE


def test_the_slant_that_is_set_straight_is_told() -> None:
    assert preparing.WIDEST == 15.0
    assert "a slant of up to fifteen degrees" in PAGE
