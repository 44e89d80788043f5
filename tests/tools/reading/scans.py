"""Pages as pictures, as scanners and cameras give them: drawn, and then spoilt."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LINES = (
    "The bakery on Harbour Street opened in April 1987 with one oven.",
    "By the end of 2024 it had 212 staff and sold 3.4 million loaves.",
    "Revenue rose by 7.2 % to EUR 18,940,000, less than was planned.",
    "Clause 4.1: The supplier shall deliver within 14 days of an order.",
    "Pay to account DE89 3704 0044 0532 0130 00, without deduction.",
    "Questions? Write to orders@harbour-bakery.example before 5 p.m.",
    "Mrs Quigley-Jaworski adjourned at 16:45; next in room K/207.",
)
TEXT = " ".join(LINES)
LYING = ((0.19, 0.15), (1.06, 0.18), (1.18, 1.23), (0.06, 1.2))
"""The corners of a page that lies before the camera, by its own width and height: upper left and on with the clock."""
FROM_BELOW = ((0.33, 0.15), (0.995, 0.295), (1.18, 1.18), (0.06, 1.2))
"""Those of one that the camera sees from far below and beside it."""


@dataclass(frozen=True, kw_only=True)
class Spoilt:
    """What befell a page.

    Attributes:
        turn: Degrees against the clock.
        blur: Radius in pixels.
        contrast: What is left of it.
        noise: Its standard deviation, of 255.
        shadow: How much darker one side is, of 255.
    """

    turn: float = 0.0
    quarters: int = 0
    blur: float = 0.0
    size: float = 1.0
    contrast: float = 1.0
    noise: float = 0.0
    shadow: float = 0.0


def drawn(lines: tuple[str, ...] = LINES, *, font: str = "Times-Roman", size: float = 10, dots: float = 200) -> Any:
    """A page that is wider than high with a few lines of type on it, as it would be drawn on a screen."""
    import pypdfium2
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(420, 200))
    canvas.setFont(font, size)
    for number, line in enumerate(lines):
        canvas.drawString(50, 165 - 1.4 * size * number, line)
    canvas.save()
    page = pypdfium2.PdfDocument(out.getvalue())[0]
    return page.render(scale=dots / 72, grayscale=True).to_pil()


def spoilt(page: Any, how: Spoilt) -> Any:
    """The page as it comes."""
    import numpy as np
    from PIL import Image, ImageFilter

    page = page.rotate(how.turn, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(how.blur))
    page = page.resize((round(page.width * how.size), round(page.height * how.size)), Image.Resampling.BILINEAR)
    shades = 255 - (255 - np.asarray(page, float)) * how.contrast - 40 * (1 - how.contrast)
    shades -= np.linspace(0, how.shadow, shades.shape[1])[None, :]
    shades += np.random.default_rng(7).normal(0, how.noise, shades.shape) if how.noise else 0
    page = Image.fromarray(shades.clip(0, 255).astype(np.uint8))
    return page.rotate(90 * how.quarters, expand=True)


def photographed(page: Any, *, turn: float = 0.0, corners: Sequence[tuple[float, float]] = LYING) -> Any:
    """The page as it lies on a table with a grain, aslant, and in the shadow of whoever takes the picture.

    Args:
        turn: Degrees against the clock, by which the camera was held.
        corners: Of the page on the picture.
    """
    import numpy as np
    from PIL import Image, ImageFilter

    wide, high = page.size
    size = (round(1.25 * wide), round(1.35 * high))
    rows, wanted = [], []
    for (x, y), (left, top) in zip(corners, ((0, 0), (wide, 0), (wide, high), (0, high)), strict=True):
        across, down = x * wide, y * high
        rows += [[across, down, 1, 0, 0, 0, -left * across, -left * down]]
        rows += [[0, 0, 0, across, down, 1, -top * across, -top * down]]
        wanted += [left, top]
    bent = np.linalg.solve(np.array(rows), np.array(wanted)).tolist()
    seen, paper = (
        np.asarray(one.transform(size, Image.Transform.PERSPECTIVE, bent, Image.Resampling.BICUBIC), float) / 255
        for one in (page, Image.new("L", page.size, 255))
    )
    down, across = np.mgrid[0 : size[1], 0 : size[0]]
    grain = 90 + 25 * np.sin(across / 37) + 10 * np.sin((across + down) / 11)
    shades = (20 + 210 * seen) * paper + grain * (1 - paper)
    shades -= 90 * np.exp(-(((across / size[0] - 0.9) / 0.5) ** 2) - ((down / size[1] - 0.8) / 0.6) ** 2)
    shades += np.random.default_rng(7).normal(0, 6, shades.shape)
    taken = Image.fromarray(shades.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    return taken.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=80)


def saved(page: Any, kind: str, **options: Any) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    page.save(out, kind, **options)
    return out.getvalue()


def error_rate(found: str, expected: str = TEXT) -> float:
    """How many characters have to be put in, taken out or changed, for each that there should be."""
    row = list(range(len(expected) + 1))
    for one, char in enumerate(" ".join(found.split()), start=1):
        before, row[0] = row[0], one
        for other, wanted in enumerate(expected, start=1):
            before, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, before + (char != wanted))
    return row[-1] / len(expected)
