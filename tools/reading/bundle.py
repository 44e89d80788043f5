"""A file that holds files: an archive, or a mail with its attachments. Their pieces are its pieces, in their order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from switchboard import Unreadable
from tools.reading.backend import Block, Page
from tools.reading.budget import Budget
from tools.reading.parts import Opened, Parts, Piece

Open: TypeAlias = Callable[[bytes, str], Opened]
"""Opens a file in a file, by its bytes and its name. Raises `Unreadable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in a file; its bytes are only fetched when it is read, and may be refused then."""

    name: str
    fetch: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What opening a member once told: how many pieces it has, and files in it; or why it can't be read."""

    pieces: int = 0
    files: int = 0
    refusal: str = ""


class Bundle:
    """See `Opened`. A member that can't be read costs a warning and not the others.

    Args:
        own: What the file has itself besides its members: a mail its text, an archive its list of contents.
        kind: What a member is called: ``Attachment``.
    """

    def __init__(self, own: Parts, members: Sequence[Member], *, kind: str, budget: Budget, open_member: Open) -> None:
        self._own, self._members, self._kind = own, members, kind
        self._budget, self._open_member = budget, open_member
        self._open: tuple[int, Opened] | None = None
        self.patience: float | None = None
        self.files = 0
        self._known: list[_Known] = []
        for index in range(len(members)):
            self._known.append(self._look(index))
            self.files += 1 + self._known[-1].files
            budget.check_files(self.files)
            budget.check_pages(sum(known.pieces for known in self._known))
            budget.check_time()
        self._places = [(index, at) for index, known in enumerate(self._known) for at in range(known.pieces)]
        self.count = len(self._places)

    def read(self, index: int) -> Piece:
        """Read a piece of a member; see `Opened`."""
        member, at = self._places[index]
        try:
            return self._opened(member).read(at)
        except Unreadable as error:
            if error.code == "too_slow":
                raise
            return Parts(pages=(), warnings=(self._refused(error),))

    def together(self, pieces: Sequence[Piece]) -> Parts:
        """The own page, and those of each member under a heading of its name; see `Opened`."""
        pages, warnings, missing = list(self._own.pages), list(self._own.warnings), list(self._own.missing)
        start = 0
        for index, (member, known) in enumerate(zip(self._members, self._known, strict=True)):
            parts = self._member_together(index, pieces[start : start + known.pieces])
            start += known.pieces
            missing += [len(pages) + number for number in parts.missing]
            warnings += [text if _is_refusal(parts) else f"{member.name}: {text}" for text in parts.warnings]
            pages += self._renumbered(parts, member.name, first=len(pages) + 1)
        self._budget.check_pages(len(pages))
        self._budget.check_text(sum(len(block.text) for page in pages for block in page.blocks))
        return replace(self._own, pages=tuple(pages), warnings=tuple(warnings), missing=tuple(missing))

    def close(self) -> None:
        """Let go of the member that is open."""
        if self._open:
            self._open[1].close()
            self._open = None

    def _look(self, index: int) -> _Known:
        try:
            opened = self._opened(index)
        except Unreadable as error:
            if error.code == "too_slow":
                raise
            return _Known(refusal=self._refused(error))
        return _Known(pieces=opened.count, files=getattr(opened, "files", 0))

    def _opened(self, index: int) -> Opened:
        """A member, open; one at a time, as they may be large."""
        if self._open is None or self._open[0] != index:
            self.close()
            member = self._members[index]
            self._open = (index, self._open_member(member.fetch(), member.name))
        return self._open[1]

    def _member_together(self, index: int, pieces: Sequence[Piece]) -> Parts:
        refusal = self._known[index].refusal
        if refusal:
            return Parts(pages=(), warnings=(refusal,))
        try:
            return self._opened(index).together(pieces)
        except Unreadable as error:
            return Parts(pages=(), warnings=(self._refused(error),))

    def _refused(self, error: Unreadable) -> str:
        return f"The {self._kind.lower()} {error}"

    def _renumbered(self, parts: Parts, name: str, *, first: int) -> Iterator[Page]:
        heading = Block(kind="heading", text=f"{self._kind}: {name}", level=1)
        for number, page in enumerate(parts.pages, start=first):
            within = page.label or (f"page {page.number}" if parts.paged else "")
            label = f"{name}, {within}" if within else name
            yield replace(page, number=number, blocks=(heading, *page.blocks), label=label)


def _is_refusal(parts: Parts) -> bool:
    return not parts.pages
