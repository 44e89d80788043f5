"""A passage as a citation."""

from pathlib import PurePath

from switchboard import Citation
from tools.retrieval.backend import Passage, Source


def citation(passage: Passage) -> Citation:
    """A passage, as what an answer rests on."""
    return cited(passage.source, page=passage.page, quote=passage.text, score=passage.score)


def cited(source: Source, *, page: int, quote: str, score: float = 0.0) -> Citation:
    """A page of a document. Its own address is a link only if it leads into the web; no path on a disk is told."""
    return Citation(
        title=source.title,
        source=source.uri or PurePath(source.path).name or source.title,
        page=page,
        link=source.uri if source.uri.startswith(("https://", "http://")) else "",
        quote=quote,
        document=source.id,
        score=score,
    )
