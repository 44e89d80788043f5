"""Files that are pictures: scans, photographs and faxes, one page each or, in a TIFF, many."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from switchboard import Unreadable
from tools.reading import pictures
from tools.reading.budget import Budget
from tools.reading.parts import Parts, Piece
from tools.reading.pdf import assembled
from tools.reading.reasons import faults, too_many_pixels, unreadable
from tools.reading.sheet import Sheet

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "AVIF")
_PAGED = frozenset(("TIFF",))
_LONG_SIDE = 11.7  # inches of a page of A4: what a picture shows that does not tell its resolution
_LEAST, _MOST = 50.0, 1_200.0  # dots per inch that are believed


class Images:
    """An open picture; see `Opened`. In an animation only the first picture is looked at.

    Raises:
        Unreadable: It is damaged, or has too many pages or pixels.
    """

    def __init__(self, data: bytes, *, name: str, budget: Budget) -> None:
        self._data, self._name, self._budget = data, name, budget
        with self._open() as image:
            self._check(image)
            self.count = int(getattr(image, "n_frames", 1)) if image.format in _PAGED else 1
        self.patience = budget.patience
        budget.check_pages(self.count)

    def read(self, index: int) -> Piece:
        """Recognise a page; one that is damaged costs that page."""
        try:
            with self._open() as image:
                image.seek(index)
                self._check(image)
                dots = _resolution(image)
                gray = _gray(image)
        except Unreadable as error:
            return Sheet(method="ocr", confidence=0.0, fault="too_large" if error.code == "too_large" else "failed")
        sheet = pictures.recognised(gray, dots=dots, budget=self._budget)
        self._budget.take_text(sheet.characters)
        return sheet

    def together(self, pieces: Sequence[Piece]) -> Parts:
        """The pages; see `Opened`."""
        sheets = [piece for piece in pieces if isinstance(piece, Sheet)]
        if all(sheet.fault == "failed" for sheet in sheets):
            raise unreadable(self._name, "damaged")
        told, missing = faults(sheets)
        pages = assembled(sheets, self._budget)
        return Parts(pages=pages, paged=self.count > 1, warnings=told, missing=missing)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _check(self, image: "Image") -> None:
        """Refuse too many pixels before any is unpacked."""
        limit = self._budget.limits.pixels
        if image.width * image.height > limit:
            raise too_many_pixels(self._name, limit=limit)

    @contextmanager
    def _open(self) -> "Iterator[Image]":
        """The picture; whatever the library raises on a malformed one means the same."""
        from PIL import Image, UnidentifiedImageError

        try:
            with (
                warnings.catch_warnings(action="ignore"),
                Image.open(io.BytesIO(self._data), formats=_FORMATS) as image,
            ):
                yield image
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError) as error:
            raise unreadable(self._name, "damaged") from error
        except Image.DecompressionBombError as error:
            raise too_many_pixels(self._name, limit=self._budget.limits.pixels) from error


def _gray(image: "Image") -> "Image":
    """In shades of grey, on white where it is transparent, and turned as its camera says."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        upright = Image.alpha_composite(ground, seen)
    if upright.mode.startswith(("I", "F")):
        return upright.convert("I").point(lambda shade: shade / 256).convert("L")
    return upright.convert("L")


def _resolution(image: "Image") -> float:
    """In dots per inch, as the picture says, or as if it showed a whole page."""
    told = image.info.get("dpi", (0.0, 0.0))
    dots = float(told[0]) if isinstance(told, tuple) and told and told[0] else 0.0
    if not _LEAST <= dots <= _MOST or round(dots) == 72:  # what programs write that do not know
        dots = max(image.width, image.height) / _LONG_SIDE
    return min(max(dots, _LEAST), _MOST)
