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
    retrieval.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with pages.jsonl.gz, documents.jsonl and questions.jsonl, or the one above it",
    )
    retrieval.add_argument("--predictions", type=Path, metavar="FILE", help="write what was found, one question a line")
    retrieval.add_argument("--json", action="store_true", help="print the measures as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Run the suite that ``args`` name; returns the exit status."""
    try:
        return _retrieval(args.data, args.predictions, as_json=args.json)
    except SwitchboardError as error:
        print(error.user_text, file=sys.stderr)
        return 2


def _retrieval(data: Path, predictions: Path | None, *, as_json: bool) -> int:
    from evals import retrieval

    found, measures = retrieval.run_blocking(data)
    if predictions is not None:
        _write(predictions, [prediction.line() for prediction in found])
    print(json.dumps(measures) if as_json else _table(measures))
    return 0


def _write(path: Path, lines: Sequence[str]) -> None:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}.") from error


def _table(measures: dict[str, float]) -> str:
    width = max(map(len, measures))
    return "\n".join(f"{name:{width}}  {_figure(name, value)}" for name, value in measures.items())


def _figure(name: str, value: float) -> str:
    return f"{value:8.1f}" if name.endswith(("_ms", "_second")) else f"{value:8.3f}"
