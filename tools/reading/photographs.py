"""RapidOCR, where it is installed: a second opinion on a picture that tesseract is not sure of.

It finds lines on a page that was photographed from far below, which tesseract mistakes. Level pages tesseract reads
better, and on those that lie on their side or their head this fails. It runs in a process of its own, as it takes much
memory, and where it fails the first opinion stands. Run as ``python -m``: a picture comes in, its lines go out as JSON.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Any, TypeAlias

from tools.reading.tesseract import Found
from tools.reading.words import one_line

if TYPE_CHECKING:
    from PIL.Image import Image

Corners: TypeAlias = Sequence[Sequence[float]]
"""Of a line, in pixels: upper left, upper right, lower right, lower left."""


@cache
def identity() -> str:
    """What its results depend on, so that they are not kept when it changes; empty where it is not installed."""
    try:
        return f"rapidocr-{metadata.version('rapidocr')}"
    except metadata.PackageNotFoundError:
        return ""


def recognise(gray: "Image", *, seconds: float) -> tuple[Found, ...]:
    """The lines on a picture, each as if it were one word; none where it can't be run or takes too long."""
    picture = io.BytesIO()
    gray.save(picture, "BMP")
    command = [sys.executable, "-P", "-m", "tools.reading.photographs"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, input=picture.getvalue(), capture_output=True, timeout=seconds, check=True, env=environment
        )
        return tuple(found(json.loads(done.stdout)))
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()


def found(lines: Iterable[tuple[Corners, str, float]]) -> Iterable[Found]:
    """Lines as words: as high as their type, around the middle of the line, and as steep as that runs."""
    for corners, text, confidence in lines:
        (left, first), (right, second), (_, third), (_, fourth) = corners
        size, middle = (third + fourth - first - second) / 2, (first + second + third + fourth) / 4
        if right > left and size > 0 and (shown := one_line(text)):
            yield Found(
                text=shown,
                left=round(left),
                top=round(middle - size / 2),
                right=round(right),
                bottom=round(middle + size / 2),
                size=size,
                confidence=confidence,
                slope=(second - first) / (right - left),
            )


def main() -> None:
    """Recognise one picture."""
    import numpy as np
    from PIL import Image
    from rapidocr import RapidOCR

    picture = np.asarray(Image.open(io.BytesIO(sys.stdin.buffer.read())).convert("RGB"))
    one_thread = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    result: Any = RapidOCR(params={"Global.log_level": "error", **one_thread})(picture)
    lines = (
        [] if result.boxes is None else zip(result.boxes.tolist(), result.txts, map(float, result.scores), strict=True)
    )
    print(json.dumps(list(lines)))


if __name__ == "__main__":
    main()
