"""Ingest: files and folders into the library, incrementally, each document all or nothing."""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from switchboard import BadInput, BlobStore, Principal, Unreadable
from tools.reading.backend import Document, Reader
from tools.reading.reasons import unreadable
from tools.reading.words import display_name
from tools.retrieval.backend import Access, Library, Source, Value
from tools.retrieval.ingest_survey import Candidate, IngestProblem, survey, within
from tools.together import tasks

__all__ = ["LIBRARY", "IngestProblem", "IngestProgress", "IngestReport", "ingest"]

LIBRARY = "library"
"""The owner under which the blob store keeps originals, so that a citation can open its source."""

ORIGINAL_TITLE = "_original_title"
"""The attribute that keeps a document's own title where its sidecar gives it another."""

_CHUNK = 1 << 20
_MOST_BYTES = 10_000_000_000  # The reader's limit comes first; this one only ends what grows while it is copied.
_FILE_TYPES = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "MS_WORD",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPT",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "MS_EXCEL",
    "text/csv": "CSV",
    "text/html": "HTML",
    "text/markdown": "MD",
    "text/plain": "PLAIN_TEXT",
    "message/rfc822": "EMAIL",
    "application/zip": "ZIP",
}
_PICTURE = "IMAGE"

Outcome = Literal["added", "changed", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestProgress:
    """How far it is.

    Attributes:
        done: Files, of ``total``.
        name: The file that was begun or ended last, or that takes long.
        page: How many of its ``pages`` were read, where it takes long; otherwise 0.
    """

    done: int
    total: int
    name: str = ""
    page: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What became of the files.

    Attributes:
        changed: Read again, or described again where only their sidecar or access changed.
        removed: Gone from the folder, or no longer readable: an old copy would answer for a file that has changed.
        failed: What could not be ingested, and why.
        warnings: What was ingested but not whole, such as scanned pages.
        pages: Pages that were read this time.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[IngestProblem, ...] = ()
    warnings: tuple[IngestProblem, ...] = ()
    pages: int = 0
    seconds: float = 0.0


async def ingest(
    paths: Sequence[Path],
    *,
    library: Library,
    blobs: BlobStore,
    reader: Reader,
    owner: Principal,
    public: bool = False,
    progress: Callable[[IngestProgress], None] = lambda _: None,
) -> IngestReport:
    """Bring the library to what the files and folders hold now.

    A file is known by its path, or by its sidecar's ``DocumentId`` among those ingested with it. Its bytes, its sidecar
    and its access decide whether anything is to be done. It may be stopped at any moment and run again: every document
    is either as it was or as it is now.

    Args:
        owner: Who may read documents without an access list.
        public: Whether everybody may.

    Raises:
        BackendError: The library or the blob store failed; what was finished before stays.
    """
    return await _Ingest(library, blobs, reader, owner, public, progress).run(paths)


class _Ingest:
    """One run; counts as it goes."""

    def __init__(
        self,
        library: Library,
        blobs: BlobStore,
        reader: Reader,
        owner: Principal,
        public: bool,
        progress: Callable[[IngestProgress], None],
    ) -> None:
        self._library = library
        self._blobs = blobs
        self._reader = reader
        self._default = Access(public=public, users=frozenset({owner.id}))
        self._progress = progress
        self._counts: dict[Outcome, int] = {"added": 0, "changed": 0, "unchanged": 0, "failed": 0}
        self._failed: list[IngestProblem] = []
        self._warnings: list[IngestProblem] = []
        self._removed = 0
        self._pages = 0
        self._total = 0

    async def run(self, paths: Sequence[Path]) -> IngestReport:
        started = time.monotonic()
        found = await asyncio.to_thread(survey, paths)
        self._failed += found.problems
        plans = list(self._plans(found.candidates))
        known = await self._known(found.prefixes)
        wanted = {plan.id for plan, _ in plans}
        for source in known.values():
            if source.id not in wanted and not source.path.startswith(found.unlisted):
                await self._remove(source.id)
        self._tell_of_nothing(found.missing, found.empty, known)
        self._total = len(plans)
        self._progress(IngestProgress(done=0, total=self._total))
        await self._all(plans, known)
        return IngestReport(
            added=self._counts["added"],
            changed=self._counts["changed"],
            unchanged=self._counts["unchanged"],
            removed=self._removed,
            failed=tuple(sorted(self._failed, key=lambda problem: problem.path)),
            warnings=tuple(sorted(self._warnings, key=lambda problem: problem.path)),
            pages=self._pages,
            seconds=time.monotonic() - started,
        )

    def _plans(self, candidates: Sequence[Candidate]) -> Iterator[tuple[Source, Path]]:
        """What each document should be in the library; its digest and what only reading tells are still missing."""
        seen: dict[str, Path] = {}
        for candidate in candidates:
            about, path = candidate.sidecar, candidate.path
            identity = _identity(candidate)
            if identity in seen:
                self._fail(path, f"its sidecar gives it the DocumentId of {seen[identity].name}; give it its own")
                continue
            seen[identity] = path
            source = Source(
                id=identity,
                title=about.title,
                access=self._default if about.access is None else about.access,
                uri=about.uri,
                path=str(path),
                attributes=about.attributes,
            )
            yield source, path

    async def _known(self, prefixes: Sequence[str]) -> dict[str, Source]:
        """What the library holds of these files and folders; a prefix that is a file's path means that file only."""
        known: dict[str, Source] = {}
        for prefix in prefixes:
            stored = await self._library.stored(prefix)
            known |= {key: source for key, source in stored.items() if prefix.endswith(os.sep) or source.path == prefix}
        return known

    def _tell_of_nothing(self, missing: Sequence[str], empty: Sequence[str], known: Mapping[str, Source]) -> None:
        """A name that means nothing is a mistake, unless the library held something there: then that is gone now."""
        reasons = [(path, "there is no file or folder of that name") for path in missing]
        reasons += [(path, "there is no document in this folder (hidden files are passed over)") for path in empty]
        for path, reason in reasons:
            if not any(source.path == path or source.path.startswith(within(Path(path))) for source in known.values()):
                self._fail(Path(path), reason)

    async def _all(self, plans: Sequence[tuple[Source, Path]], known: Mapping[str, Source]) -> None:
        waiting = iter(plans)

        async def work() -> None:
            for plan, path in waiting:
                self._progress(IngestProgress(done=sum(self._counts.values()), total=self._total, name=path.name))
                self._counts[await self._one(plan, path, known.get(plan.id))] += 1
                self._progress(IngestProgress(done=sum(self._counts.values()), total=self._total, name=path.name))

        async with tasks() as group:
            for _ in range(min(self._reader.workers + 1, len(plans))):  # One is indexed while the others are read.
                group.create_task(work())

    async def _one(self, plan: Source, path: Path, known: Source | None) -> Outcome:
        reading = f"ingest:{plan.id}"  # for as long as it lasts: a run that is stopped goes on at the page
        try:
            digest = await asyncio.to_thread(_digest, path)
            if known is not None and known.digest == digest:
                await self._keep(path, digest, known.media_type)
                same = _described(plan, known)
                if same == known:
                    return "unchanged"
                if await self._library.describe(same):
                    return "changed"
            document = await self._reader.read(path, name=path.name, owner=reading, progress=partial(self._page, path))
            if document.digest != digest or not await self._keep(path, digest, document.media_type):
                raise unreadable(path.name, "changed")
            await self._library.put(_read(plan, document), document)
            await self._reader.forget(reading)
        except (Unreadable, BadInput, OSError) as error:
            self._fail(path, error.reason if isinstance(error, Unreadable) else "it can't be opened or copied")
            if known is not None:
                await self._remove(known.id)
            return "failed"
        self._pages += len(document.pages)
        self._warnings += [IngestProblem(path=str(path), reason=warning) for warning in document.warnings]
        return "added" if known is None else "changed"

    def _page(self, path: Path, page: int, pages: int) -> None:
        done = sum(self._counts.values())
        self._progress(IngestProgress(done=done, total=self._total, name=path.name, page=page, pages=pages))

    async def _keep(self, path: Path, digest: str, media_type: str) -> bool:
        """Keep the original. Returns whether the bytes that are kept are those of the digest."""
        if await self._blobs.stat(digest, owner=LIBRARY) is not None:
            return True
        blob = await self._blobs.put(
            _chunks(path), owner=LIBRARY, name=display_name(path.name), media_type=media_type, limit=_MOST_BYTES
        )
        return blob.digest == digest

    async def _remove(self, document: str) -> None:
        self._removed += await self._library.remove(document)

    def _fail(self, path: Path, reason: str) -> None:
        self._failed.append(IngestProblem(path=str(path), reason=reason))


def _identity(candidate: Candidate) -> str:
    named = candidate.sidecar.document_id
    parts = ("id", str(candidate.root), named) if named else ("path", str(candidate.path))
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def _read(plan: Source, document: Document) -> Source:
    """The source of a document that was read just now."""
    return _source(plan, digest=document.digest, media_type=document.media_type, own_title=document.title)


def _described(plan: Source, known: Source) -> Source:
    """The source of a document that the library holds, from what it says now."""
    own_title = str(known.attributes.get(ORIGINAL_TITLE, known.title))
    return _source(plan, digest=known.digest, media_type=known.media_type, own_title=own_title)


def _source(plan: Source, *, digest: str, media_type: str, own_title: str) -> Source:
    own: dict[str, Value] = {"_file_type": _file_type(media_type)}
    if plan.title and plan.title != own_title:
        own[ORIGINAL_TITLE] = own_title
    title = plan.title or own_title
    return replace(plan, title=title, digest=digest, media_type=media_type, attributes={**plan.attributes, **own})


def _file_type(media_type: str) -> str:
    return _PICTURE if media_type.startswith("image/") else _FILE_TYPES.get(media_type, "PLAIN_TEXT")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    """The file in pieces. It is opened for each, so that a run that is stopped leaves nothing open."""
    offset = 0
    while piece := await asyncio.to_thread(_piece, path, offset):
        offset += len(piece)
        yield piece


def _piece(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(_CHUNK)
