"""A long report from its file to its summary: ``python -m benchmarks.summaries [pages] [file.pdf]``.

Beside it the same sentences sorted by their likeness to all others, which is all that a centroid summariser does.
"""

import asyncio
import io
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from tools.encoding import static_encoder
from tools.reading import ReadingPool
from tools.reading.backend import Document
from tools.summaries.extractive import ExtractiveSummarizer
from tools.summaries.sentences import split

PAGES, MOST = 300, 20
_SUBJECTS = ("The northern segment", "Our largest customer", "The paint shop", "The board", "Revenue in the year")
_VERBS = ("reported", "approved", "delayed", "expects", "reduced", "improved", "questioned", "announced")
_OBJECTS = (
    "the price of energy",
    "a plan for new frames",
    "all orders of the quarter",
    "training in the works",
    "rent",
)
_ENDS = ("because the winter was long", "in spite of the strike", "after a vote", "as was planned in May", "for good")


def a_report(pages: int) -> bytes:
    """Pages of sentences under headings, few of them alike."""
    from reportlab.pdfgen.canvas import Canvas

    out, dice = io.BytesIO(), random.Random(0)
    canvas = Canvas(out, pagesize=(595, 842))
    for page in range(pages):
        canvas.setFont("Helvetica-Bold", 15)
        canvas.drawString(60, 780, f"{page + 1}. Report of month {page}")
        canvas.setFont("Times-Roman", 10.5)
        for line in range(45):
            said = " ".join(map(dice.choice, (_SUBJECTS, _VERBS, _OBJECTS, _ENDS)))
            canvas.drawString(60, 750 - 14 * line, f"{said}, and {dice.randrange(9, 9999)} euros were paid.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def centroid(document: Document) -> list[str]:
    """The likest sentences, without a thought about what they are."""
    sentences = [sentence for page in document.pages for block in page.blocks for sentence in split(block.text, "en")]
    vectors = static_encoder().encode(sentences)
    order = (vectors @ vectors.mean(axis=0)).argsort()
    return [sentences[place] for place in order[-16:]]


async def main(pages: int = PAGES, file: Path | None = None) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = file or Path(folder) / "report.pdf"
        if file is None:
            path.write_bytes(a_report(pages))
        async with ReadingPool() as pool:
            started = time.perf_counter()
            document = await pool.read(path, name=path.name)
            read = time.perf_counter()
            summary = await ExtractiveSummarizer().summarize(document)
            ended = time.perf_counter()
    centroid(document)
    compared = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(document.pages)} pages read in {read - started:.1f} s, summarised in {ended - read:.1f} s")
    whole = f"{ended - started:.1f} s (at most {MOST} s for {PAGES} pages)"
    print(f"from the file to {len(summary.sentences)} sentences: {whole}")
    print(f"the likest sentences alone: {compared - ended:.1f} s; most memory {memory:.0f} MB")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    files = [Path(argument) for argument in sys.argv[1:] if not argument.isdecimal()]
    asyncio.run(main(numbers[0] if numbers else PAGES, files[0] if files else None))
