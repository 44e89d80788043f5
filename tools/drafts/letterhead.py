"""The letterhead: a logo and a line about the firm, checked when the settings are read as strictly as an upload."""

import io
from dataclasses import dataclass
from pathlib import Path

from switchboard import ConfigError

LARGEST = 5_000_000
"""Bytes of a logo's file."""
PIXELS = 4_000_000
_FORMATS = ("PNG", "JPEG")
_FINE = 1_200
"""Pixels of the longer side that are enough for print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What stands on each page of a document that the firm itself sends.

    Attributes:
        logo: A picture, PNG; above the text.
        line: Who the firm is, in one line; at the foot of the page.
    """

    logo: bytes | None = None
    line: str = ""

    def __bool__(self) -> bool:
        return bool(self.logo or self.line)


def logo_of(path: Path, where: str) -> bytes:
    """The logo as PNG, made anew from its pixels: nothing else that is in the file gets into a document.

    Raises:
        ConfigError: It is no picture that can be printed; says how to mend it.
    """
    from PIL import Image

    fix = f"Use a PNG or JPEG of at most {LARGEST // 1_000_000} MB and {PIXELS:,} pixels."
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        raise ConfigError(f"The logo {path.name} can't be read.", fix="Mend the path.", where=where) from None
    if not data:
        raise ConfigError("The logo is too large, or empty.", fix=fix, where=where)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > PIXELS:
                raise ConfigError("The logo has too many pixels.", fix=fix, where=where)
            made = opened.convert("RGBA" if "A" in opened.getbands() or "transparency" in opened.info else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ConfigError("The logo is no picture that can be read.", fix=fix, where=where) from None
    made.thumbnail((_FINE, _FINE))
    out = io.BytesIO()
    made.save(out, format="PNG")
    return out.getvalue()
