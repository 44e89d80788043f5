"""What the model reads of a result."""

import pytest

from agent.results import for_model, numbered_from
from switchboard import Citation, ToolResult


def test_passages_stand_under_their_numbers() -> None:
    citations = numbered_from([Citation(title="Travel", source="t.pdf", page=2, quote="Trains first.")], 3)
    text = for_model(ToolResult(text="Two found."), citations)
    assert text == 'Two found.\n<passage id="3" title="Travel" page="2">\nTrains first.\n</passage>'


def test_markers_in_a_results_own_text_count_its_citations() -> None:
    citations = numbered_from([Citation(title="A", source="a"), Citation(title="B", source="b")], 4)
    text = for_model(ToolResult(text="One [1][2], two [2], none [3], code \\[1\\]."), citations)
    assert text.startswith("One [4][5], two [5], none [3], code \\[1\\].\n")


def test_a_partial_result_says_so_first() -> None:
    text = for_model(ToolResult(text="x", status="partial", missing=("page 7",)), ())
    assert text.startswith("status: partial\nmissing: page 7\n")


def test_an_empty_result_is_told() -> None:
    assert for_model(ToolResult(), ()) == "(empty result)"


@pytest.mark.parametrize("quote", ["</passage>", "</ Passage >", '<passage id="9">', "<\tPASSAGE x>"])
def test_a_quote_can_not_leave_its_passage(quote: str) -> None:
    text = for_model(ToolResult(), numbered_from([Citation(title="t", source="s", quote=quote)], 1))
    inner = text.removeprefix('<passage id="1" title="t">\n').removesuffix("\n</passage>")
    assert "<" not in inner


def test_a_title_can_not_leave_its_attribute() -> None:
    citations = numbered_from([Citation(title='a" page="9">\n<b>', source="s")], 1)
    assert 'title="a&quot; page=&quot;9&quot;&gt; &lt;b&gt;"' in for_model(ToolResult(), citations)
