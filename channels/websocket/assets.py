"""The widget's files, read once at the start, with what a browser needs to keep them."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

_TYPES = {
    ".js": "text/javascript",
    ".html": "text/html",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of the widget, as it is and packed with gzip. ``tag`` is its ETag."""

    data: bytes
    packed: bytes
    media_type: str
    tag: str


def load_assets() -> dict[str, Asset]:
    """All files of ``web/`` that a browser may have, by path."""
    return dict(_walk(files("web"), ""))


def _walk(folder: Traversable, path: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{path}{entry.name}/")
        elif (ending := f".{entry.name.rpartition('.')[2]}") in _TYPES:
            data = entry.read_bytes()
            tag = f'"{hashlib.sha256(data).hexdigest()[:20]}"'
            found.append(
                (
                    path + entry.name,
                    Asset(data=data, packed=gzip.compress(data, mtime=0), media_type=_TYPES[ending], tag=tag),
                )
            )
    return found
