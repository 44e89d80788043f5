"""What kind of file some bytes are. The name's ending only decides between kinds of text, which look alike."""

import re
from pathlib import PurePosixPath
from typing import Literal

from tools.reading.archive import members
from tools.reading.reasons import unreadable, unsupported

Kind = Literal["pdf", "docx", "pptx", "xlsx", "html", "mail", "markdown", "delimited", "text"]

MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
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
_LOOK = 4096


def sniff(data: bytes, *, name: str) -> Kind:
    """The kind of a file.

    Raises:
        Unreadable: It is empty, protected or of a kind that can't be read; says which.
    """
    head = data[:_LOOK]
    if not data.strip(b"\x00 \t\r\n\x0c\xef\xbb\xbf"):
        raise unreadable(name, "empty")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(data, name)
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
    raise unsupported(name, kind="an archive", advice="unpack it and add the files in it")


def _refuse_known(data: bytes, head: bytes, name: str) -> None:
    """Kinds that people do try, each with what to do instead."""
    if head.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise unreadable(name, "protected")
        to = _OLD_OFFICE.get(PurePosixPath(name).suffix.lower(), "DOCX, XLSX or PPTX")
        raise unsupported(name, kind="in an old Office format", advice=f"save it as {to}")
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        raise unsupported(name, kind="a picture", advice="text recognition is not installed")
    if head.startswith(b"{\\rtf"):
        raise unsupported(name, kind="an RTF document", advice="save it as DOCX or PDF")


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
