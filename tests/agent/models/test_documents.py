import pytest

from agent.models.documents import is_file, named_document, without_document


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("In the travel policy, what is the hotel limit?", "travel policy"),
        ("What does our employee handbook say about dress?", "employee handbook"),
        ("according to the 2026 price list, what is a belt?", "2026 price list"),
        ("What is on page 3 of report 2024.pdf?", "report 2024.pdf"),
        ("Is there a date in Q3-figures.xlsx?", "Q3-figures.xlsx"),
        ("What does “Travel policy” say?", "Travel policy"),
        ("Summarise https://docs.example.org/a/plan.pdf?v=2, please.", "https://docs.example.org/a/plan.pdf?v=2"),
        ("Summarise s3://reports/2025/annual.pdf", "s3://reports/2025/annual.pdf"),
        ("Was steht in der Reiserichtlinie?", ""),
        ("How long is the notice period?", ""),
        ("Who wrote the policy?", ""),
    ],
)
def test_a_document_is_named_in_many_ways(text: str, meant: str) -> None:
    found = named_document(text, files=[], earlier_files=[], known=[])
    assert found.endswith(meant) if meant else found == ""


def test_the_only_file_that_came_with_it_is_meant() -> None:
    assert named_document("What is the total?", files=["a.pdf"], earlier_files=["b.pdf"], known=[]) == "a.pdf"


def test_of_several_files_the_named_one_is_meant() -> None:
    assert named_document("the total in B.pdf?", files=["a.pdf", "b.pdf"], earlier_files=[], known=[]) == "b.pdf"
    assert named_document("What is the total?", files=["a.pdf", "b.pdf"], earlier_files=[], known=[]) == ""


def test_this_file_is_the_newest_one() -> None:
    assert (
        named_document("who signed this file?", files=[], earlier_files=["new.pdf", "old.pdf"], known=[]) == "new.pdf"
    )
    assert named_document("who signed the lease?", files=[], earlier_files=["new.pdf"], known=[]) == ""


def test_a_description_of_a_known_title_is_that_title() -> None:
    known = ["Supply agreement with Norrland Steel AB", "Travel policy"]
    assert named_document("in the supply agreement", files=[], earlier_files=[], known=known) == known[0]


def test_any_mention_counts_for_a_tool_that_works_on_documents() -> None:
    assert (
        named_document("summarise the leave policy", files=[], earlier_files=[], known=[], loose=True) == "leave policy"
    )
    assert named_document("summarise the leave policy", files=[], earlier_files=[], known=[]) == ""


def test_a_document_at_the_beginning_is_taken_off() -> None:
    assert without_document("and in the travel policy, what about hotels?") == "what about hotels?"
    assert without_document("What about hotels?") == "What about hotels?"


def test_a_file_is_told_from_a_description() -> None:
    assert is_file("my plan.pdf")
    assert not is_file("travel policy")
