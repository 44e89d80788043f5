import io
import struct
import zipfile

import pytest

from switchboard import Unreadable


def _refused(read, data, **limits):
    with pytest.raises(Unreadable) as caught:
        read(data, "a.docx", **limits)
    return caught.value.code


def test_a_zip_bomb_in_a_docx_is_refused_by_its_ratio(read, make_docx, repack):
    data = repack(make_docx(lambda d: d.add_paragraph("x")), {"word/media/pad.bin": b"\x00" * 60_000_000})
    assert _refused(read, data) == "bomb"


def test_a_docx_that_unpacks_to_too_much_is_refused(read, make_docx):
    assert _refused(read, make_docx(lambda d: d.add_paragraph("x")), unpacked=1000) == "bomb"


def test_a_directory_that_lies_about_sizes_does_not_get_a_bomb_unpacked(read, make_docx, repack):
    data = bytearray(repack(make_docx(lambda d: d.add_paragraph("x")), {"word/media/pad.bin": b"\x00" * 30_000_000}))
    true_size = struct.pack("<I", 30_000_000)
    while (at := data.find(true_size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 10)
    assert _refused(read, bytes(data)) in ("bomb", "damaged")


def test_a_small_archive_with_a_high_ratio_is_read(read, make_xlsx):
    def fill(workbook):
        for _ in range(2000):
            workbook.active.append([0] * 20)

    assert read(make_xlsx(fill), "zeros.xlsx").pages


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused(read, make_docx, repack, encoding):
    bomb = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    )
    data = repack(make_docx(lambda d: d.add_paragraph("x")), {"word/document.xml": bomb.encode(encoding)})
    assert _refused(read, data) == "bomb"


def test_an_entity_far_into_the_xml_is_found_across_pieces(read, make_docx, repack):
    bomb = b"<!--" + b"x" * 65_530 + b"--><!DOCTYPE lolz []><x/>"
    data = repack(make_docx(lambda d: d.add_paragraph("x")), {"word/document.xml": bomb})
    assert _refused(read, data) == "bomb"


def test_an_archive_with_encrypted_members_is_told_as_protected(read, make_docx):
    data = bytearray(make_docx(lambda d: d.add_paragraph("x")))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    assert _refused(read, bytes(data)) == "protected"


def test_an_archive_of_very_many_members_is_refused(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(20_001):
            archive.writestr(f"word/{number}", b"")
    assert _refused(read, out.getvalue()) == "bomb"
