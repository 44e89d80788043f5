"""Pictures as files: many pages, odd modes, too many pixels, and what is damaged."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from PIL import Image

from switchboard import Unreadable
from tests.tools.reading.scans import LINES, drawn, saved
from tools.reading import tesseract
from tools.reading.images import _gray, _resolution
from tools.reading.tesseract import Engine, Found


@pytest.fixture
def seen(monkeypatch):
    """What is recognised: words that tell the size of the picture. Tesseract itself is not run."""
    pages = []

    def recognise(gray, width, height, *, dots, language, seconds):
        pages.append((width, height))
        for place, word in enumerate(f"this is page number {len(pages)} of them".split()):
            yield Found(text=word, left=40 * place, top=9, right=40 * place + 36, bottom=30, size=20, confidence=0.9)

    monkeypatch.setattr(tesseract, "recognise", recognise)
    monkeypatch.setattr(tesseract, "engine", lambda: Engine(program="", data="", languages=frozenset({"eng"})))
    return pages


def _code(read, data, name="scan.png", **limits):
    with pytest.raises(Unreadable) as caught:
        read(data, name, **limits)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("AVIF", "image/avif"),
    ],
)
def test_pictures_of_every_kind_are_read_whatever_they_are_called(read, seen, kind, media_type):
    document = read(saved(drawn(), kind), "file.txt")
    assert (document.media_type, document.paged) == (media_type, False)
    assert document.pages[0].text == "this is page number 1 of them"


def test_a_tiff_of_many_pages_has_as_many(read, seen):
    document = read(saved(drawn(), "TIFF", save_all=True, append_images=[drawn(LINES[:2])] * 2), "fax.tif")
    assert [(page.number, page.text) for page in document.pages] == [
        (number, f"this is page number {number} of them") for number in (1, 2, 3)
    ]
    assert document.paged


def test_a_tiff_of_too_many_pages_is_refused(read, seen):
    data = saved(drawn(), "TIFF", save_all=True, append_images=[drawn()] * 3)
    assert _code(read, data, pages=3).code == "too_many_pages"
    assert seen == []


def test_a_pdf_that_is_a_png_is_read_as_what_it_is(read, seen):
    assert read(saved(drawn(), "PNG"), "contract.pdf").media_type == "image/png"


def _png_header(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    data = b"IDAT" + zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) for body in (chunk, data, b"IEND")
    )


@pytest.mark.parametrize("side", [10_001, 30_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(read, seen, side):
    error = _code(read, _png_header(side, side))
    assert error.code == "too_large"
    assert "it has more pixels than the 100 million that can be read; make it smaller" in error.user_text
    assert seen == []


def test_a_page_of_a_pdf_with_too_large_a_picture_is_left_out_and_told(read, seen, make_pdf):
    from reportlab.lib.utils import ImageReader

    picture = ImageReader(Image.new("L", (300, 200), 128))
    data = make_pdf(
        lambda c: c.drawString(50, 700, "a page that has a text layer"), lambda c: c.drawImage(picture, 0, 0, 595, 842)
    )
    document = read(data, "scan.pdf", pixels=59_999)
    assert document.missing == (2,)
    assert document.warnings == ("Page 2 is too large a picture to be recognised",)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.02, 0.5])
def test_a_picture_cut_short_gives_a_page_or_a_reason_but_no_other_error(read, seen, kind, part):
    data = saved(drawn(), kind)
    with suppress(Unreadable):
        assert read(data[: int(len(data) * part)], "cut").pages


def test_a_damaged_page_costs_that_page(read, seen, monkeypatch):
    original = Image.Image.seek

    def seek(self, frame):
        if frame == 1:
            raise OSError("damaged")
        original(self, frame)

    monkeypatch.setattr("PIL.TiffImagePlugin.TiffImageFile.seek", seek)
    monkeypatch.setattr("PIL.TiffImagePlugin.TiffImageFile.n_frames", 2)
    document = read(saved(drawn(), "TIFF", save_all=True, append_images=[drawn()]), "fax.tif")
    assert (document.missing, document.warnings) == ((2,), ("Page 2 could not be read and was left out",))


def test_a_picture_without_text_says_so(read, monkeypatch):
    monkeypatch.setattr(tesseract, "recognise", lambda *args, **named: iter(()))
    monkeypatch.setattr(tesseract, "engine", lambda: Engine(program="", data="", languages=frozenset({"eng"})))
    error = _code(read, saved(Image.new("RGB", (300, 200), "navy"), "PNG"))
    assert (error.code, error.reason) == ("empty", "there is no text in it")


def test_without_an_engine_a_picture_is_told_as_not_recognised(read, monkeypatch):
    monkeypatch.setattr(tesseract, "engine", lambda: None)
    document = read(saved(drawn(), "PNG"), "scan.png")
    assert document.warnings == ("Page 1 has no text; it may be a scan (text recognition is not installed)",)
    assert document.missing == (1,)


def test_what_is_transparent_is_paper():
    assert _gray(Image.new("RGBA", (3, 3), (0, 0, 0, 0))).getpixel((1, 1)) == 255


def test_sixteen_bits_a_pixel_keep_their_shades():
    assert _gray(Image.new("I;16", (3, 3), 128 * 256)).getpixel((1, 1)) == 128


def test_a_picture_is_turned_as_its_camera_says():
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("L", (30, 20)).save(out, "JPEG", exif=exif)
    assert _gray(Image.open(out)).size == (20, 30)


@pytest.mark.parametrize(("told", "dots"), [(200, 200.0), (72, 100.0), (9_999, 100.0), (None, 100.0)])
def test_the_resolution_is_believed_where_it_can_be_true(told, dots):
    out = io.BytesIO()
    Image.new("L", (1170, 800)).save(out, "PNG", **({"dpi": (told, told)} if told else {}))
    assert _resolution(Image.open(out)) == pytest.approx(dots, rel=0.01)
