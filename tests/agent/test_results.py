"""What the model reads of a result, and the citations in what it writes."""

import pytest

from agent.results import cited, for_model, numbered_from, without_dangling, without_markers
from switchboard import Citation, ToolResult


def test_passages_stand_under_their_numbers() -> None:
    citations = numbered_from([Citation(title="Travel", source="t.pdf", page=2, quote="Trains first.")], 3)
    text = for_model(ToolResult(text="Two found."), citations)
    assert text == 'Two found.\n<passage id="3" title="Travel" page="2">\nTrains first.\n</passage>'


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


def test_citations_are_found_in_order_of_first_use() -> None:
    assert cited("b [2], a [1][3], again [2]") == [2, 1, 3]


@pytest.mark.parametrize("text", ["`x[1]`", "```\na[1]\n```", "```\nopen [1]", "[1](http://x)", "[1234]", "[a]"])
def test_what_only_looks_like_a_citation_is_none(text: str) -> None:
    assert cited(text) == []


def test_markers_that_lead_nowhere_are_dropped_and_code_is_left_alone() -> None:
    assert without_dangling("a [1] b [7] `x[7]`", frozenset({1})) == "a [1] b  `x[7]`"


def test_all_markers_can_be_dropped() -> None:
    assert without_markers("a[1][2]") == "a"
