import json
import os
from pathlib import Path

import pytest

from agent.models.evidence import ENOUGH, choose, preferred, weigh
from agent.models.meaning import Meaning
from agent.models.passages import Passage, Piece, pieces
from agent.models.quoting import quotation
from tests.agent.models.corpus import ANSWERABLE, PASSAGES, UNANSWERABLE

PIECES = [piece for passage in PASSAGES for piece in pieces(passage, 0)]


def best(question: str, text: str, meaning: Meaning, title: str = "Paper") -> tuple[str, float]:
    found: list[Piece] = pieces(Passage(id="1", title=title, page="", text=text), 0)
    evidence = weigh(question, found, meaning)[0]
    return evidence.piece.text, evidence.score


def test_questions_that_the_papers_answer_are_answered(meaning: Meaning) -> None:
    right = [
        question
        for question, expected in ANSWERABLE
        if (chosen := choose(weigh(question, PIECES, meaning)))
        and expected.replace("@", "") in quotation(question, chosen).replace("\\", "").replace("@", "")
    ]
    assert len(right) >= 26, sorted({question for question, _ in ANSWERABLE} - set(right))


def test_questions_that_the_papers_do_not_answer_are_not(meaning: Meaning) -> None:
    answered = [question for question in UNANSWERABLE if choose(weigh(question, PIECES, meaning))]
    assert answered == []


def test_the_right_row_of_a_table_is_found(meaning: Meaning) -> None:
    table = " | 2025 | 2024\nRevenue | 10 | 9\nCost of sales | 6 | 5\nOperating profit | 2 | 1"
    assert best("What was operating profit in 2024?", table, meaning)[0].startswith("Operating profit")


def test_a_year_that_is_nowhere_counts_against_an_answer(meaning: Meaning) -> None:
    table = " | 2025 | 2024\nRevenue | 10 | 9"
    asked = best("What was revenue in 2024?", table, meaning)[1]
    assert best("What was revenue in 2019?", table, meaning)[1] < ENOUGH <= asked


def test_a_name_that_is_nowhere_counts_against_an_answer(meaning: Meaning) -> None:
    text = "The notice period of the agreement with Norrland is three months."
    asked = best("What is the notice period of the agreement with Norrland?", text, meaning)[1]
    assert best("What is the notice period of the agreement with Baltic Rubber?", text, meaning)[1] < asked - 0.2


def test_another_attribute_of_the_same_thing_counts_against_an_answer(meaning: Meaning) -> None:
    text = "Sick leave\n\nTell your manager.\n\nParental leave\n\nThere are sixteen weeks of parental leave."
    assert best("How many weeks of sick leave are there?", text, meaning)[1] < ENOUGH


def test_a_question_is_not_its_own_answer(meaning: Meaning) -> None:
    assert best("How long is the warranty?", "How long is the warranty?\nTen years.", meaning)[0] == "Ten years."


def test_what_is_counted_is_what_was_asked_for(meaning: Meaning) -> None:
    text = "Ask for leave three weeks ahead for many days of leave.\n\nEverybody has 27 days of paid leave in a year."
    assert best("How many days of leave do I get?", text, meaning)[0].startswith("Everybody")


def passages(title: str, *texts: str, first: int = 1) -> list[Piece]:
    """The pieces of a document's passages, which a search has found one after the other."""
    found = [Passage(id=str(number), title=title, page="", text=text) for number, text in enumerate(texts, first)]
    return [piece for rank, passage in enumerate(found) for piece in pieces(passage, rank)]


def test_what_a_document_is_about_need_not_be_named_on_each_page(meaning: Meaning) -> None:
    found = passages("Your first day", "Dear Jonas Weber, welcome to us.", "If you come by car, park in Foundry Lane.")
    assert choose(weigh("Where should Jonas Weber park?", found, meaning))[0].piece.text.endswith("Foundry Lane.")


def test_a_name_without_anything_that_is_asked_is_no_answer(meaning: Meaning) -> None:
    found = passages("Agreement", "This is between Kestrel & Finch Cycles Ltd, York, and Brightwater GmbH, Chemnitz.")
    assert choose(weigh("What is the share price of Kestrel & Finch?", found, meaning)) == []


def test_least_and_most_are_limits(meaning: Meaning) -> None:
    text = "The Buyer orders frames by fax.\n\nThe Buyer will order at least 2,400 frames in each contract year."
    assert "2,400" in best("What is the minimum order of frames?", text, meaning)[0]


def test_a_date_is_not_how_much(meaning: Meaning) -> None:
    text = "The invoice came on 3 June.\n\nThe invoice is over 900 EUR."
    assert best("How much is the invoice?", text, meaning)[0].endswith("EUR.")


@pytest.mark.parametrize(
    ("question", "spoken_of", "said_by"),
    [
        ("Who are the parties?", True, ["nda.pdf"]),
        ("What is the hotel limit in London?", True, ["Library"]),
        ("What is the hotel limit in London?", False, ["Library"]),
        ("What does the agreement end by?", False, ["nda.pdf"]),
    ],
)
def test_an_attached_file_answers_what_it_can_and_the_library_the_rest(
    question: str, spoken_of: bool, said_by: list[str], meaning: Meaning
) -> None:
    library = "Changes are signed by both parties. The summer party is in June. The hotel limit in London is 190 GBP."
    nda = "The parties are Acme Ltd and Beta AG. The agreement ends by notice."
    found = [*passages("Library", library), *passages("nda.pdf", nda, first=2)]
    chosen = choose(preferred(weigh(question, found, meaning), frozenset({"nda.pdf"}), spoken_of=spoken_of))
    assert [evidence.piece.passage.title for evidence in chosen] == said_by


def test_a_heading_is_not_an_answer(meaning: Meaning) -> None:
    assert best("What is annual leave?", "Annual leave\n\nEverybody has 27 days off.", meaning)[0] != "Annual leave"


def test_the_same_thing_is_not_quoted_twice(meaning: Meaning) -> None:
    twice = [
        piece
        for number in ("1", "2")
        for piece in pieces(Passage(id=number, title="T", page="", text="The hotel limit is 140 EUR a night."), 0)
    ]
    assert len(choose(weigh("What is the hotel limit?", twice, meaning))) == 1


def test_at_most_three_things_are_quoted(meaning: Meaning) -> None:
    text = "\n".join(f"- the hotel limit in city number {number} is {number}0 EUR a night" for number in range(2, 9))
    found = pieces(Passage(id="1", title="T", page="", text=text), 0)
    assert len(choose(weigh("What is the hotel limit?", found, meaning))) <= 3


def test_nothing_comes_of_nothing(meaning: Meaning) -> None:
    assert choose(weigh("Anything?", [], meaning)) == []


@pytest.mark.skipif(
    "SWITCHBOARD_EVAL_DATA" not in os.environ, reason="set SWITCHBOARD_EVAL_DATA to the evaluation data"
)
def test_the_sentence_or_row_that_holds_the_answer_comes_first(meaning: Meaning) -> None:
    import gzip

    folder = Path(os.environ["SWITCHBOARD_EVAL_DATA"]) / "documents_qa"
    contexts = {}
    with gzip.open(folder / "contexts.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            table = "\n".join(" | ".join(row) for row in line["table"])
            texts = [*(paragraph["text"] for paragraph in line["paragraphs"]), table]
            passages = [
                Passage(id=str(n), title="Annual report", page="", text=text) for n, text in enumerate(texts, 1)
            ]
            contexts[line["context"]] = [piece for passage in passages for piece in pieces(passage, 0)]
    questions = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    spans = [question for question in questions if question["answer_type"] == "span"][:60]
    right = 0
    for question in spans:
        first = weigh(question["question"], contexts[question["context"]], meaning)[0].piece
        right += _bare(question["answer"][0]) in _bare(f"{first.text} {first.header}")
    assert right >= 0.6 * len(spans)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum() or letter == ".")
