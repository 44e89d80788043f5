"""Recognising the picture of a page: which way up it is, in which language, and how sure the engine is of it."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tools.reading import flow, photographs, preparing, tesseract
from tools.reading.budget import Budget
from tools.reading.language import language
from tools.reading.layout import Frame, Words, lines
from tools.reading.sheet import Part, Sheet
from tools.reading.tesseract import Found

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

POINTS = 72.0
_LEVEL = 0.003  # pixels by which a line may fall with each to the right: ten on a page that is 3,000 wide
_SCAN = 300.0  # dots per inch, where a picture does not tell: an office scanner's
_LEAST, _MOST = 150.0, 300.0  # dots per inch at which a PDF's page is drawn
_SHORT = 1 - 1e-6  # of that: sizes are rounded up, and a pixel too many would blur a scan as it is drawn
_SURE = 0.7  # from here on nothing else is tried
_DOUBTFUL = 0.8  # below that another engine is asked, where there is one
_WIDE = 4  # letters that are wider than high, whatever they are
FAINT = 0.5  # below that the words are guesses, such as those on a page in a script that there is no data for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """What was recognised with the picture turned by so many quarters against the clock."""

    found: tuple[Found, ...] = ()
    turned: int = 0
    scale: float = 1.0
    language: str = ""

    @property
    def confidence(self) -> float:
        letters = sum(len(word.text) for word in self.found)
        return sum(word.confidence * len(word.text) for word in self.found) / letters if letters else 0.0

    @property
    def score(self) -> float:
        """How good it is beside another of the same picture; lines that stand upright are not put in order well."""
        return sum(word.confidence**2 * len(word.text) for word in self.found) * (0.1 if self.upright else 1.0)

    @property
    def upright(self) -> bool:
        """Whether most words run up or down the picture, which tesseract reads as well."""
        words = [word for word in self.found if len(word.text) >= _WIDE]
        return 2 * sum(word.bottom - word.top > word.right - word.left for word in words) > len(words)


def recognised_page(page: Any, budget: Budget) -> Sheet:
    """A page of a PDF, drawn at the resolution of the picture on it."""
    if tesseract.engine() is None:
        return Sheet(method="ocr", confidence=0.0, fault="no_engine")
    resolution = _resolution(page, budget.limits.pixels)
    if resolution is None:
        return Sheet(method="ocr", confidence=0.0, fault="too_large")
    width, height = page.get_size()
    dots = min(resolution, _MOST, POINTS * (budget.limits.pixels / (width * height)) ** 0.5)
    drawn = page.render(scale=_SHORT * dots / POINTS, grayscale=True)
    return recognised(drawn.to_pil(), dots=dots, budget=budget)


def recognised(gray: "Image", *, dots: float, budget: Budget) -> Sheet:
    """The text of a picture in shades of grey.

    Args:
        dots: Its resolution in dots per inch; it decides nothing but how large the type is said to be.
    """
    if tesseract.engine() is None:
        return Sheet(method="ocr", confidence=0.0, fault="no_engine")
    budget.give_time()
    until = time.monotonic() + budget.limits.page_seconds
    try:
        result = _best(gray, until)
    except tesseract.TooSlow:
        return Sheet(method="ocr", confidence=0.0, fault="too_slow")
    except (OSError, subprocess.CalledProcessError):
        return Sheet(method="ocr", confidence=0.0, fault="failed")
    if result.confidence < _DOUBTFUL and photographs.identity():
        result = max(result, _second(gray, until), key=lambda one: one.score)
    if not result.found:
        return Sheet(method="ocr")
    parts = tuple(_parts(result, gray, dots))
    sheet = Sheet(parts=parts, method="ocr", confidence=result.confidence, language=result.language)
    if result.confidence < FAINT:
        return replace(sheet, parts=(), language="", fault="faint")
    return sheet


def _best(gray: "Image", until: float) -> _Result:
    """The picture read the way its lines run, and if that makes no sense, upside down and then sideways."""
    even = preparing.dark_on_light(preparing.evened(gray))
    run = preparing.run_of_lines(even)
    best = _Result()
    turns = [1, 3, 0, 2] if run.sideways else [0, 2, 1, 3]
    while turns:
        turned = turns.pop(0)
        read = _read(even, turned, None if turned or run.sideways else run, until)
        best = max(best, read, key=lambda one: one.score)
        if read.upright or (run.sideways and not read.found):  # It was the grain of a table that ran so.
            turns = [other for other in turns if other % 2 != turned % 2]
        elif best.confidence >= _SURE or not best.found:
            break
    return best


def _second(gray: "Image", until: float) -> _Result:
    """What the other engine makes of it, in the time that is left."""
    words = photographs.recognise(gray, seconds=max(until - time.monotonic(), 0.0))
    return _Result(found=words, language=language(" ".join(word.text for word in words)))


def _read(even: "Image", turned: int, run: preparing.Run | None, until: float) -> _Result:
    picture = even.rotate(90 * turned, expand=True) if turned else even
    run = run or preparing.run_of_lines(picture)
    large = preparing.enlarged(preparing.straight(picture, run), run)
    scale = large.width / picture.width
    dots = preparing.apparent_dots(run.height * scale)
    return replace(_in_its_language(large, dots, until), turned=turned, scale=scale)


def _in_its_language(picture: "Image", dots: int, until: float) -> _Result:
    """Read as English, and again in the language that the text turns out to be in, where there is data for that."""
    first = _once(picture, "en", dots, until)
    if first.language in ("", "en") or not _is_known(first.language):
        return first
    return max(first, _once(picture, first.language, dots, until), key=lambda one: one.score)


def _once(picture: "Image", code: str, dots: int, until: float) -> _Result:
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise tesseract.TooSlow
    data = tesseract.LANGUAGES[code] if _is_known(code) else "+".join(sorted(_known()))
    found = tesseract.recognise(picture.tobytes(), *picture.size, dots=dots, language=data, seconds=seconds)
    words = tuple(word for word in found if not _is_speck(word))
    return _Result(found=words, language=language(" ".join(word.text for word in words)))


def _is_known(code: str) -> bool:
    return tesseract.LANGUAGES.get(code) in _known()


def _known() -> frozenset[str]:
    engine = tesseract.engine()
    return engine.languages if engine else frozenset()


def _is_speck(word: Found) -> bool:
    """Whether a word is dirt or a piece of a line rather than type."""
    return word.confidence < 0.6 and not any(map(str.isalnum, word.text))


def _parts(result: _Result, gray: "Image", dots: float) -> Sequence[Part]:
    """The words in reading order as parts. Their places are taken back to the picture as it came."""
    import numpy as np

    to_points = POINTS / (dots * result.scale)
    width, height = gray.width * POINTS / dots, gray.height * POINTS / dots
    turn = result.turned  # The picture was turned against the clock as far as its text stood with it.
    tall = width if turn % 2 else height
    boxes = _levelled(result.found) * to_points
    boxes += np.array((0.0, tall, 0.0, tall)) + _offset(turn, width, height)
    ends = np.cumsum([len(word.text) + 1 for word in result.found])
    words = Words(
        text=" ".join(word.text for word in result.found),
        spans=np.column_stack((ends - [len(word.text) + 1 for word in result.found], ends - 1)),
        boxes=boxes,
        sizes=np.array([word.size for word in result.found]) * to_points,
        bold=np.zeros(len(result.found), bool),
    )
    return list(flow.parts(lines(words), Frame(width=width, height=height, turn=turn)))


def _levelled(found: Sequence[Found]) -> "NDArray[np.float64]":
    """The boxes of words, counted upwards, as if all lines were level.

    On a photograph lines run together, so each height of the picture has a slope of its own; long lines tell it best.
    """
    import numpy as np

    boxes = np.array([(word.left, -word.bottom, word.right, -word.top) for word in found], np.float64)
    slopes, middles = np.array([word.slope for word in found]), boxes.mean(axis=1, where=[False, True, False, True])
    if np.abs(slopes).max() < _LEVEL:
        return boxes
    change, start = np.polyfit(middles, slopes, 1) if np.ptp(middles) > 0 else (0.0, slopes[0])
    across = boxes[:, [0, 2]].mean(axis=1) - boxes[:, [0, 2]].mean()
    boxes[:, [1, 3]] += ((change * middles + start) * across)[:, None]
    return boxes


def _offset(turn: int, width: float, height: float) -> tuple[float, float, float, float]:
    """From the corner of the turned picture to the origin that `Frame` counts from."""
    across, up = ((0.0, 0.0), (-height, 0.0), (-width, -height), (0.0, -width))[turn]
    return across, up, across, up


def _resolution(page: Any, most: int) -> float | None:
    """The dots per inch of the largest picture on a page; ``None`` if one has too many pixels."""
    import pypdfium2.raw as pdfium

    largest, dots = 0.0, _SCAN
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        across, down = picture.get_px_size()
        if across * down > most:
            return None
        left, bottom, right, top = picture.get_bounds()
        area = (right - left) * (top - bottom)
        if area > largest:
            largest, dots = area, POINTS * (across * down / area) ** 0.5
    return max(dots, _LEAST)
