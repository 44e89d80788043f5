"""How well the embedded summariser finds what people would write: transcripts in, sentences and scores out."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Any

from evals.data import rows, well_formed
from evals.rouge import rouge
from switchboard import BadInput
from tools.reading.backend import Block, Document, Page
from tools.summaries.extractive import ExtractiveSummarizer
from tools.summaries.numbers import Stated, numbers
from tools.summaries.sentences import outline

SUITE = "summaries"
SENTENCES = 4
"""As many as the bullet points that people wrote of a document, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A document and, unless the suite is blind, what somebody wrote of it."""

    id: str
    sentences: tuple[str, ...]
    reference: tuple[str, ...] = ()

    @property
    def document(self) -> Document:
        """The case as a reader would hand it on; each of its sentences is a paragraph."""
        page = Page(
            number=1, blocks=tuple(Block(kind="text", text=sentence) for sentence in self.sentences), language="en"
        )
        return Document(name=self.id, title="", media_type="text/plain", digest="", pages=(page,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The summary of a case, and the seconds that it took."""

    case: Case
    summary: tuple[str, ...]
    seconds: float

    def line(self) -> str:
        """The prediction as one line of JSON."""
        found = {"id": self.case.id, "summary": list(self.summary), "seconds": round(self.seconds, 4)}
        return json.dumps(found, ensure_ascii=False)


def cases(folder: Path) -> Iterator[Case]:
    """The suite's documents.

    Raises:
        BadInput: The file is missing or not of the suite's form.
    """
    packed = folder / "documents.jsonl.gz"
    file = packed if packed.exists() else folder / "documents.jsonl"
    with well_formed(file):
        for row in rows(file):
            yield _case(row)


def evaluate(folder: Path, limit: int | None = None) -> tuple[list[Prediction], dict[str, float]]:
    """Summarise the suite's documents, or the first ones, and compare.

    Args:
        folder: The suite's, or the one that it lies in under its name.
    """
    inside = folder / SUITE
    folder = inside if inside.is_dir() else folder
    summarizer = ExtractiveSummarizer()
    predictions = [predict(summarizer, case) for case in islice(cases(folder), limit)]
    return predictions, scores(predictions)


def predict(summarizer: ExtractiveSummarizer, case: Case) -> Prediction:
    """Summarise one document; where nothing in it can be quoted, the summary is empty."""
    started = time.perf_counter()
    document = case.document
    try:
        sentences = summarizer.choose(document, outline(document), SENTENCES).sentences
    except BadInput:
        sentences = ()
    summary = tuple(sentence.text for sentence in sentences)
    return Prediction(case=case, summary=summary, seconds=time.perf_counter() - started)


def scores(predictions: Sequence[Prediction]) -> dict[str, float]:
    """ROUGE where there is something to compare with; the share of numbers that stand in the source; the time."""
    if not predictions:
        return {}
    judged = [
        rouge(prediction.summary, prediction.case.reference) for prediction in predictions if prediction.case.reference
    ]
    measures = {
        f"rouge_{name}": fmean(asdict(each)[name] for each in judged) for name in ("one", "two", "longest") if judged
    }
    stated = [_stated(prediction) for prediction in predictions]
    total = sum(of for _, of in stated)
    taken = sorted(prediction.seconds * 1000 for prediction in predictions)
    return measures | {
        "number_precision": sum(right for right, _ in stated) / total if total else 1.0,
        "words": fmean(sum(len(sentence.split()) for sentence in prediction.summary) for prediction in predictions),
        "document_p50_ms": taken[len(taken) // 2],
        "document_p95_ms": taken[int(len(taken) * 0.95)],
    }


def _stated(prediction: Prediction) -> tuple[int, int]:
    """How many of a summary's numbers stand in the document, of how many."""
    source, text = Stated("\n".join(prediction.case.sentences)), "\n".join(prediction.summary)
    shown = {number.shown for number in numbers(text)}
    return len(shown) - len(source.doubts(text)), len(shown)


def _case(row: Mapping[str, Any]) -> Case:
    reference = row.get("summary") or ()
    if isinstance(row["sentences"], str) or isinstance(reference, str):
        raise TypeError("sentences and summary are lists")
    return Case(id=str(row["id"]), sentences=tuple(map(str, row["sentences"])), reference=tuple(map(str, reference)))
