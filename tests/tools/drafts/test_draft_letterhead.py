"""The letterhead: on what the firm sends and on nothing else, and a logo that is a picture."""

import io
from pathlib import Path

import docx
import pypdfium2
import pytest
from PIL import Image, PngImagePlugin

from switchboard import ConfigError
from tests.tools.drafts.conftest import Gathered
from tests.tools.drafts.test_draft_files import of_type, order, pdf_pages
from tests.tools.drafts.test_draft_templates import table
from tests.tools.drafts.wordmaking import picture
from tools.drafts import letterhead
from tools.drafts.drafting import DOCX, PDF, Made, make
from tools.drafts.letterhead import logo_of
from tools.drafts.settings import DraftSettings, letterhead_of, settings_of

SAID = "invoice for ACME Ltd, 3 days consulting at 900 EUR, VAT 20%"


@pytest.fixture
def firm(tmp_path: Path) -> DraftSettings:
    (tmp_path / "logo.png").write_bytes(picture())
    company = {
        "name": "Me Ltd",
        "address": ["1 High St", "London"],
        "tax_id": "GB123456789",
        "iban": "DE89370400440532013000",
        "logo": str(tmp_path / "logo.png"),
        "footer": "Registered no. 17",
    }
    return settings_of(table(tmp_path, company=company))


def made(gathered: Gathered, firm: DraftSettings, said: str) -> Made:
    state = gathered("invoice", said, settings=firm)
    return make(order("invoice", state, letterhead=letterhead_of(firm)))


LINE = "Me Ltd · 1 High St · London · GB123456789 · DE89 3704 0044 0532 0130 00 · Registered no. 17"


def test_what_the_firm_sends_has_its_logo_and_its_line_in_both_files(gathered: Gathered, firm: DraftSettings) -> None:
    files = made(gathered, firm, SAID)
    section = docx.Document(io.BytesIO(of_type(files, DOCX))).sections[0]
    assert section.footer.paragraphs[0].text == LINE
    assert len(section.header._element.findall(".//{*}blip")) == 1
    assert LINE in pdf_pages(of_type(files, PDF))[0].replace("\n", " ")
    opened = pypdfium2.PdfDocument(of_type(files, PDF))
    assert any(thing.type == 3 for thing in opened[0].get_objects())
    opened.close()


def test_what_somebody_else_sends_has_none(gathered: Gathered, firm: DraftSettings) -> None:
    files = made(gathered, firm, SAID.replace("for ACME", "from Other Ltd to ACME"))
    section = docx.Document(io.BytesIO(of_type(files, DOCX))).sections[0]
    assert "Me Ltd" not in "".join(each.text for each in section.footer.paragraphs)
    assert "High St" not in pdf_pages(of_type(files, PDF))[0]


def test_a_logo_is_made_anew_so_that_nothing_else_in_its_file_gets_into_a_document(tmp_path: Path) -> None:
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", "secret")
    Image.new("RGBA", (3_000, 100), (1, 2, 3, 0)).save(tmp_path / "logo.png", pnginfo=about)
    data = logo_of(tmp_path / "logo.png", "x")
    opened = Image.open(io.BytesIO(data))
    assert b"secret" not in data
    assert (opened.size, opened.mode) == ((1_200, 40), "RGBA")


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"%PDF-1.7", "no picture that can be read"), (b"", "too large, or empty"), (picture()[:60], "no picture")],
)
def test_a_logo_that_is_no_picture_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(ConfigError, match=told):
        logo_of(tmp_path / "logo.png", "tools.drafts.company.logo")


def test_a_logo_that_is_not_there_or_has_too_many_pixels_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match=r"logo none\.png can't be read"):
        logo_of(tmp_path / "none.png", "x")
    (tmp_path / "logo.png").write_bytes(picture())
    monkeypatch.setattr(letterhead, "PIXELS", 100)
    with pytest.raises(ConfigError, match="too many pixels"):
        logo_of(tmp_path / "logo.png", "x")


def test_a_letterhead_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs the firm's name"):
        settings_of(table(tmp_path, company={"footer": "x"}))
    assert letterhead_of(settings_of(table(tmp_path))) == letterhead.Letterhead()
