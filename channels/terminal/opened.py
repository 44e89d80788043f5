"""Copies of sources and of files that the assistant made, where a person can look at them."""

import hashlib
import os
import sys
import tempfile
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from channels.terminal import texts
from channels.terminal.clean import file_name
from switchboard import BackendError, BadInput, BlobStore, Principal, Reply
from switchboard.assistant import Assistant

_VIEWABLE = frozenset({".pdf", ".txt", ".png", ".jpg", ".jpeg"})
"""Kinds that a viewer shows and never runs. Others are only copied: a document is not trusted to be harmless."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The folder of copies. Only this user can read it; it may be emptied at any time."""

    folder: Path

    def save(self, name: str, data: bytes) -> Path:
        """Write a copy, whole or not at all; the same bytes and name are the same copy.

        Raises:
            BadInput: The folder can't be written (status 507).
        """
        place = self.folder / hashlib.sha256(data).hexdigest()[:16]
        path = place / file_name(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            place.mkdir(exist_ok=True, mode=0o700)
            if not path.exists():
                _write_whole(path, data)
        except OSError as error:
            raise BadInput(texts.NO_ROOM, status=507) from error
        return path

    async def artifacts(self, reply: Reply, *, blobs: BlobStore, owner: str) -> Reply:
        """The reply with its files copied here and linked. One that can't be copied is left without a link."""
        linked = []
        for artifact in reply.artifacts:
            try:
                data = await blobs.read(artifact.digest, owner=owner)
                linked.append(replace(artifact, link=uri(self.save(artifact.name, data))))
            except (BackendError, BadInput):
                linked.append(replace(artifact, link=""))
        return replace(reply, artifacts=tuple(linked))


def uri(path: Path, page: int = 0) -> str:
    """The address of a copy, at a page."""
    return path.as_uri() + (f"#page={page}" if page else "")


def _write_whole(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as copy:
            copy.write(data)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)  # it is there only if it could not take its place


async def locate(
    assistant: Assistant, document: str, *, page: int, principal: Principal, conversation: str, opened: Opened
) -> tuple[str, Path]:
    """Copy a document and give the copy's address at a page.

    Raises:
        BadInput: It is unknown or the principal may not read it (status 404), or it can't be copied.
    """
    source = await assistant.source(document, principal=principal, conversation=conversation)
    if source is None:
        raise BadInput(texts.NO_SOURCE, status=404)
    path = opened.save(source.name, source.data)
    return uri(path, page), path


def view(address: str, path: Path | None = None, *, browse: Callable[[str], bool] = webbrowser.open) -> bool:
    """Show an address in the desktop's browser. Returns whether that was tried.

    It is not where there is no desktop, nor for a copy (``path``) of a kind that a browser would run or misread.
    """
    desktop = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    harmless = path is None or path.suffix.lower() in _VIEWABLE
    return bool(desktop) and harmless and browse(address)
