"""What stands below one heading, put together again."""

from agent.models.passages import Passage, Piece, pieces
from agent.models.sections import LONGEST, sections

TEXT = """Which size fits

Look at your height. Ask if in doubt.

Size | Height
S | 152 to 166
M | 164 to 180

Between two sizes, choose the smaller one.

- the saddle can be moved
- the handlebar too

Colours

Green."""


def made(text: str) -> list[Piece]:
    return sections(pieces(Passage(id="1", title="Sheet", page="", text=text), 0))


def test_a_section_has_each_block_once_and_in_order() -> None:
    (section,) = made(TEXT)
    assert section.heading == "Which size fits"
    assert [block.kind for block in section.blocks] == ["paragraph", "table", "sentence", "list"]


def test_a_section_of_one_block_is_just_that_block() -> None:
    assert made("Colours\n\nGreen.") == []


def test_what_has_no_heading_is_no_section() -> None:
    assert made("One is here.\n\nTwo is there.") == []


def test_a_long_section_is_quoted_in_parts() -> None:
    assert made("Heading\n\n" + "\n\n".join(["A sentence that is here."] * (LONGEST // 20))) == []


def test_sections_of_two_passages_are_two() -> None:
    one, other = (pieces(Passage(id=id, title="Sheet", page="", text=TEXT), 0) for id in "12")
    assert [section.passage.id for section in sections([*one, *other])] == ["1", "2"]
