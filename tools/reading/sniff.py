"""What kind of file some bytes are. The name's ending only decides between kinds of text, which look alike."""

import re
from pathlib import PurePosixPath
from typing import Literal

from tools.reading.archive import members
from tools.reading.reasons import unreadable, unsupported

Kind = Literal["pdf", "docx", "pptx", "xlsx", "zip", "image", "html", "mail", "markdown", "delimited", "text"]

_MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "html": "text/html",
    "mail": "message/rfc822",
    "markdown": "text/markdown",
    "delimited": "text/csv",
    "text": "text/plain",
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OFFICE: tuple[tuple[str, Kind], ...] = (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx"))
_OLD_OFFICE = {".doc": "DOCX", ".dot": "DOCX", ".xls": "XLSX", ".ppt": "PPTX", ".pps": "PPTX", ".msg": "EML"}
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
_TEXT_ENDINGS: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".eml": "mail",
}
_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n?")
_MAIL_HEADERS = re.compile(
    rb"^(?:from|to|cc|date|subject|received|return-path|message-id|mime-version|delivered-to|reply-to):", re.I | re.M
)
_BLANK = b"\x00 \t\r\n\x0c\xef\xbb\xbf"
_OTHERS = (
    (b"{\\rtf", "an RTF document", "save it as DOCX or PDF"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "pack it as ZIP, or add the files in it"),
    (b"Rar!\x1a\x07", "a RAR archive", "pack it as ZIP, or add the files in it"),
    (b"\x1f\x8b", "a gzip archive", "pack it as ZIP, or add the files in it"),
)
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_BRANDS = 64  # bytes at the start of a picture from a phone, in which it says of what kinds it is
_LOOK = 4096


def media_type(kind: Kind, data: bytes) -> str:
    """The media type of a file of a kind."""
    return picture(data) if kind == "image" else _MEDIA_TYPES[kind]


def picture(data: bytes) -> str:
    """The media type of a picture; empty if it is none that can be read."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and data[6:10] == bytes(4) and len(data) > 26:
        return "image/bmp"
    if data[4:8] == b"ftyp" and b"avif" in data[8 : min(int.from_bytes(data[:4]), _BRANDS)]:
        return "image/avif"
    return next((told for start, told in _PICTURES.items() if data.startswith(start)), "")


def sniff(data: bytes, *, name: str) -> Kind:
    """The kind of a file.

    Raises:
        Unreadable: It is empty, protected or of a kind that can't be read; says which.
    """
    head = data[:_LOOK]
    if not head.strip(_BLANK) and not data.strip(_BLANK):
        raise unreadable(name, "empty")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(data, name)
    if picture(head):
        return "image"
    _refuse_known(data, head, name)
    return _text(head, name)


def _archive(data: bytes, name: str) -> Kind:
    names = members(data)
    if not names:
        raise unreadable(name, "damaged")
    for folder, kind in _OFFICE:
        if "[Content_Types].xml" in names and any(member.startswith(folder) for member in names):
            return kind
    if "mimetype" in names and "content.xml" in names:
        raise unsupported(name, kind="an OpenDocument file", advice="save it as DOCX, XLSX, PPTX or PDF")
    return "zip"


def _refuse_known(data: bytes, head: bytes, name: str) -> None:
    """Kinds that people do try, each with what to do instead."""
    if head.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise unreadable(name, "protected")
        to = _OLD_OFFICE.get(PurePosixPath(name).suffix.lower(), "DOCX, XLSX or PPTX")
        raise unsupported(name, kind="in an old Office format", advice=f"save it as {to}")
    for start, kind, advice in _OTHERS:
        if head.startswith(start):
            raise unsupported(name, kind=kind, advice=advice)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise unsupported(name, kind="a HEIC picture", advice="save it as JPEG, or let the phone send it as JPEG")


def _text(head: bytes, name: str) -> Kind:
    ending = _TEXT_ENDINGS.get(PurePosixPath(name).suffix.lower())
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "html"
    if _looks_like_mail(head):
        return "mail"
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" in head and not _wide(head):
        raise unreadable(name, "unknown")
    return ending if ending and ending != "mail" else "text"


def _looks_like_mail(head: bytes) -> bool:
    block = _HEADER.match(head.lstrip(b"\r\n"))
    return block is not None and len({found.lower() for found in _MAIL_HEADERS.findall(block.group())}) >= 2


def _wide(head: bytes) -> bool:
    """Whether the zero bytes are those of UTF-16 without a mark: nearly all on one side of each pair."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) * 0.3 and min(even, odd) < len(head) * 0.02
