"""Word files as templates: opened within limits, and refused where they hold what a draft must not bring along.

Macros, linked files and fields that fetch something would work on the machine of whoever opens the draft, or in the
program that makes a PDF of it. A template needs none of them.
"""

import io
import re
import zipfile
from pathlib import Path

from switchboard import ConfigError

LARGEST = 20_000_000
"""Bytes of a template."""
UNPACKED = 100_000_000
"""Bytes of all that is in it."""
_FETCHES = re.compile(
    rb"<w:(?:instrText[^>]*>|fldSimple[^>]*w:instr=\")\s*(?:INCLUDE\w*|DDE\w*|LINK|IMPORT|DATABASE|MACROBUTTON)\b", re.I
)
_LINKED = re.compile(rb"<Relationship\b[^>]*>")


def read(path: Path) -> bytes:
    """The bytes of a template.

    Raises:
        ConfigError: It is no Word document, too large, or holds what a template must not; says how to mend it.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        raise ConfigError("It can't be read.", fix="Look at its permissions.", where=str(path)) from None
    if len(data) > LARGEST:
        raise ConfigError(f"It is over {LARGEST:,} bytes.", fix="Make its pictures smaller.", where=str(path))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        fix = "Open it in Word, and save it as .docx, without a password."
        raise ConfigError("It is no Word document.", fix=fix, where=str(path)) from None
    return data


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    names = set(archive.namelist())
    if not {"word/document.xml", "[Content_Types].xml"} <= names:
        raise ConfigError("It is no Word document.", fix="Save it as .docx in Word.", where=str(path))
    if sum(each.file_size for each in archive.infolist()) > UNPACKED:
        raise ConfigError(f"It unpacks to over {UNPACKED:,} bytes.", fix="Make it smaller.", where=str(path))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ConfigError("There are macros in it.", fix="Save it as .docx, without macros.", where=str(path))
    for name in sorted(names):
        if name.endswith(".rels") and (linked := _linked(archive.read(name))):
            fix = "Embed the picture or the template instead, by “Break link” in Word."
            raise ConfigError(f"It takes in a file from elsewhere ({linked}).", fix=fix, where=str(path))
        if name.endswith(".xml") and _FETCHES.search(archive.read(name)):
            fix = "Replace the field by its text, by Ctrl+Shift+F9 in Word."
            raise ConfigError("There is a field in it that fetches something.", fix=fix, where=str(path))


def _linked(relations: bytes) -> str:
    """The kind of the first thing that is taken in from outside; links that a reader may follow are none."""
    for match in _LINKED.finditer(relations):
        if b'TargetMode="External"' in match[0] and b"/hyperlink" not in match[0]:
            kind = re.search(rb'Type="[^"]*/(\w+)"', match[0])
            return kind[1].decode("ascii", "replace") if kind else "unknown"
    return ""
