"""Cutting documents: nothing is lost, nothing is too large, headings and pages stay with their text."""

from hypothesis import given
from hypothesis import strategies as st

from tools.reading.backend import Block, Document, Page
from tools.retrieval.chunks import PAGE, PASSAGE, UNIT, Unit, units

BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(["heading", "text", "list", "table"]),
    text=st.text(max_size=4000) | st.lists(st.sampled_from(["word ", "line\n", "end. ", "\n\n"])).map("".join),
    level=st.integers(1, 6),
)


def document(*pages: list[Block], paged: bool = True, label: str = "") -> Document:
    read = tuple(Page(number=number, blocks=tuple(blocks), label=label) for number, blocks in enumerate(pages, 1))
    return Document(name="d", title="d", media_type="text/plain", digest="", pages=read, paged=paged)


def text(content: str) -> Block:
    return Block(kind="text", text=content)


def heading(content: str, level: int = 1) -> Block:
    return Block(kind="heading", text=content, level=level)


def quotes(unit: Unit) -> list[str]:
    return [unit.text[piece.start : piece.end].strip() for piece in unit.pieces]


@given(st.lists(st.lists(BLOCKS, max_size=4), max_size=3), st.booleans())
def test_every_word_is_in_a_unit_and_every_unit_in_its_pieces(pages: list[list[Block]], paged: bool) -> None:
    found = units(document(*pages, paged=paged))
    for unit in found:
        assert unit.pieces[0].start == 0
        assert unit.pieces[-1].end == len(unit.text)
        gaps = zip(unit.pieces, unit.pieces[1:], strict=False)
        assert all(not unit.text[before.end : after.start].strip() for before, after in gaps)
    kept = "".join("".join(unit.text.split()) for unit in found)
    for block in (block for blocks in pages for block in blocks if len(block.text) <= UNIT):
        assert "".join(block.text.replace("\0", " ").split()) in kept


@given(st.lists(BLOCKS, max_size=6), st.booleans())
def test_no_unit_and_no_piece_is_too_large(blocks: list[Block], paged: bool) -> None:
    for unit in units(document(blocks, paged=paged)):
        assert len(unit.text) <= (PAGE if paged else UNIT) + 2 * len(blocks)
        assert all(piece.end - piece.start <= PASSAGE for piece in unit.pieces)


def test_a_page_is_one_unit() -> None:
    found = units(document([text("one"), text("two")], [text("three")]))
    assert [(unit.page, unit.text) for unit in found] == [(1, "one\n\ntwo"), (2, "three")]


def test_a_blank_page_has_no_unit_and_keeps_its_number() -> None:
    assert [unit.page for unit in units(document([text(" \n")], [], [text("three")]))] == [3]


def test_the_top_of_a_page_is_its_head() -> None:
    (unit,) = units(document([text("Balance sheet\n" + "row 1\n" * 500)]))
    assert unit.head.startswith("Balance sheet")
    assert len(unit.head) < len(unit.text)


def test_sections_without_pages_are_units_of_page_0() -> None:
    long = "Some words. " * 60
    found = units(document([heading("A"), text(long), heading("B"), text(long)], paged=False))
    assert [(unit.page, unit.head) for unit in found] == [(0, "A"), (0, "A\nB")]


def test_short_sections_share_a_unit() -> None:
    (unit,) = units(document([heading("A"), text("one"), heading("B"), text("two")], paged=False))
    assert quotes(unit) == ["A\n\none", "B\n\ntwo"]
    assert [piece.headings for piece in unit.pieces] == [("A",), ("B",)]


def test_headings_nest_and_end_with_their_section() -> None:
    long = "Some words. " * 60
    blocks = [heading("Pay"), heading("Bonus", 2), text(long), heading("Leave"), text(long)]
    found = units(document(blocks, paged=False))
    assert [unit.pieces[-1].headings for unit in found] == [("Pay", "Bonus"), ("Leave",)]


def test_a_long_table_repeats_its_first_row() -> None:
    rows = ["name | price", *(f"item {number} | {number}" for number in range(400))]
    found = units(document([Block(kind="table", text="\n".join(rows))], paged=False))
    assert len(found) > 1
    assert all(unit.text.startswith("name | price\n") for unit in found)
    assert "item 399 | 399" in found[-1].text


def test_a_sheet_is_found_by_its_name() -> None:
    (unit,) = units(document([text("a | b")], label="Travel costs"))
    assert "Travel costs" in unit.head


def test_a_text_without_breaks_is_cut_all_the_same() -> None:
    (first, *rest) = units(document([text("x" * 30_000)], paged=False))
    assert rest
    assert all(len(quote) <= PASSAGE for quote in quotes(first))


def test_figures_tell_a_table_from_prose() -> None:
    table, prose = units(
        document([text("1,234 5,678 9,012")], [text("We had a good year in 2023, as expected by all.")])
    )
    assert table.figures == 1
    assert prose.figures < 0.5
