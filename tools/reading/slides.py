"""PPTX: a page for each slide, with its title, texts, tables, the data behind charts, and the speaker's notes."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from tools.reading.archive import check_archive
from tools.reading.backend import Block, Page
from tools.reading.budget import Budget
from tools.reading.office import core_metadata, opening, plain
from tools.reading.parts import Parts
from tools.reading.words import clean, one_line, table_block


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read a presentation."""
    check_archive(data, budget)
    with opening(name):
        from pptx import Presentation

        presentation = Presentation(io.BytesIO(data))
        budget.check_pages(len(presentation.slides))
        pages = tuple(
            Page(number=number, blocks=tuple(budget.take(block) for block in _slide(slide)))
            for number, slide in enumerate(presentation.slides, start=1)
        )
        metadata = core_metadata(presentation.core_properties)
    return Parts(pages=pages, title=metadata.pop("title", ""), paged=True, metadata=metadata)


def _slide(slide: Any) -> Iterator[Block]:
    title = slide.shapes.title
    if title is not None and (text := one_line(title.text_frame.text)):
        yield Block(kind="heading", text=text, level=1)
    for shape in _flat(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = clean(slide.notes_slide.notes_text_frame.text)
        if notes:
            yield Block(kind="text", text=f"Notes: {notes}")


def _flat(shapes: Iterable[Any]) -> Iterator[Any]:
    """Shapes in the slide's order, looking into groups; without recursion, as groups nest as they like."""
    stack = list(shapes)[::-1]
    while stack:
        shape = stack.pop()
        if hasattr(shape, "shapes"):
            stack += list(shape.shapes)[::-1]
        else:
            yield shape


def _shape(shape: Any) -> Iterator[Block]:
    if getattr(shape, "has_table", False):
        if table := table_block([cell.text_frame.text for cell in row.cells] for row in shape.table.rows):
            yield table
    elif getattr(shape, "has_chart", False):
        if chart := table_block(_chart(shape.chart)):
            yield chart
    elif shape.has_text_frame:
        lines = [one_line(paragraph.text) for paragraph in shape.text_frame.paragraphs]
        lines = [line for line in lines if line]
        if len(lines) > 1:
            yield Block(kind="list", text="\n".join(f"- {line}" for line in lines))
        elif lines:
            yield Block(kind="text", text=lines[0])


def _chart(chart: Any) -> Iterator[list[str]]:
    """A chart as the table it was drawn from: categories down, series across."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield [chart.chart_title.text_frame.text]
    for plot in chart.plots:
        series = list(plot.series)
        yield ["", *(one.name for one in series)]
        for row, category in enumerate(plot.categories):
            yield [str(category), *(plain(one.values[row]) if row < len(one.values) else "" for one in series)]
