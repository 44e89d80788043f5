"""Long documents, made as somebody would have them: a report with a text layer, and a scan."""

from io import BytesIO
from pathlib import Path

QUARTERS = ("first", "second", "third", "fourth")


def report(pages: int) -> bytes:
    """A PDF of so many pages. Each has a heading, a few sentences on one plant, and figures of its own."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    data = BytesIO()
    canvas = Canvas(data, pagesize=A4)
    canvas.setTitle("Plants report")
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(72, 770, f"{number}. The plant in {town(number)}")
        canvas.setFont("Helvetica", 11)
        for place, line in enumerate(lines(number)):
            canvas.drawString(72, 740 - 16 * place, line)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def lines(number: int) -> list[str]:
    """What a page says."""
    name = town(number)
    return [
        f"The plant in {name} made {number * 37 + 400:,} presses in the {QUARTERS[number % 4]} quarter.",
        f"Its revenue rose by {number % 17 + 2} percent to {number * 3 + 11} million euros.",
        f"Maintenance of line {number % 5 + 1} was put off until {2026 + number % 3}.",
        f"The manager of {name} expects {number % 9 + 1} new customers next year.",
        f"A fire drill in {name} took {number % 13 + 4} minutes, and nobody was hurt.",
    ]


def town(number: int) -> str:
    """A name that no two pages share."""
    first = ("Alder", "Birch", "Cedar", "Dale", "Elm", "Fern", "Glen", "Hazel", "Iris", "Juniper")
    last = ("brook", "field", "ford", "gate", "ham", "hill", "moor", "stead", "ton", "wick")
    more = "" if number <= 100 else f" {number // 100}"
    return f"{first[number % 10]}{last[number // 10 % 10]}{more}"


def scan(pages: int) -> bytes:
    """The same as pictures without text, as a scanner makes them."""
    import pypdfium2

    document = pypdfium2.PdfDocument(report(pages))
    pictures = [page.render(scale=2, grayscale=True).to_pil() for page in document]
    document.close()
    data = BytesIO()
    pictures[0].save(data, format="PDF", save_all=True, append_images=pictures[1:], resolution=144)
    return data.getvalue()


def written(folder: Path, name: str, data: bytes) -> Path:
    """A file of these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path
