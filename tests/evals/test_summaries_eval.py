"""The summaries suite: a tiny made-up one end to end, its measures, and the real one where its data is."""

import argparse
import gzip
import json
import os
from pathlib import Path

import pytest

from evals.command import add_arguments, run
from evals.summaries import Case, Prediction, evaluate, scores

CALL = [
    "Good morning, and welcome to the call.",
    "Revenue for the third quarter was $515 million, which we are proud of.",
    "Adjusted earnings per share were $0.55, up 12% from the prior year.",
    "Our people are our greatest strength, as ever.",
    "We expect full year adjusted earnings per share of $2.05 to $2.10.",
    "We opened a new office in a lovely old building.",
    "I would like to thank all of our employees.",
    "The board declared a quarterly dividend of $0.20 per share.",
    "The weather was mild in most of the regions that we serve.",
    "Operator, we are ready for questions.",
    "Many customers told us how much they like the new product.",
    "We remain focused on what matters to those whom we serve.",
    "There is a lot of work ahead of all of us in the field.",
    "Our teams have worked hard on the new system this summer.",
]
GOLD = [
    "q3 revenue $515 million.",
    "q3 adjusted earnings per share $0.55.",
    "sees fy adjusted earnings per share $2.05 to $2.10.",
]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    write(tmp_path, [{"id": "a", "sentences": CALL, "summary": GOLD}, {"id": "b", "sentences": CALL, "summary": GOLD}])
    return tmp_path


def write(folder: Path, rows: list[dict[str, object]]) -> None:
    with gzip.open(folder / "documents.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(["summaries", *arguments]))


def test_the_figures_of_a_call_are_found_and_its_greetings_are_not(suite: Path) -> None:
    predictions, measures = evaluate(suite)
    assert len(predictions[0].summary) == 4
    assert "We expect full year adjusted earnings per share of $2.05 to $2.10." in predictions[0].summary
    assert measures["rouge_one"] > 0.4
    assert measures["number_precision"] == 1


def test_predictions_are_one_line_for_each_document(suite: Path) -> None:
    assert command("--data", str(suite), "--predictions", str(suite / "out.jsonl")) == 0
    first, second = map(json.loads, (suite / "out.jsonl").read_text("utf-8").splitlines())
    assert (first["id"], second["id"]) == ("a", "b")
    assert first["summary"] == second["summary"]
    assert first["seconds"] > 0


def test_a_limit_takes_the_first_documents_only(suite: Path) -> None:
    assert command("--data", str(suite), "--limit", "1", "--predictions", str(suite / "out.jsonl")) == 0
    assert len((suite / "out.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_is_a_number_from_one(suite: Path, limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command("--data", str(suite), "--limit", limit)
    assert "--limit" in capsys.readouterr().err


def test_blind_documents_get_predictions_and_no_comparison(suite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(suite, [{"id": "a", "sentences": CALL}])
    assert command("--data", str(suite), "--predictions", str(suite / "out.jsonl"), "--json") == 0
    measures = json.loads(capsys.readouterr().out)
    assert "rouge_one" not in measures
    assert measures["number_precision"] == 1
    assert json.loads((suite / "out.jsonl").read_text("utf-8"))["summary"]


def test_the_folder_above_the_suite_is_taken_too(suite: Path) -> None:
    (suite / "summaries").mkdir()
    (suite / "documents.jsonl.gz").rename(suite / "summaries" / "documents.jsonl.gz")
    assert len(evaluate(suite)[0]) == 2


def test_an_empty_suite_has_no_measures(suite: Path) -> None:
    write(suite, [])
    assert command("--data", str(suite)) == 0


def test_a_document_without_a_sentence_to_quote_gets_an_empty_summary(suite: Path) -> None:
    write(suite, [{"id": "a", "sentences": ["Hello."], "summary": GOLD}])
    predictions, measures = evaluate(suite)
    assert predictions[0].summary == ()
    assert measures["rouge_one"] == 0


@pytest.mark.parametrize("rows", [[{"id": "a"}], [{"id": "a", "sentences": "no list"}]])
def test_a_malformed_suite_is_a_sentence_and_status_2(
    suite: Path, capsys: pytest.CaptureFixture[str], rows: list[dict[str, object]]
) -> None:
    write(suite, rows)
    assert command("--data", str(suite)) == 2
    assert "documents.jsonl.gz" in capsys.readouterr().err


def test_a_number_that_is_not_in_the_document_costs_precision() -> None:
    case = Case(id="a", sentences=("Revenue was $5 million.",))
    prediction = Prediction(case=case, summary=("Revenue was $5 million, or 6 million.",), seconds=0.1)
    assert scores([prediction])["number_precision"] == 0.5


@pytest.mark.skipif("SWITCHBOARD_EVAL_DATA" not in os.environ, reason="needs SWITCHBOARD_EVAL_DATA")
def test_the_real_suite_is_summarised_well() -> None:
    _, measures = evaluate(Path(os.environ["SWITCHBOARD_EVAL_DATA"]), limit=40)
    assert measures["rouge_one"] >= 0.27
    assert measures["rouge_two"] >= 0.11
    assert measures["number_precision"] == 1
