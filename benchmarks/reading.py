"""Reading beside the bare libraries: ``python -m benchmarks.reading [pages] [scans] [file.pdf]``.

A PDF with a text layer, beside pypdfium2 taking the text of one page after the other; and a scan, beside tesseract
recognising the same pictures one after the other on one core. The scan's pages are of the resolutions and the kinds of
picture that office scanners make, in turns. All pages are made here, unless a PDF is named.
"""

import asyncio
import io
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks._timing import in_turns, p, timed
from tools.reading import ReadingPool, tesseract

PAGES, SCANS, ROUNDS = 300, 50, 5
TEXT_MOST, SCAN_LEAST, MEMORY_MOST = 1.5, 1.6, 600
KINDS = ((200, "jpg"), (300, "png"), (150, "jpg"), (300, "jpg"), (200, "png"))
_LOOK_SECONDS = 0.05
_PROSE = (
    "the board agreed that revenue of the northern segment rose in this quarter because prices were raised after a"
    " long winter while costs for energy and transport fell back to what had been planned before and management"
    " expects no change"
)


def a_report(pages: int) -> bytes:
    """Pages of prose, each with a heading and a table, and no two alike."""
    from reportlab.pdfgen.canvas import Canvas

    out, prose = io.BytesIO(), _PROSE.split()
    canvas = Canvas(out, pagesize=(595, 842))
    for page in range(pages):
        canvas.setFont("Helvetica-Bold", 15)
        canvas.drawString(60, 780, f"{page + 1}. Report of month {page}")
        canvas.setFont("Times-Roman", 10.5)
        for line in range(38):
            words = [prose[(page * 7 + line * 5 + place * (1 + line % 3)) % len(prose)] for place in range(13)]
            canvas.drawString(60, 750 - 13 * line, " ".join(words))
        for row in range(10):
            for column in range(4):
                figure = f"{(page + 3) * (row + 7) * (column + 11) * 37:,}" if column else f"Segment {row + 1}"
                canvas.drawString(60 + 120 * column, 230 - 14 * row, figure)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def bare_text(pdf: Path) -> None:
    """What the shortest script does that takes a PDF's text."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        textpage.get_text_range()
        textpage.close()
        page.close()
    document.close()


def scanned(pdf: Path, folder: Path, pages: int) -> tuple[Path, list[Path]]:
    """The first pages as a scanner gives them: one PDF without text, and the same pictures one by one."""
    import pypdfium2

    document, whole = pypdfium2.PdfDocument(pdf), pypdfium2.PdfDocument.new()
    files = []
    for number, (dots, kind) in zip(range(pages), cycle(KINDS)):
        file = folder / f"{number}.{kind}"
        page = _as_picture(document[number], dots, file)
        with pypdfium2.PdfDocument(page) as one:
            whole.import_pages(one)
        files.append(file)
    scan = folder / "scan.pdf"
    whole.save(scan)
    whole.close()
    document.close()
    return scan, files


def _as_picture(page: Any, dots: int, file: Path) -> bytes:
    """Put a picture of a page into a file (grey as JPEG, black and white as PNG), and then that into a PDF."""
    from PIL import Image

    drawn = page.render(scale=dots / 72, grayscale=True).to_pil()
    (drawn if file.suffix == ".jpg" else drawn.convert("1", dither=Image.Dither.NONE)).save(file, dpi=(dots, dots))
    out = io.BytesIO()
    with Image.open(file) as picture:
        picture.save(out, "PDF", resolution=dots)
    return out.getvalue()


def bare_recognition(pictures: list[Path]) -> None:
    """Tesseract, one page after the other on one core."""
    engine = tesseract.engine()
    assert engine is not None
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"} | ({"TESSDATA_PREFIX": engine.data} if engine.data else {})
    for picture in pictures:
        command = [engine.program, str(picture), "stdout", "-l", "eng"]
        subprocess.run(command, env=environment, capture_output=True, check=True)


def memory(process: int) -> int:
    """Bytes that a process and all that it has started use at this moment."""
    with suppress(OSError, IndexError):
        resident = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return resident + sum(map(memory, children(process)))
    return 0


def children(process: int) -> list[int]:
    """What a process has started."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def worked() -> float:
    """Seconds of processor time that what was started here has taken, with what that has run."""
    ticks = sum(sum(map(int, _stat(child)[11:15])) for child in children(os.getpid()))
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ticks / os.sysconf("SC_CLK_TCK") + ended.ru_utime + ended.ru_stime


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


@asynccontextmanager
async def watched() -> AsyncIterator[list[int]]:
    """The most memory that was used in the meantime, as the only item of a list."""
    most = [0]

    async def watch() -> None:
        while True:
            most[0] = max(most[0], sum(map(memory, children(os.getpid()))))
            await asyncio.sleep(_LOOK_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield most
    finally:
        watching.cancel()


async def text(pool: ReadingPool, pdf: Path, rounds: int) -> None:
    """Compare on a text layer. Workers are warm, as those of a server are."""

    async def ours(number: int) -> None:
        await pool.read(pdf, name="report.pdf")

    async def bare(number: int) -> None:
        bare_text(pdf)

    ours_took, bare_took = await in_turns((ours, bare), rounds, warm_up=1)
    pages = len((await pool.read(pdf, name="report.pdf")).pages)
    ours_ms, bare_ms = p(ours_took, 50), p(bare_took, 50)
    print(f"{pages} pages of text: {ours_ms:.0f} ms, pypdfium2 alone {bare_ms:.0f} ms, ratio {ours_ms / bare_ms:.2f}")
    print(f"(at most {TEXT_MOST})")


async def scans(pool: ReadingPool, scan: Path, pictures: list[Path]) -> None:
    """Compare on a scan; half of the bare side comes before, and half after, so that both meet the same machine."""
    half = len(pictures) // 2

    async def ours(_: None) -> None:
        document = await pool.read(scan, name="scan.pdf")
        assert not document.warnings

    async def bare(files: list[Path]) -> None:
        await asyncio.to_thread(bare_recognition, files)

    started = worked()
    alone = await timed(bare, pictures[:half])
    between = worked()
    took = await timed(ours, None)
    ended = worked()
    alone += await timed(bare, pictures[half:])
    more = (ended - between) / (worked() - ended + between - started)
    print(f"{len(pictures)} scanned pages: {took / 1000:.1f} s, tesseract on one core {alone / 1000:.1f} s,", end="")
    print(f" {alone / took:.2f} pages for its 1 (at least {SCAN_LEAST}), with {more:.2f} times its processor time")


async def main(pages: int = PAGES, count: int = SCANS, named: Path | None = None, rounds: int = ROUNDS) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = named or Path(folder) / "report.pdf"
        if named is None:
            pdf.write_bytes(a_report(pages))
        async with ReadingPool() as pool, watched() as most:
            await text(pool, pdf, rounds)
            if count and tesseract.engine():
                await scans(pool, *scanned(pdf, Path(folder), min(count, pages)))
            print(f"the workers used {most[0] / 1e6:.0f} MB at most, with what they run (at most {MEMORY_MOST})")


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(
        main(
            int(given[0]) if given else PAGES,
            int(given[1]) if given[1:] else SCANS,
            Path(given[2]) if given[2:] else None,
        )
    )
