"""Why a file can't be read: every sentence that a person can meet, in one place."""

from typing import Literal

from switchboard import Unreadable

Code = Literal[
    "missing",
    "empty",
    "damaged",
    "protected",
    "unknown",
    "unsupported",
    "too_large",
    "too_many_pages",
    "too_much_text",
    "too_slow",
    "bomb",
    "crashed",
    "changed",
]

_REASONS: dict[Code, str] = {
    "missing": "the file is not there, or its permissions do not allow reading it",
    "empty": "the file is empty",
    "damaged": "the file is damaged or incomplete; open it in the program that made it and save it again",
    "protected": "it is protected by a password; save a copy without one",
    "unknown": "its kind is not one of PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown, text and e-mail",
    "bomb": "it unpacks to far more than a document needs, so it was not opened",
    "crashed": "the reader stopped while reading it; the file may be damaged or need too much memory",
    "changed": "it changed while it was being read; try again once nothing writes to it",
}


def unreadable(name: str, code: Code, reason: str = "") -> Unreadable:
    """The error for ``code``; ``reason`` stands in for the usual sentence where there is more to say."""
    return Unreadable(name=name, reason=reason or _REASONS[code], code=code)


def too_large(name: str, *, size: int, limit: int) -> Unreadable:
    """The file, or what it unpacks to, has too many bytes."""
    return unreadable(name, "too_large", f"it has {_bytes(size)}, and at most {_bytes(limit)} can be read; split it")


def too_many_pages(name: str, *, pages: int, limit: int) -> Unreadable:
    """The file has too many pages, slides or sheets."""
    return unreadable(name, "too_many_pages", f"it has {pages:,} pages, and at most {limit:,} can be read; split it")


def too_much_text(name: str, *, limit: int) -> Unreadable:
    """The file holds too many characters."""
    return unreadable(name, "too_much_text", f"it holds more than {limit:,} characters of text; split it")


def too_slow(name: str, *, seconds: float) -> Unreadable:
    """Reading took too long."""
    return unreadable(name, "too_slow", f"reading it took longer than {seconds:g} seconds; split it")


def unsupported(name: str, *, kind: str, advice: str) -> Unreadable:
    """The kind is known, but there is no reader for it: ``an old Word document``, ``save it as DOCX``."""
    return unreadable(name, "unsupported", f"it is {kind}; {advice}")


def no_text(pages: list[int]) -> str:
    """The warning for pages that are pictures."""
    runs = _runs(pages)
    several = len(pages) > 1
    return (
        f"{'Pages' if several else 'Page'} {', '.join(runs)} {'have' if several else 'has'} no text; "
        f"{'they may be scans' if several else 'it may be a scan'} (text recognition is not installed)"
    )


def _runs(numbers: list[int]) -> list[str]:
    """``[1, 2, 3, 7]`` as ``["1-3", "7"]``."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return [str(first) if first == last else f"{first}-{last}" for first, last in runs]


def _bytes(size: int) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:,.1f} {unit}".replace(".0 ", " ")
    return f"{size:,} bytes"
