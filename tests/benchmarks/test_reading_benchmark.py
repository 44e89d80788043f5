"""The benchmark of reading runs and compares what it says."""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from benchmarks import reading
from tools.reading import EmbeddedReader, ReadingLimits, tesseract


async def test_reading_is_compared_with_the_bare_libraries(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scans = 2 if tesseract.engine() else 0
    await reading.main(3, scans, _three_short_pages(tmp_path / "short.pdf"), rounds=2)
    said = capsys.readouterr().out
    assert "3 pages of text: " in said
    assert ("2 scanned pages: " in said) is bool(scans)
    assert "MB at most" in said


def _three_short_pages(file: Path) -> Path:
    canvas = Canvas(str(file), pagesize=(300, 100))
    for _ in range(3):
        canvas.drawString(20, 50, "These are the words of a page.")
        canvas.showPage()
    canvas.save()
    return file


def test_its_pages_have_headings_prose_and_tables() -> None:
    document = EmbeddedReader().read(reading.a_report(2), name="report.pdf", limits=ReadingLimits())
    assert [{block.kind for block in page.blocks} for page in document.pages] == [{"heading", "text", "table"}] * 2
    assert document.pages[0].text != document.pages[1].text
