import pytest

from agent.models.markdown import LONGEST, quoted, shortened, table
from tests.agent.shared import cited


@pytest.mark.parametrize("text", ["see [7]", "[1][2]", "a [12] b"])
def test_numbers_in_a_quote_are_no_citations(text: str) -> None:
    assert cited(quoted(text)) == []


def test_a_long_quote_is_cut_visibly() -> None:
    assert quoted("word " * 500).endswith(" …”")
    assert len(quoted("word " * 500)) <= LONGEST + 5


def test_a_word_without_an_end_is_cut_too() -> None:
    assert len(shortened("x" * 10_000)) <= LONGEST + 2


def test_a_table_keeps_its_cells_apart() -> None:
    assert table(["", "a|b"], [["x", "1", "2"]]).splitlines() == [
        "|  | a\\|b |  |",
        "| --- | --- | --- |",
        "| x | 1 | 2 |",
    ]
