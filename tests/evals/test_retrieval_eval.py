"""The retrieval suite: a tiny made-up one end to end, its measures, and the real one where its data is."""

import argparse
import gzip
import json
import os
from pathlib import Path

import pytest

from evals.command import add_arguments, run
from evals.retrieval import Prediction, Question, fold_pages, run_blocking, scores
from tools.retrieval.backend import Access, Passage, Source

DOCUMENTS = [
    {"doc": "ZEBRA_2021", "title": "Zebra Mills 2021 annual report", "company": "Zebra Mills", "period": "2021"},
    {"doc": "ZEBRA_2022", "title": "Zebra Mills 2022 annual report", "company": "Zebra Mills", "period": "2022"},
    {"doc": "OKAPI_2022", "title": "Okapi Foods 2022 annual report", "company": "Okapi Foods", "period": "2022"},
]
PAGES = ["We make flour and sell it.", "Balance sheets\nInventories 12\nTotal assets 99", "Our flour mill burned down."]
QUESTIONS = [
    {"id": "q1", "question": "What were Zebra Mills' total assets in FY2022?", "gold": [["ZEBRA_2022", 1]]},
    {"id": "q2", "question": "Did a mill of Okapi Foods burn in 2022?", "gold": [["OKAPI_2022", 2]]},
]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    write(tmp_path / "documents.jsonl", DOCUMENTS)
    write(tmp_path / "questions.jsonl", QUESTIONS)
    pages = [{"doc": row["doc"], "page": page, "text": text} for row in DOCUMENTS for page, text in enumerate(PAGES)]
    with gzip.open(tmp_path / "pages.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in pages)
    return tmp_path


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(["retrieval", *arguments]))


def passage(doc: str, page: int, score: float) -> Passage:
    return Passage(source=Source(id=doc, title=doc, access=Access()), text="", page=page, score=score)


def test_company_period_and_statement_are_told_apart(suite: Path) -> None:
    _, measures = run_blocking(suite)
    assert measures["page_hit@1"] == 1
    assert measures["document_hit@5"] == 1
    assert measures["pages_per_second"] > 0


def test_predictions_are_one_line_for_each_question_with_pages_from_zero(suite: Path) -> None:
    assert command("--data", str(suite), "--predictions", str(suite / "out.jsonl")) == 0
    first, second = map(json.loads, (suite / "out.jsonl").read_text("utf-8").splitlines())
    assert (first["id"], second["id"]) == ("q1", "q2")
    assert first["hits"][0][:2] == ["ZEBRA_2022", 1]
    assert all(0 <= score <= 1 for _, _, score in first["hits"])


def test_blind_questions_get_predictions_and_no_scores(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(suite / "questions.jsonl", [{"id": "q1", "question": "What were the total assets of Zebra Mills?"}])
    assert command("--data", str(suite), "--predictions", str(suite / "out.jsonl"), "--json") == 0
    assert set(json.loads(capsys.readouterr().out)) == {"pages_per_second", "query_p50_ms", "query_p95_ms"}
    assert (suite / "out.jsonl").read_text("utf-8").startswith('{"id": "q1", "hits": [["ZEBRA_')


def test_a_table_of_measures_is_printed(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--data", str(suite)) == 0
    assert "page_hit@5" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["not json\n", '{"id": "q1"}\n', "[1, 2]\n", None])
def test_a_malformed_suite_is_a_sentence_and_status_2(
    suite: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    if content is None:
        (suite / "questions.jsonl").unlink()
    else:
        (suite / "questions.jsonl").write_text(content)
    assert command("--data", str(suite)) == 2
    assert "questions.jsonl" in capsys.readouterr().err


def test_predictions_that_can_not_be_written_are_a_sentence_and_status_2(
    suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--data", str(suite), "--predictions", str(suite / "missing" / "out.jsonl")) == 2
    assert "can't be written" in capsys.readouterr().err


def test_passages_fold_into_pages_with_the_best_score_of_each() -> None:
    passages = [passage("a", 2, 0.9), passage("a", 2, 0.8), passage("b", 1, 0.7)]
    assert fold_pages(passages) == (("a", 1, 0.9), ("b", 0, 0.7))


def test_no_more_than_twenty_pages_are_kept() -> None:
    assert len(fold_pages(passage("a", page, 0.5) for page in range(1, 40))) == 20


def test_measures_follow_the_place_of_the_first_gold_page() -> None:
    question = Question(id="q", text="", gold=frozenset({("a", 3)}))
    predictions = [
        Prediction(question=question, hits=(("a", 1, 1.0), ("a", 3, 0.9)), seconds=0),
        Prediction(question=question, hits=(("b", 3, 1.0),), seconds=0),
    ]
    measured = scores(predictions)
    assert (measured["page_hit@1"], measured["page_hit@5"], measured["mrr@20"]) == (0, 0.5, 0.25)
    assert measured["document_hit@5"] == 0.5


@pytest.mark.skipif("SWITCHBOARD_EVAL_DATA" not in os.environ, reason="SWITCHBOARD_EVAL_DATA names no folder of suites")
def test_company_reports_are_found_as_well_as_promised() -> None:
    _, measures = run_blocking(Path(os.environ["SWITCHBOARD_EVAL_DATA"]) / "retrieval")
    assert measures["page_hit@5"] >= 0.70
    assert measures["document_hit@5"] >= 0.95


def test_a_suite_is_found_by_its_name_in_the_folder_above_and_may_be_unpacked(suite: Path, tmp_path: Path) -> None:
    above = tmp_path / "data"
    above.mkdir()
    (above / "retrieval").symlink_to(suite)
    pages = suite / "pages.jsonl.gz"
    (suite / "pages.jsonl").write_bytes(gzip.decompress(pages.read_bytes()))
    pages.unlink()
    assert command("--data", str(above), "--json") == 0
