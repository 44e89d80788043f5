"""Archives: each file in them as if it had come alone; what is wrong with one costs that one."""

import io
import zipfile
from email.message import EmailMessage

import pytest

from switchboard import Unreadable


def _code(read, data, **limits):
    with pytest.raises(Unreadable) as caught:
        read(data, "all.zip", **limits)
    return caught.value.code


def test_the_files_of_an_archive_are_read_each_under_its_name(read, make_zip, make_docx, make_pdf):
    pdf = make_pdf(*(lambda c, n=n: c.drawString(50, 700, f"page {n} of the report") for n in (1, 2)))
    files = {"a/plan.docx": make_docx(lambda d: d.add_paragraph("from Word")), "report.pdf": pdf, "note.txt": b"a note"}
    document = read(make_zip(files), "all.zip")
    assert document.media_type == "application/zip"
    assert document.pages[0].text == "Files:\n- a/plan.docx\n- report.pdf\n- note.txt"
    assert [(page.number, page.label, page.text.partition("\n\n")[2]) for page in document.pages[1:]] == [
        (2, "plan.docx", "from Word"),
        (3, "report.pdf, page 1", "page 1 of the report"),
        (4, "report.pdf, page 2", "page 2 of the report"),
        (5, "note.txt", "a note"),
    ]


def test_a_file_that_cannot_be_read_costs_a_warning(read, make_zip):
    document = read(make_zip({"a.txt": b"fine", "b.pdf": b"%PDF-1.7 broken", "c.rtf": b"{\\rtf1 x}"}), "all.zip")
    assert [page.label for page in document.pages] == ["", "a.txt"]
    assert document.warnings == (
        "The file b.pdf can't be read: the file is damaged or incomplete; open it in the program that made it and save"
        " it again.",
        "The file c.rtf can't be read: it is an RTF document; save it as DOCX or PDF.",
    )


def test_pages_that_are_missing_keep_their_numbers(read, make_zip, make_pdf, monkeypatch):
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    from tools.reading import tesseract

    monkeypatch.setattr(tesseract, "engine", lambda: None)
    picture = ImageReader(Image.new("L", (30, 20), 128))
    pdf = make_pdf(lambda c: c.drawString(50, 700, "a page with text"), lambda c: c.drawImage(picture, 0, 0, 595, 842))
    document = read(make_zip({"a.txt": b"fine", "b.pdf": pdf}), "all.zip")
    assert document.missing == (4,)
    assert document.warnings == ("b.pdf: Page 2 has no text; it may be a scan (text recognition is not installed)",)


def test_folders_links_and_what_systems_leave_behind_are_passed_over(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir("empty")
        archive.writestr("__MACOSX/._note.txt", b"x")
        archive.writestr("a/.DS_Store", b"x")
        archive.writestr("a/note.txt", b"the note")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert read(out.getvalue(), "all.zip").pages[0].text == "Files:\n- a/note.txt"


def test_names_that_lead_out_of_the_archive_are_shown_without(read, make_zip):
    assert read(make_zip({"../../etc/pass\x1bwd.txt": b"x y"}), "all.zip").pages[0].text == "Files:\n- etc/passwd.txt"


def test_an_archive_without_files_is_told_as_empty(read, make_zip):
    assert _code(read, make_zip({"__MACOSX/x": b"x"})) == "empty"


def test_an_archive_is_read_to_three_levels_and_no_deeper(read, make_zip):
    data = b"the innermost words"
    name = "note.txt"
    for level in range(4):
        data, name = make_zip({name: data}), f"{level}.zip"
    document = read(data, "all.zip")
    assert all("innermost" not in page.text for page in document.pages)
    assert "it stands more than 3 levels deep in other files" in document.warnings[0]
    assert "innermost" in read(data, "all.zip", depth=4).pages[-1].text


def test_the_files_of_all_levels_are_counted_together(read, make_zip):
    inner = make_zip({f"{number}.txt": b"x y" for number in range(6)})
    two = make_zip({"a.zip": inner, "b.zip": inner})
    assert len(read(two, "all.zip", files=14).pages) > 12
    assert _code(read, two, files=13) == "too_many_files"
    assert _code(read, make_zip({f"{number}.txt": b"x y" for number in range(5)}), files=4) == "too_many_files"


def test_archives_in_an_archive_may_not_unpack_to_more_than_one_may(read, make_zip):
    inner = [make_zip({"a.txt": bytes([65 + number]) * 400_000}) for number in range(3)]
    files = {f"{number}.zip": data for number, data in enumerate(inner)}
    document = read(make_zip(files), "all.zip", unpacked=1_000_000)
    assert [page.label for page in document.pages] == ["", "0.zip", "0.zip, a.txt", "1.zip", "1.zip, a.txt"]
    assert "unpacks to far more" in document.warnings[0]


def test_an_archive_bomb_is_refused(read, make_zip):
    assert _code(read, make_zip({"a.txt": b"\x00" * 60_000_000})) == "bomb"


def test_an_archive_with_a_password_is_told_as_protected(read, make_zip):
    data = bytearray(make_zip({"a.txt": b"hello"}))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    assert _code(read, bytes(data)) == "protected"


def test_the_pages_of_all_files_are_counted_together(read, make_zip, make_pdf):
    pdf = make_pdf(*[lambda c: c.drawString(50, 700, "some text")] * 3)
    assert _code(read, make_zip({"a.pdf": pdf, "b.pdf": pdf}), pages=5) == "too_many_pages"


def test_a_mail_in_an_archive_gives_its_attachments(read, make_zip):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@b.test", "Hi"
    mail.set_content("the body")
    mail.add_attachment(b"the attached words", maintype="text", subtype="plain", filename="note.txt")
    document = read(make_zip({"mail.eml": mail.as_bytes()}), "all.zip")
    assert "the attached words" in document.pages[-1].text
    assert document.pages[-1].label == "mail.eml, note.txt"
