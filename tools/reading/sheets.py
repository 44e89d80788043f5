"""XLSX: a page for each sheet, its cells as they were last calculated; blank rows part tables."""

import io
from collections.abc import Iterator
from typing import Any

from tools.reading.archive import check_archive
from tools.reading.backend import Block, Page
from tools.reading.budget import Budget
from tools.reading.office import core_metadata, opening, plain
from tools.reading.parts import Parts
from tools.reading.words import one_line, table_block


def read(data: bytes, *, name: str, budget: Budget) -> Parts:
    """Read a workbook, row by row, so that a large one costs time and not memory."""
    check_archive(data, budget)
    with opening(name):
        from openpyxl import load_workbook

        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheets = workbook.worksheets
        budget.check_pages(len(sheets))
        pages = []
        for number, sheet in enumerate(sheets, start=1):
            sheet.reset_dimensions()  # What a file claims of its size is not to be trusted.
            blocks = tuple(_tables(sheet.iter_rows(), budget))
            pages.append(Page(number=number, label=one_line(sheet.title), blocks=blocks))
        metadata = core_metadata(workbook.properties)
        workbook.close()
    return Parts(pages=tuple(pages), title=metadata.pop("title", ""), paged=True, metadata=metadata)


def _tables(rows: Iterator[tuple[Any, ...]], budget: Budget) -> Iterator[Block]:
    table: list[list[str]] = []
    for row in rows:
        cells = [_cell(cell) for cell in row]
        budget.take_text(sum(map(len, cells)))
        if any(cells):
            table.append(cells)
        elif table:
            yield from _block(table)
            table = []
    yield from _block(table)


def _block(table: list[list[str]]) -> Iterator[Block]:
    """A table; a lone cell is a line of text, such as the title above a table."""
    if len(table) == 1 and sum(map(bool, table[0])) == 1:
        yield Block(kind="text", text="".join(table[0]))
    elif block := table_block(table):
        yield block


def _cell(cell: Any) -> str:
    """A cell as text; a share formatted as a percentage is shown as one."""
    value = cell.value
    if isinstance(value, float | int) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{value * 100:.10g}%"
    return plain(value)
