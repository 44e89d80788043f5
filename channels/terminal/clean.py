"""Neutralising: whatever a model, a file name or a document says, a terminal only ever gets text to show.

Control characters are made visible, not removed, so that nobody mistakes hostile text for harmless text.
"""

import re
from urllib.parse import quote, urlsplit

_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TABLE: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), "\ufffd"),
    **{ord(mark): "\ufffd" for mark in _BIDI},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    ord("\n"): "\n",
    ord("\t"): "    ",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
}
_NAME_UNSAFE = re.compile(r"[^\w.()+,@ -]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINK_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


def clean(text: str) -> str:
    """Text in which nothing is left that a terminal obeys; lines and letters stay as they are."""
    return text.replace("\r\n", "\n").translate(_TABLE)


def one_line(text: str) -> str:
    """The same, for titles and names: line breaks and runs of white space become one space."""
    return " ".join(clean(text).split())


def web_link(link: str) -> str:
    """The link, if it is an address on the web, with everything escaped that is not plain ASCII; otherwise empty."""
    try:
        parts = urlsplit(link)
        known = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return ""
    return quote(link, safe=_LINK_SAFE, errors="replace") if known else ""


def file_name(name: str, *, otherwise: str = "document") -> str:
    """A name fit for a file of ours, made of an untrusted one: no folders, no hidden files, at most 100 characters."""
    last = re.split(r"[/\\]", clean(name))[-1]
    safe = _NAME_UNSAFE.sub("_", last).strip(" .-_")
    stem, dot, ending = safe.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: 99 - len(ending)]}.{ending}"
    return safe[:100] or otherwise


def typed(text: str) -> str:
    """What a keyboard or a pipe gave, as text that every store and socket can carry."""
    return _SURROGATE.sub("\ufffd", text).replace("\r\n", "\n")
