"""Letters of the PDF: lines that are read from the right, and fonts of the machine for what ours lack."""

import io
import stat
from pathlib import Path

import docx
import pytest
import reportlab

from tests.tools.drafts.test_draft_files import pdf_pages
from tools.drafts import pdf, typefaces, typesetting, word
from tools.drafts.blocks import Page, Paragraph, Run

HEBREW = (
    "אנו שולחים אליכם מכתב זה בנושא הסכם השירותים שנחתם בין ACME Ltd לבין חברתכם בשנת 2026 ומבקשים לשלם עד סוף החודש"
)
ARABIC = "نرسل إليكم هذه الرسالة بشأن عقد الخدمات المبرم بين شركتنا وشركتكم ونرجو منكم تسديد المبلغ قبل نهاية الشهر"
VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
ONLY_IN_VERA = "∃"
PAGE = Page(title="t", language="he", footer="f", pages="{page}/{pages}", letter=False, template="x 1")


def test_a_paragraph_is_broken_into_lines_before_each_is_turned() -> None:
    lines = typesetting.broken(HEBREW, 250, size=10.5, bold=False)
    words = HEBREW.split()
    assert len(lines) > 2
    assert lines[0].endswith(words[0][::-1])
    assert lines[-1].startswith(words[-1][::-1])
    assert "ACME Ltd" in " ".join(lines)
    assert "2026" in " ".join(lines)


def test_arabic_letters_are_joined_and_no_word_is_lost() -> None:
    lines = typesetting.broken(ARABIC, 200, size=10.5, bold=False)
    assert sum(len(line.split()) for line in lines) == len(ARABIC.split())
    assert not any("\u0600" <= letter <= "\u064a" for line in lines for letter in line)


@pytest.mark.parametrize(
    ("text", "leftward"), [("שלום John", True), ("John שלום", False), ("12 שלום", True), ("12", False), ("", False)]
)
def test_the_first_letter_with_a_direction_says_how_a_paragraph_is_read(text: str, leftward: bool) -> None:
    assert typesetting.leftward(text) is leftward


def test_a_long_paragraph_goes_on_over_pages() -> None:
    text = (Run(text=" ".join([HEBREW] * 60)),)
    pages = pdf_pages(pdf.document([Paragraph(text=text)], PAGE))
    assert len(pages) > 1
    assert "".join(pages).count("2026") == 60


def test_word_is_told_what_is_read_from_the_right() -> None:
    blocks = [Paragraph(text=(Run(text=HEBREW, bold=True),)), Paragraph(text=(Run(text="English"),))]
    hebrew, english = docx.Document(io.BytesIO(word.document(blocks, PAGE))).paragraphs
    assert len(hebrew._p.findall(".//{*}bidi")) == len(hebrew._p.findall(".//{*}rtl")) == 1
    assert len(hebrew._p.findall(".//{*}bCs")) == 1
    assert english._p.findall(".//{*}bidi") == []


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with three fonts: one that is damaged, one of a kind that can't be used, and one that can."""
    (tmp_path / "bad.ttf").write_bytes(b"x")
    listed = f"{tmp_path}/bad.ttf\\t0\\tBook\\n{tmp_path}/x.otf\\t0\\tRegular\\n{VERA}\\t0\\tRoman\\n"
    made = tmp_path / "fc-list"
    made.write_text(f"#!/bin/sh\nprintf '{listed}'\n")
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(typefaces, "_known", {})
    typefaces._searched.cache_clear()


@pytest.mark.usefixtures("installed")
def test_a_letter_that_ours_lack_is_drawn_in_a_font_of_the_machine() -> None:
    assert typesetting.runs(f"a{ONLY_IN_VERA}b", bold=False) == [
        ("LiberationSans", "a"),
        ("Vera-0", ONLY_IN_VERA),
        ("LiberationSans", "b"),
    ]
    assert typesetting.missing("a日") == 1
    data = pdf.document([Paragraph(text=(Run(text=f"a{ONLY_IN_VERA}b"),))], PAGE)
    assert b"BitstreamVera" in data


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("letter", ["क", "ไ", "😀"])
def test_scripts_that_need_shaping_stay_boxes_and_are_counted(letter: str) -> None:
    assert typefaces.having(letter) is None
    assert typesetting.missing(letter) == 1


def test_without_fontconfig_there_are_only_our_own_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(typefaces, "_known", {})
    typefaces._searched.cache_clear()
    assert typefaces.having("日") is None
