import gzip
import json
import os
import re
from contextlib import suppress
from pathlib import Path

import pytest

from switchboard import Unreadable
from tools.reading import EmbeddedReader, ReadingLimits, tesseract


def _write(canvas, x, y, text, size=10, font="Helvetica"):
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def _paragraph(canvas, x, y, lines, size=10):
    for number, line in enumerate(lines):
        _write(canvas, x, y - number * size * 1.2, line, size)


def _blocks(document, kind, page=0):
    return [block for block in document.pages[page].blocks if block.kind == kind]


def test_pages_are_numbered_from_one_and_mean_something(read, make_pdf):
    document = read(make_pdf(*(lambda c, n=n: _write(c, 50, 700, f"page {n} here") for n in (1, 2, 3))))
    assert document.paged
    assert [(page.number, page.text) for page in document.pages] == [
        (1, "page 1 here"),
        (2, "page 2 here"),
        (3, "page 3 here"),
    ]


def test_a_paragraph_over_several_lines_is_one_block(read, make_pdf):
    lines = ["The quick brown fox jumps over", "the lazy dog and then goes on", "to sleep."]
    assert read(make_pdf(lambda c: _paragraph(c, 50, 700, lines))).pages[0].text == " ".join(lines)


def test_larger_type_is_a_heading_and_the_largest_has_level_one(read, make_pdf):
    def draw(c):
        _write(c, 50, 780, "Annual report", 24)
        _write(c, 50, 740, "Results", 16)
        _paragraph(c, 50, 700, ["Body text that is long enough to be the usual size of type here."] * 3)

    headings = _blocks(read(make_pdf(draw)), "heading")
    assert [(block.text, block.level) for block in headings] == [("Annual report", 1), ("Results", 2)]


def test_a_line_and_one_under_it_that_is_set_elsewhere_are_two_headings(read, make_pdf):
    def draw(c):
        _write(c, 50, 780, "Item 1. Business", 12, "Helvetica-Bold")
        _write(c, 280, 766, "ABOUT US", 12, "Helvetica-Bold")
        _paragraph(
            c, 50, 740, ["Body text that is long enough to be the usual size of type here, on a whole line."] * 3
        )

    assert [block.text for block in _blocks(read(make_pdf(draw)), "heading")] == ["Item 1. Business", "ABOUT US"]


def test_a_short_line_over_a_paragraph_in_the_same_type_stands_by_itself(read, make_pdf):
    lines = ["June quarter", "Net sales of the group were higher than in the", "last year, as prices rose."]
    text = read(make_pdf(lambda c: _paragraph(c, 50, 700, lines))).pages[0].text
    assert text == f"{lines[0]}\n\n{lines[1]} {lines[2]}"


def test_the_number_of_an_exhibit_is_no_title(read, make_pdf):
    def draw(c):
        _write(c, 50, 780, "EXHIBIT 10.1", 16)
        _write(c, 50, 740, "Master Lease", 16)
        _paragraph(c, 50, 700, ["Body text that is long enough to be the usual size of type here."] * 3)

    assert read(make_pdf(draw)).title == "Master Lease"


def test_a_short_bold_line_is_a_heading_below_the_larger_ones(read, make_pdf):
    def draw(c):
        _write(c, 50, 780, "Title", 20)
        _write(c, 50, 740, "Scope of this policy", 10, "Helvetica-Bold")
        _paragraph(c, 50, 720, ["It holds for everybody who works here, in every country we are in."] * 3)

    assert [(block.text, block.level) for block in _blocks(read(make_pdf(draw)), "heading")][1] == (
        "Scope of this policy",
        2,
    )


def test_two_columns_of_prose_are_read_one_after_the_other(read, make_pdf):
    left = [
        "Left column says first that the",
        "grinder has a steel burr set and",
        "then that it turns rather slowly",
        "so that the beans stay quite cool",
        "on every single working day.",
    ]
    right = [
        "Right column goes on about how",
        "the roaster is cleaned each night",
        "by somebody who wears a pair of",
        "gloves and takes the ash outside",
        "before the doors are locked up.",
    ]

    def draw(c):
        for number, (a, b) in enumerate(zip(left, right, strict=True)):
            _write(c, 50, 700 - 13 * number, a)
            _write(c, 320, 700 - 13 * number, b)

    text = " ".join(read(make_pdf(draw)).pages[0].text.split())
    assert text == " ".join(left) + " " + " ".join(right)


def test_a_page_of_very_many_scattered_words_is_read_within_its_time(read, make_pdf):
    def draw(c):
        for number in range(20_000):
            _write(c, 20 + number * 37 % 550, 20 + number * 91 % 800, "w", 2)

    assert read(make_pdf(draw), seconds=60.0).pages[0].text.count("w") == 20_000


def test_bullets_become_one_list(read, make_pdf):
    def draw(c):
        for number, line in enumerate(("• one kilogram of beans", "• two filters", "• three cups")):
            _write(c, 50, 700 - 14 * number, line)

    (items,) = _blocks(read(make_pdf(draw)), "list")
    assert items.text.split("\n") == ["• one kilogram of beans", "• two filters", "• three cups"]


def test_a_word_hyphenated_at_a_line_end_is_joined_if_it_stands_whole_elsewhere(read, make_pdf):
    lines = ["All packaging is green. We sort pack-", "aging each week in the long-", "term store of the company."]
    text = read(make_pdf(lambda c: _paragraph(c, 50, 700, lines))).pages[0].text
    assert "sort packaging each" in text
    assert "long-term" in text


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_text_that_stands_turned_is_read_as_upright(read, make_pdf, quarter):
    def draw(c):
        c.translate(300, 400)
        c.rotate(quarter)
        _paragraph(c, -200, 100, ["The first of the lines is here", "and the second one follows it."])

    assert read(make_pdf(draw)).pages[0].text == "The first of the lines is here and the second one follows it."


def test_without_recognition_a_page_that_is_a_picture_is_kept_and_told_as_a_scan(read, make_pdf, monkeypatch):
    monkeypatch.setattr(tesseract, "engine", lambda: None)
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("RGB", (40, 40), "grey"))
    scan = lambda c: c.drawImage(picture, 0, 0, 595, 842)  # noqa: E731
    document = read(make_pdf(lambda c: _write(c, 50, 700, "This page has a text layer."), scan, scan, scan))
    assert [len(page.blocks) for page in document.pages] == [1, 0, 0, 0]
    assert document.missing == (2, 3, 4)
    assert document.warnings == ("Pages 2-4 have no text; they may be scans (text recognition is not installed)",)


def test_a_blank_page_is_no_scan(read, make_pdf):
    assert read(make_pdf(lambda c: _write(c, 50, 700, "Some text is here."), lambda c: None)).warnings == ()


def test_page_labels_are_kept_where_they_differ_from_the_number(read, make_pdf):
    data = make_pdf(lambda c: _write(c, 50, 700, "preface text"), lambda c: _write(c, 50, 700, "chapter text"))
    assert [page.label for page in read(data).pages] == ["", ""]


def test_the_documents_own_title_and_author_are_taken(read, make_pdf):
    def draw(c):
        c.setTitle("Travel policy")
        c.setAuthor("Ida Holm")
        _write(c, 50, 700, "Some text is here.")

    document = read(make_pdf(draw))
    assert (document.title, document.metadata["author"]) == ("Travel policy", "Ida Holm")


def test_a_pdf_with_a_password_is_told_as_protected(read, make_pdf):
    from reportlab.lib.pdfencrypt import StandardEncryption

    data = make_pdf(lambda c: _write(c, 50, 700, "secret"), encrypt=StandardEncryption("secret", canPrint=0))
    with pytest.raises(Unreadable, match="protected by a password"):
        read(data, "secret.pdf")


def test_a_pdf_that_may_be_opened_but_not_printed_is_read(read, make_pdf):
    from reportlab.lib.pdfencrypt import StandardEncryption

    data = make_pdf(
        lambda c: _write(c, 50, 700, "open text"), encrypt=StandardEncryption("", ownerPassword="x", canPrint=0)
    )
    assert read(data).pages[0].text == "open text"


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"%PDF-1.4\n" + b"garbage " * 500, b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"]
)
def test_a_damaged_pdf_is_told_as_damaged(read, data):
    with pytest.raises(Unreadable) as caught:
        read(data, "a.pdf")
    assert caught.value.code == "damaged"


def test_a_pdf_with_too_many_pages_is_refused(read, make_pdf):
    data = make_pdf(*[lambda c: _write(c, 50, 700, "x")] * 4)
    with pytest.raises(Unreadable, match="it has 4 pages, and at most 3"):
        read(data, pages=3)


def test_a_pdf_cut_in_half_gives_pages_or_a_reason_but_no_other_error(read, make_pdf):
    data = make_pdf(*[lambda c: _write(c, 50, 700, "some text on a page")] * 5)
    for part in range(1, 10):
        with suppress(Unreadable):
            read(data[: len(data) * part // 10], "cut.pdf")


def _evaluation_pdfs():
    folder = os.environ.get("SWITCHBOARD_EVAL_DATA")
    return sorted(Path(folder, "retrieval", "pdfs").glob("*.pdf")) if folder else []


@pytest.mark.skipif(not _evaluation_pdfs(), reason="SWITCHBOARD_EVAL_DATA does not name the evaluation data")
@pytest.mark.parametrize("path", _evaluation_pdfs(), ids=lambda path: path.stem)
def test_the_words_of_real_filings_are_those_that_another_reader_finds(path):
    words = re.compile(r"[A-Za-z0-9]{2,}")
    with gzip.open(path.parents[1] / "pages.jsonl.gz", "rt") as lines:
        known = {page["page"]: page["text"] for page in map(json.loads, lines) if page["doc"] == path.stem}
    document = EmbeddedReader().read(path, name=path.name, limits=ReadingLimits())
    assert len(document.pages) == len(known)
    missing = total = 0
    for page in document.pages:
        expected = set(words.findall(known[page.number - 1]))
        missing += len(expected - set(words.findall(page.text)))
        total += len(expected)
    assert missing / total < 0.01
