import hashlib

import pytest

from switchboard import Unreadable
from tools.reading import EmbeddedReader, ReadingLimits


def _code(call, *args, **kwargs):
    with pytest.raises(Unreadable) as caught:
        call(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize("data", [b"", b"   \r\n\t ", b"\x00" * 1000, b"\xef\xbb\xbf\n"])
def test_an_empty_file_says_so(read, data):
    assert _code(read, data).code == "empty"


def test_a_page_without_any_text_says_so(read):
    assert _code(read, b"<html><body><script>1</script></body></html>", "a.html").code == "empty"


def test_a_file_of_unknown_kind_names_what_can_be_read(read):
    error = _code(read, bytes(range(256)) * 40, "data.bin")
    assert error.code == "unknown"
    assert "PDF" in error.user_text


def test_the_kind_is_seen_in_the_bytes_and_not_believed_from_the_name(read, make_docx):
    data = make_docx(lambda d: d.add_paragraph("a real Word file"))
    assert read(data, "liar.pdf").media_type.endswith("wordprocessingml.document")


def test_a_picture_named_txt_is_known_as_a_picture(read):
    assert _code(read, b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "note.txt").code == "damaged"


@pytest.mark.parametrize(
    ("head", "name", "word"),
    [
        (b"{\\rtf1 hello}", "a.rtf", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.doc", "save it as DOCX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "a.xls", "save it as XLSX"),
        (b"\x00\x00\x00\x18ftypheic" + b"x" * 50, "a.heic", "save it as JPEG"),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "a.7z", "pack it as ZIP"),
        (b"Rar!\x1a\x07\x01\x00", "a.rar", "pack it as ZIP"),
        (b"\x1f\x8b\x08\x00" + b"x" * 50, "a.tar.gz", "pack it as ZIP"),
    ],
)
def test_a_known_kind_that_is_not_read_comes_with_advice(read, head, name, word):
    error = _code(read, head, name)
    assert error.code == "unsupported"
    assert word in error.reason


def test_an_open_document_is_refused_with_advice(read, make_zip):
    data = make_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})
    assert "OpenDocument" in _code(read, data, "a.odt").reason


def test_an_encrypted_office_file_is_told_as_protected(read):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 64
    assert _code(read, data, "secret.docx").code == "protected"


def test_a_file_over_the_size_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.txt"
    path.write_bytes(b"x" * 1000)
    error = _code(EmbeddedReader().read, path, name="large.txt", limits=ReadingLimits(size=999))
    assert error.code == "too_large"
    assert error.user_text == "large.txt can't be read: it has 1 kB, and at most 999 bytes can be read; split it."


def test_a_missing_file_says_so(tmp_path):
    error = _code(EmbeddedReader().read, tmp_path / "gone.txt", name="gone.txt", limits=ReadingLimits())
    assert error.code == "missing"


def test_too_much_text_is_refused_and_not_cut(read):
    assert _code(read, b"word " * 100, "a.txt", characters=99).code == "too_much_text"


def test_too_little_time_is_told_as_such(read):
    assert _code(read, b"word", "a.txt", seconds=-1.0).code == "too_slow"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\plan.txt", "plan.txt"),
        ("a\x00b\x1b[31m.txt", "ab[31m.txt"),
        ("cod\u202etxt.exe", "codtxt.exe"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".txt", "x" * 180 + "…" + "x" * 15 + ".txt"),
    ],
)
def test_only_the_last_part_of_a_name_is_shown_without_characters_that_steer(read, name, shown):
    assert read(b"hello", name).name == shown


def test_the_digest_is_that_of_the_bytes(read):
    assert read(b"hello", "a.txt").digest == hashlib.sha256(b"hello").hexdigest()


def test_the_title_is_the_first_of_the_largest_headings(read):
    assert read(b"## Small\n\n# Large\n\n# Other\n", "a.md").title == "Large"


def test_without_headings_the_title_is_made_from_the_name(read):
    assert read(b"hello", "travel_policy-2026.txt").title == "travel policy 2026"


@pytest.mark.parametrize("junk", ["untitled", "Microsoft Word - draft7.doc", "0001065280-16-000047", "final_v3.docx"])
def test_a_title_that_a_program_put_there_is_not_believed(read, make_docx, junk):
    def fill(document):
        document.core_properties.title = junk
        document.add_heading("Real title", 1)

    assert read(make_docx(fill), "a.docx").title == "Real title"


def test_lone_surrogates_and_control_characters_never_come_out(read):
    text = read(("before \x07\x1b[0m\u200bafter " + "x" * 200).encode(), "a.txt").pages[0].text
    assert text.startswith("before [0mafter xxx")
    text.encode("utf-8")


@pytest.mark.parametrize("seed", range(8))
def test_a_truncated_or_garbled_office_file_is_told_as_damaged(read, make_docx, make_xlsx, make_pptx, seed):
    makers = (
        (make_docx, lambda d: d.add_paragraph("text " * 200)),
        (make_xlsx, lambda w: w.active.append(["text"] * 50)),
        (make_pptx, lambda p: p.slides.add_slide(p.slide_layouts[0])),
    )
    for make, fill in makers:
        data = make(fill)
        assert _code(read, data[: len(data) * (seed + 1) // 9], "cut.docx").code in ("damaged", "unsupported")


def test_an_office_file_with_broken_xml_is_told_as_damaged(read, make_docx, repack):
    data = repack(make_docx(lambda d: d.add_paragraph("hello")), {"word/document.xml": b"<w:document><w:body>"})
    assert _code(read, data, "a.docx").code == "damaged"


def test_reading_leaves_the_source_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"hello")
    EmbeddedReader().read(path, name="a.txt", limits=ReadingLimits())
    assert path.read_bytes() == b"hello"
