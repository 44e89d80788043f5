"""How well the library finds the page that answers: pages in, questions in, predictions and scores out."""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from evals.data import rows, well_formed
from switchboard import Principal
from tools.reading.backend import Block, Document, Page
from tools.retrieval.backend import Access, Library, Passage, Source

SUITE = "retrieval"
DEPTH = 20
PASSAGES = 60
"""Passages asked for, so that they fold into `DEPTH` pages even when a few pages give many of them."""

READER = Principal(id="eval", verified=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and, unless the suite is blind, the pages that answer it."""

    id: str
    text: str
    gold: frozenset[tuple[str, int]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What was found for a question: document, page as the suite counts it, score; best first. ``seconds`` it took."""

    question: Question
    hits: tuple[tuple[str, int, float], ...]
    seconds: float

    def line(self) -> str:
        """The prediction as one line of JSON."""
        return json.dumps({"id": self.question.id, "hits": [list(hit) for hit in self.hits]}, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Pages indexed, and the seconds that it took."""

    pages: int
    seconds: float


def questions(folder: Path) -> list[Question]:
    """The suite's questions.

    Raises:
        BadInput: The file is missing or not of the suite's form; so too for `documents`.
    """
    with well_formed(folder / "questions.jsonl"):
        return [
            Question(
                id=row["id"],
                text=row["question"],
                gold=frozenset((doc, page) for doc, page in row["gold"]) if row.get("gold") else None,
            )
            for row in rows(folder / "questions.jsonl")
        ]


def documents(folder: Path) -> Iterator[tuple[Source, Document]]:
    """The suite's documents as the library takes them, their metadata as attributes. Pages are counted from 1 there."""
    with well_formed(folder / "documents.jsonl"):
        known = {row["doc"]: row for row in rows(folder / "documents.jsonl")}
    packed = folder / "pages.jsonl.gz"
    file = packed if packed.exists() else folder / "pages.jsonl"
    with well_formed(file):
        for doc, pages in groupby(rows(file), key=lambda row: str(row["doc"])):
            yield _source(doc, known.get(doc, {})), _document(doc, pages)


async def index(library: Library, folder: Path) -> Speed:
    """Put the whole suite into the library."""
    started = time.perf_counter()
    count = 0
    for source, document in documents(folder):
        await library.put(source, document)
        count += len(document.pages)
    return Speed(pages=count, seconds=time.perf_counter() - started)


async def ask(library: Library, asked: Sequence[Question]) -> list[Prediction]:
    """Answer the questions, one after the other."""
    predictions = []
    for question in asked:
        started = time.perf_counter()
        passages = await library.search(question.text, principal=READER, limit=PASSAGES)
        predictions.append(
            Prediction(question=question, hits=fold_pages(passages), seconds=time.perf_counter() - started)
        )
    return predictions


def fold_pages(passages: Iterable[Passage]) -> tuple[tuple[str, int, float], ...]:
    """Passages as the pages that they stand on, each with its best passage's score, counted from 0 again."""
    best: dict[tuple[str, int], float] = {}
    for passage in passages:
        best.setdefault((passage.source.id, passage.page - 1), round(passage.score, 6))
    return tuple((doc, page, score) for (doc, page), score in best.items())[:DEPTH]


def scores(predictions: Sequence[Prediction]) -> dict[str, float]:
    """The suite's measures; none when the questions are blind."""
    judged = [(prediction, prediction.question.gold) for prediction in predictions if prediction.question.gold]
    if not judged:
        return {}
    ranks = [_rank([(doc, page) for doc, page, _ in prediction.hits], gold) for prediction, gold in judged]
    names = [({doc for doc, _, _ in prediction.hits[:5]}, {doc for doc, _ in gold}) for prediction, gold in judged]
    measures = {f"page_hit@{k}": sum(0 < rank <= k for rank in ranks) / len(ranks) for k in (1, 5, 10, 20)}
    measures["mrr@20"] = sum(1 / rank for rank in ranks if rank) / len(ranks)
    measures["document_hit@5"] = sum(bool(found & wanted) for found, wanted in names) / len(names)
    return measures


def speeds(predictions: Sequence[Prediction], speed: Speed) -> dict[str, float]:
    """Pages indexed in a second, and how long questions took."""
    taken = sorted(prediction.seconds * 1000 for prediction in predictions) or [0.0]
    return {
        "pages_per_second": speed.pages / max(speed.seconds, 1e-9),
        "query_p50_ms": taken[len(taken) // 2],
        "query_p95_ms": taken[int(len(taken) * 0.95)],
    }


async def evaluate(folder: Path) -> tuple[list[Prediction], dict[str, float]]:
    """Index the suite in a fresh library in a temporary folder, and ask all questions.

    Args:
        folder: The suite's, or the one that it lies in under its name.
    """
    from tools.retrieval.embedded import EmbeddedLibrary

    folder = folder if (folder / "questions.jsonl").exists() else folder / SUITE
    asked = questions(folder)
    with tempfile.TemporaryDirectory(prefix="switchboard-eval-") as temporary:
        library = EmbeddedLibrary(Path(temporary))
        try:
            speed = await index(library, folder)
            await library.search("warm up", principal=READER)
            predictions = await ask(library, asked)
        finally:
            await library.close()
    return predictions, scores(predictions) | speeds(predictions, speed)


def _source(doc: str, known: Mapping[str, Any]) -> Source:
    attributes = {name: str(value) for name, value in known.items() if name not in ("doc", "title", "source_uri")}
    return Source(
        id=doc,
        title=str(known.get("title") or doc),
        access=Access(users=frozenset({READER.id})),
        uri=str(known.get("source_uri") or ""),
        attributes=attributes,
    )


def _document(doc: str, pages: Iterable[Mapping[str, Any]]) -> Document:
    read = tuple(
        Page(number=int(row["page"]) + 1, blocks=(Block(kind="text", text=str(row["text"])),)) for row in pages
    )
    return Document(name=doc, title=doc, media_type="text/plain", digest="", pages=read, paged=True)


def _rank(pages: Sequence[tuple[str, int]], gold: frozenset[tuple[str, int]]) -> int:
    """The place of the first gold page, from 1; 0 when there is none."""
    return next((place for place, page in enumerate(pages, 1) if page in gold), 0)


def run_blocking(folder: Path) -> tuple[list[Prediction], dict[str, float]]:
    """`evaluate` for callers without an event loop."""
    return asyncio.run(evaluate(folder))
