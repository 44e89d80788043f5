"""``switchboard eval SUITE``: which suites there are, what they take, and how their results are shown."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from switchboard import BadInput, SwitchboardError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the suites and their options."""
    suites = parser.add_subparsers(dest="suite", required=True, metavar="SUITE")
    retrieval = suites.add_parser("retrieval", help="find the page that answers a question")
    _add_common(retrieval, files="pages.jsonl.gz, documents.jsonl and questions.jsonl", one="question")
    summaries = suites.add_parser("summaries", help="find the sentences that a summary needs")
    _add_common(summaries, files="documents.jsonl.gz", one="document")
    summaries.add_argument("--limit", type=_count, metavar="N", help="take the first N documents only")


def _add_common(suite: argparse.ArgumentParser, *, files: str, one: str) -> None:
    data_help = f"folder with {files}, or the one above it"
    suite.add_argument("--data", type=Path, required=True, metavar="DIR", help=data_help)
    suite.add_argument("--predictions", type=Path, metavar="FILE", help=f"write what was found, one {one} a line")
    suite.add_argument("--json", action="store_true", help="print the measures as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the suite that ``args`` name; returns the exit status."""
    try:
        lines, measures = _retrieval(args.data) if args.suite == "retrieval" else _summaries(args.data, args.limit)
        if args.predictions is not None:
            _write(args.predictions, lines)
    except SwitchboardError as error:
        print(error.user_text, file=sys.stderr)
        return 2
    print(json.dumps(measures) if args.json else _table(measures))
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _retrieval(data: Path) -> tuple[list[str], dict[str, float]]:
    from evals import retrieval

    found, measures = retrieval.run_blocking(data)
    return [prediction.line() for prediction in found], measures


def _summaries(data: Path, limit: int | None) -> tuple[list[str], dict[str, float]]:
    from evals import summaries

    found, measures = summaries.evaluate(data, limit)
    return [prediction.line() for prediction in found], measures


def _write(path: Path, lines: Sequence[str]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}.") from error


def _table(measures: dict[str, float]) -> str:
    width = max(map(len, measures), default=0)
    return "\n".join(f"{name:{width}}  {_figure(name, value)}" for name, value in measures.items())


def _figure(name: str, value: float) -> str:
    return f"{value:8.1f}" if name.endswith(("_ms", "_second", "words")) else f"{value:8.3f}"
