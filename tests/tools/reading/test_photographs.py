"""A second opinion on photographs that tesseract is not sure of, where RapidOCR is installed."""

import sys

import pytest
from PIL import Image

from tests.tools.reading.scans import FROM_BELOW, drawn, error_rate, photographed, saved
from tools.reading import ReadingPool, photographs, tesseract
from tools.reading.photographs import found
from tools.reading.tesseract import Found

pytestmark = pytest.mark.skipif(tesseract.engine() is None, reason="tesseract can't be run here")
installed = pytest.mark.skipif(
    not photographs.identity(), reason="needs the extra: pip install 'switchboard-assistant[photographs]'"
)
PICTURE = Image.new("L", (40, 40), 255)


def from_far_below() -> bytes:
    """A photograph whose lines run together so much that tesseract mistakes them."""
    return saved(photographed(drawn(), corners=FROM_BELOW), "JPEG", quality=80)


@installed
async def test_a_page_that_was_photographed_from_far_below_is_read():
    async with ReadingPool(workers=1) as pool:
        (page,) = (await pool.read(from_far_below(), name="photo.jpg")).pages
    assert error_rate(page.text) < 0.15
    assert (page.method, page.language) == ("ocr", "en")


@installed
def test_a_picture_without_type_has_no_lines():
    assert photographs.recognise(PICTURE, seconds=120) == ()


def test_a_line_becomes_a_word_as_high_as_its_type_and_as_steep_as_it_runs():
    corners = ((10, 100), (110, 120), (110, 140), (10, 120))
    (word,) = found([(corners, " by the harbour ", 0.9)])
    assert (word.text, word.left, word.right, word.confidence) == ("by the harbour", 10, 110, 0.9)
    assert (word.top, word.bottom, word.size, word.slope) == (110, 130, 20, 0.2)


def test_what_has_no_text_or_no_size_is_no_line():
    flat, square = ((0, 0), (9, 0), (9, 0), (0, 0)), ((0, 0), (9, 0), (9, 9), (0, 9))
    assert list(found([(flat, "a", 1.0), (square, " ", 1.0)])) == []


@pytest.mark.parametrize("program", ["/bin/false", "/bin/cat", "/no/such/program"])
def test_where_it_can_not_be_run_it_has_no_opinion(monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    assert photographs.recognise(PICTURE, seconds=10) == ()


def test_where_time_is_up_it_has_no_opinion():
    assert photographs.recognise(PICTURE, seconds=0.0) == ()


@pytest.mark.parametrize(("confidence", "text"), [(0.3, "first"), (0.99, "second")])
def test_a_page_of_which_tesseract_is_not_sure_is_what_the_surer_engine_reads(read, monkeypatch, confidence, text):
    where = {"left": 1, "top": 1, "right": 30, "bottom": 12, "size": 11.0}
    first, second = Found(text="first", confidence=0.6, **where), Found(text="second", confidence=confidence, **where)
    monkeypatch.setattr(tesseract, "recognise", lambda *_, **__: iter([first]))
    monkeypatch.setattr(photographs, "identity", lambda: "installed")
    monkeypatch.setattr(photographs, "recognise", lambda *_, **__: (second,))
    assert read(saved(drawn(), "PNG"), "scan.png").text == text


def test_a_page_of_which_tesseract_is_sure_is_not_read_again(read, monkeypatch):
    monkeypatch.setattr(photographs, "identity", lambda: "installed")
    monkeypatch.setattr(photographs, "recognise", lambda *_, **__: pytest.fail("nobody asked"))
    assert error_rate(read(saved(drawn(), "PNG"), "scan.png").text) < 0.01
