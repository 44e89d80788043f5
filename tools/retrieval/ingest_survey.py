"""What there is to ingest: walks files and folders and pairs documents with their sidecars."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from switchboard import Unreadable
from tools.reading.words import display_name
from tools.retrieval import sidecar
from tools.retrieval.sidecar import Sidecar

_LOCKS = ("~$", ".~lock.")


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestProblem:
    """A file or folder and what is wrong with it, as a clause: ``it is protected by a password``."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document to be ingested. ``root`` is the folder that was named, or the folder of the file that was named."""

    path: Path
    root: Path
    sidecar: Sidecar


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found.

    Attributes:
        prefixes: What the paths of documents begin with whose absence would mean that they are gone.
        unlisted: What paths begin with that could not be looked into, so that absence there means nothing.
        empty: Folders that were named and hold no document.
    """

    candidates: tuple[Candidate, ...]
    problems: tuple[IngestProblem, ...]
    prefixes: tuple[str, ...]
    unlisted: tuple[str, ...]
    missing: tuple[str, ...]
    empty: tuple[str, ...]


def survey(paths: Sequence[Path]) -> Survey:
    """Look at what was named. Blocking; run it in a thread.

    Hidden files, sidecars and lock files are passed over. Links in a folder are not followed: one to a place within the
    folder would give a document twice, and one out of it could give what nobody meant to share.
    """
    look = _Look()
    for named in paths:
        look.at(Path(os.path.realpath(named.expanduser())))
    return Survey(
        candidates=tuple(look.candidates.values()),
        problems=tuple(look.problems),
        prefixes=tuple(look.prefixes),
        unlisted=tuple(look.unlisted),
        missing=tuple(look.missing),
        empty=tuple(look.empty),
    )


def within(folder: Path) -> str:
    """What the paths of a folder's files begin with."""
    return str(folder).rstrip(os.sep) + os.sep


class _Look:
    def __init__(self) -> None:
        self.candidates: dict[Path, Candidate] = {}
        self.problems: list[IngestProblem] = []
        self.prefixes: list[str] = []
        self.unlisted: list[str] = []
        self.missing: list[str] = []
        self.empty: list[str] = []

    def at(self, path: Path) -> None:
        """Look at one file or folder that was named."""
        if path.is_dir():
            self.prefixes.append(within(path))
            before = len(self.candidates) + len(self.problems)
            for folder, names in self._folders(path):
                self._files(folder, names, root=path)
            if len(self.candidates) + len(self.problems) == before:
                self.empty.append(str(path))
        elif path.name.endswith(sidecar.SUFFIX) and path.exists():
            self._problem(path, "it describes a document; name the document instead")
        elif path.exists():
            self.prefixes.append(str(path))
            self._files(path.parent, {path.name, path.name + sidecar.SUFFIX}, root=path.parent)
        else:
            self.prefixes += [str(path), within(path)]
            self.missing.append(str(path))

    def _folders(self, top: Path) -> Iterator[tuple[Path, set[str]]]:
        """Each folder from ``top`` down with the names of its files; in order, so that reports read the same."""
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    seen = sorted((e for e in entries if not _is_passed_over(e.name)), key=lambda entry: entry.name)
                folders = [folder / e.name for e in seen if e.is_dir(follow_symlinks=False)]
                names = {e.name for e in seen if not e.is_symlink() and not e.is_dir(follow_symlinks=False)}
            except OSError:
                self.unlisted.append(within(folder))
                self._problem(folder, "the folder can't be opened; look at its permissions")
                continue
            waiting += reversed(folders)
            yield folder, names

    def _files(self, folder: Path, names: set[str], *, root: Path) -> None:
        documents = sorted(name for name in names if not name.endswith(sidecar.SUFFIX))
        orphans = {name for name in names if name.endswith(sidecar.SUFFIX)} - {d + sidecar.SUFFIX for d in documents}
        for orphan in sorted(orphans & {name for name in names if (folder / name).exists()}):
            self._problem(
                folder / orphan,
                "there is no document of that name beside it; for report.pdf it must be report.pdf.metadata.json",
            )
        misnamed = {orphan.removesuffix(sidecar.SUFFIX) for orphan in orphans}
        for name in documents:
            self._document(folder / name, root, misnamed=Path(name).stem in misnamed)

    def _document(self, path: Path, root: Path, *, misnamed: bool) -> None:
        try:
            str(path).encode()
            if not stat.S_ISREG(path.stat().st_mode):
                self._problem(path, "it is not a file")
                return
            described = _sidecar(path)
        except UnicodeEncodeError:
            self._problem(path, "its name, or that of its folder, is not valid text; rename it")
        except Unreadable as error:
            self._problem(path, error.reason)
        except OSError:
            self._problem(path, "it can't be opened; look at its permissions")
        else:
            if described is None and misnamed:
                self._problem(path, f"its sidecar is misnamed; it must be {path.name}{sidecar.SUFFIX}")
            else:
                candidate = Candidate(path=path, root=root, sidecar=described or Sidecar())
                self.candidates.setdefault(path, candidate)

    def _problem(self, path: Path, reason: str) -> None:
        shown = str(path).encode(errors="replace").decode()
        problem = IngestProblem(path=shown, reason=reason)
        if problem not in self.problems:
            self.problems.append(problem)


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", *_LOCKS))


def _sidecar(document: Path) -> Sidecar | None:
    """The document's sidecar; one that is there but can't be opened is an error, as it may hold an access list."""
    beside = sidecar.beside(document)
    if not os.path.lexists(beside):
        return None
    try:
        with beside.open("rb") as file:
            data = file.read(sidecar.MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(
            name=display_name(document.name), reason=f"its {sidecar.SUFFIX} file can't be opened", code="sidecar"
        ) from error
    return sidecar.parse(data, name=display_name(document.name))
