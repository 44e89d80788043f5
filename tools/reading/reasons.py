"""Why a file can't be read: every sentence that a person can meet, in one place."""

from collections.abc import Sequence
from typing import Literal

from switchboard import Unreadable
from tools.reading.sheet import Fault, Sheet
from tools.reading.words import display_name

Code = Literal[
    "missing",
    "empty",
    "damaged",
    "protected",
    "unknown",
    "unsupported",
    "too_large",
    "too_many_pages",
    "too_many_files",
    "too_deep",
    "too_much_text",
    "too_slow",
    "bomb",
    "crashed",
    "changed",
]

DOUBTFUL = 0.75
"""A page that was recognised with less confidence than that is told as hard to read."""

_FAULTS: dict[Fault, tuple[str, str]] = {
    "no_engine": (
        "has no text; it may be a scan (text recognition is not installed)",
        "have no text; they may be scans (text recognition is not installed)",
    ),
    "too_slow": ("took too long to recognise and was left out", "took too long to recognise and were left out"),
    "too_large": ("is too large a picture to be recognised", "are too large pictures to be recognised"),
    "failed": ("could not be read and was left out", "could not be read and were left out"),
    "faint": (
        "could not be recognised; it may be handwritten, very faint, or in a script that is not supported",
        "could not be recognised; they may be handwritten, very faint, or in a script that is not supported",
    ),
}
_HARD_TO_READ = (
    "is hard to read, so compare what matters with the original",
    "are hard to read, so compare what matters with the original",
)

_REASONS: dict[Code, str] = {
    "missing": "the file is not there, or its permissions do not allow reading it",
    "empty": "the file is empty",
    "damaged": "the file is damaged or incomplete; open it in the program that made it and save it again",
    "protected": "it is protected by a password; save a copy without one",
    "unknown": "its kind is not one of PDF, Word, PowerPoint, Excel, CSV, HTML, Markdown, text, e-mail, picture, ZIP",
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


def too_many_files(name: str, *, limit: int) -> Unreadable:
    """There are too many files in the file."""
    return unreadable(name, "too_many_files", f"there are more than {limit:,} files in it; split it")


def too_deep(name: str, *, limit: int) -> Unreadable:
    """There are files in files in files."""
    return unreadable(name, "too_deep", f"it stands more than {limit} levels deep in other files; take it out of them")


def too_many_pixels(name: str, *, limit: int) -> Unreadable:
    """The picture is too large to be unpacked."""
    most = f"{limit / 1e6:,.0f} million"
    return unreadable(name, "too_large", f"it has more pixels than the {most} that can be read; make it smaller")


def too_much_text(name: str, *, limit: int) -> Unreadable:
    """The file holds too many characters."""
    return unreadable(name, "too_much_text", f"it holds more than {limit:,} characters of text; split it")


def too_slow(name: str, *, seconds: float) -> Unreadable:
    """Reading took too long."""
    return unreadable(name, "too_slow", f"reading it took longer than {seconds:g} seconds; split it")


def unsupported(name: str, *, kind: str, advice: str) -> Unreadable:
    """The kind is known, but there is no reader for it: ``an old Word document``, ``save it as DOCX``."""
    return unreadable(name, "unsupported", f"it is {kind}; {advice}")


def faults(sheets: Sequence[Sheet]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """What to tell of a file's pages, and the numbers of those that were not read though they may hold text."""
    warnings = []
    for fault, (one, several) in _FAULTS.items():
        if numbers := [number for number, sheet in enumerate(sheets, start=1) if sheet.fault == fault]:
            warnings.append(_of_pages(numbers, one, several))
    doubtful = [
        number
        for number, sheet in enumerate(sheets, start=1)
        if sheet.method == "ocr" and not sheet.fault and sheet.confidence < DOUBTFUL
    ]
    if doubtful:
        warnings.append(_of_pages(doubtful, *_HARD_TO_READ))
    missing = tuple(number for number, sheet in enumerate(sheets, start=1) if sheet.fault)
    return tuple(warnings), missing


def attached(names: Sequence[str]) -> tuple[str, ...]:
    """What to tell of files in a PDF, which are not read. What ends in XML says for programs what the pages say."""
    shown = [display_name(name) for name in names if not name.lower().endswith(".xml")]
    return (f"It holds files that were not read: {', '.join(shown)}; send them on their own",) if shown else ()


def _of_pages(numbers: list[int], one: str, several: str) -> str:
    who, what = ("Page", one) if len(numbers) == 1 else ("Pages", several)
    return f"{who} {', '.join(_runs(numbers))} {what}"


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
