"""Preparing the picture of a page for recognition: light evened, set straight, and made large enough. Pillow and numpy.

Nothing here knows letters: lines of text show as stripes when the ink is added up across the page.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_LOOK = 1_000  # pixels of the longer side that are enough to see how lines run
_LEAST_INK, _MOST_INK = 100, 30_000  # points of ink that are needed to see it, and that are enough
WIDEST = 15.0  # degrees
_STRAIGHT = 0.2  # degrees that do no harm
_TINY_LINE = 9.0  # pixels from the top to the bottom of a line of type, below which letters are mistaken
_GOOD_LINE = 14.0  # that cost least to tell apart; larger ones are not read better, only more slowly
_LINES_AN_INCH = 14.3  # of type of ten points, if they stood close together
_LEAST_DOTS, _MOST_DOTS = 70, 300  # to the inch: what tesseract believes, and what is usual
_MOST_SCALE = 4.0
_MOST_PIXELS = 36_000_000  # as many as a page of A4 has at 600 dots per inch
_UNEVEN = 14.0  # how much the paper's brightness may vary, of 255
_CLEAR = 90  # how far ink must stand out from the paper, of 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How the lines run on a picture.

    Attributes:
        sideways: Whether they stand upright, as on a page that was turned by a quarter; then nothing else is told.
        slant: Degrees by which the picture has to be turned against the clock to make them level.
        height: Pixels from the top to the bottom of most lines; 0 if it can't be seen.
    """

    sideways: bool
    slant: float
    height: float


def evened(gray: "Image") -> "Image":
    """The picture with even light: shadows, a grey ground and a table under the page become white, faint ink dark."""
    import numpy as np
    from PIL import Image, ImageFilter

    small = gray.resize((max(gray.width // 8, 1), max(gray.height // 8, 1)), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5))
    shades = np.asarray(paper)
    if shades.std() > _UNEVEN:
        paper = paper.filter(ImageFilter.GaussianBlur(1.5)).resize(gray.size, Image.Resampling.BILINEAR)
        lit = np.asarray(gray, np.float32) * 255.0 / np.maximum(np.asarray(paper, np.float32), 1.0)
        gray = Image.fromarray(np.minimum(lit, 255.0).astype(np.uint8))
    return _stretched(gray)


def dark_on_light(gray: "Image") -> "Image":
    """The picture, its shades turned round where most of it is dark, as a slide's."""
    from PIL import Image, ImageOps

    counts = gray.resize((64, 64), Image.Resampling.BOX).histogram()
    return ImageOps.invert(gray) if sum(counts[:100]) > 0.6 * 64 * 64 else gray


def run_of_lines(gray: "Image") -> Run:
    """How the lines run, seen in a small copy."""
    import numpy as np

    scale = max(gray.width, gray.height) / _LOOK
    small = gray.reduce(int(scale)) if scale >= 2 else gray
    pixels = np.asarray(small)
    fine = _fine_ink(pixels)
    rows, columns = np.nonzero(fine > _threshold(fine))
    if len(rows) < _LEAST_INK:  # Headlines may be as coarse as what is around a page.
        rows, columns = np.nonzero(pixels < _threshold(pixels))
    if len(rows) < _LEAST_INK:
        return Run(sideways=False, slant=0.0, height=0.0)
    step = max(len(rows) // _MOST_INK, 1)
    down, across = rows[::step].astype(np.float64), columns[::step].astype(np.float64)
    level, level_score = _slant(across, down)
    _, upright_score = _slant(down, across)
    if upright_score > 1.2 * level_score:
        return Run(sideways=True, slant=0.0, height=0.0)
    height = _line_height(across, down, level)
    return Run(sideways=False, slant=level, height=height * gray.width / small.width)


def straight(gray: "Image", run: Run) -> "Image":
    """The picture with level lines, unless they are nearly so; its size stays."""
    from PIL import Image

    if abs(run.slant) < _STRAIGHT:
        return gray
    return gray.rotate(run.slant, Image.Resampling.BICUBIC, fillcolor=255)


def enlarged(gray: "Image", run: Run) -> "Image":
    """The picture as large as its letters need it, and no larger than can be coped with."""
    from PIL import Image

    wanted = min(_GOOD_LINE / run.height, _MOST_SCALE) if 0 < run.height < _TINY_LINE else 1.0
    scale = min(wanted, (_MOST_PIXELS / (gray.width * gray.height)) ** 0.5)
    if 0.97 < scale <= 1.0:
        return gray
    size = (max(round(gray.width * scale), 1), max(round(gray.height * scale), 1))
    return gray.resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC)


def apparent_dots(height: float) -> int:
    """The dots per inch at which lines of type so high are of ten points.

    That is what has to be told to tesseract, whatever the resolution is: it takes for dirt what is small for it, and
    leaves out whole lines of small type in a picture that it is told to be fine.
    """
    return min(max(round(height * _LINES_AN_INCH), _LEAST_DOTS), _MOST_DOTS)


def _stretched(gray: "Image") -> "Image":
    """Ink black and paper white, where they are not far enough apart."""
    counts = gray.histogram()
    total = sum(counts)
    dark, light = _percentile(counts, 0.005 * total), _percentile(counts, 0.5 * total)
    if light - dark >= 255 - _CLEAR or light - dark < 8:
        return gray
    return gray.point([min(max(round((shade - dark) * 255 / (light - dark)), 0), 255) for shade in range(256)])


def _percentile(counts: list[int], wanted: float) -> int:
    seen = 0
    for shade, count in enumerate(counts):
        seen += count
        if seen > wanted:
            return shade
    return 255


def _fine_ink(pixels: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """How much darker than its surroundings all is that is thinner than eight pixels: type, and not a grain."""
    import numpy as np

    around = pixels
    for pick, way in ((np.maximum, 1), (np.minimum, -1)):
        for axis in (0, 1):
            for step in (1, 2, 4):
                around = pick(around, np.roll(around, way * step, axis))
    return around - pixels


def _threshold(pixels: "NDArray[np.uint8]") -> float:
    """The shade that parts ink from paper best (Otsu)."""
    import numpy as np

    counts = np.bincount(pixels.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    above = below[-1] - below
    weighted = np.cumsum(counts * np.arange(256))
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (weighted / below - (weighted[-1] - weighted) / above) ** 2
    return float(np.nan_to_num(between).argmax()) + 1


def _slant(along: "NDArray[np.float64]", off: "NDArray[np.float64]") -> tuple[float, float]:
    """The angle in degrees at which ink gathers in the sharpest stripes, and how sharp they are."""
    import numpy as np

    coarse = [(_gathered(along, off, angle), angle) for angle in np.arange(-WIDEST, WIDEST + 0.1, 0.5)]
    around = max(coarse)[1]
    fine = [(_gathered(along, off, angle), angle) for angle in np.arange(around - 0.5, around + 0.55, 0.1)]
    score, angle = max(fine)
    return float(angle), score


def _stripes(along: "NDArray[np.float64]", off: "NDArray[np.float64]", angle: float) -> "NDArray[np.int64]":
    """How much ink there is on each line at an angle."""
    import numpy as np

    places = off - along * np.tan(np.radians(angle))
    return np.bincount((places - places.min()).astype(np.int64))


def _gathered(along: "NDArray[np.float64]", off: "NDArray[np.float64]", angle: float) -> float:
    import numpy as np

    return float((np.diff(_stripes(along, off, angle)) ** 2).sum())


def _line_height(along: "NDArray[np.float64]", off: "NDArray[np.float64]", angle: float) -> float:
    """The height of most stripes that hold ink."""
    import numpy as np

    stripes = _stripes(along, off, angle)
    inked = np.concatenate(([False], stripes > 0.15 * np.percentile(stripes[stripes > 0], 90), [False]))
    edges = np.flatnonzero(inked[1:] != inked[:-1]).reshape(-1, 2)
    heights = edges[:, 1] - edges[:, 0]
    heights = heights[heights > 2]
    return float(np.median(heights)) if len(heights) else 0.0
