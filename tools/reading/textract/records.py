"""What is remembered of a file on behalf of its owner: the job that reads it, and in the end the document.

A job is written down in three steps, so that a crash between any two of them costs nothing:

    claimed    what will be asked, before it is asked: whoever comes next asks in the same words, and the same words are
               the same job to Textract
    started    the job's id
    read       the document, and the claim is gone
"""

import asyncio
import hashlib
import json
import logging
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Protocol

from switchboard import BadInput
from tools.reading.backend import Document
from tools.reading.frames import document_from_json, document_to_json

_log = logging.getLogger(__name__)

VERSION = 2
"""Of what reading gives; what was kept of another version is read again."""


class Shelf(Protocol):
    """Bytes under names, each on behalf of an owner: what many machines share."""

    def place(self, owner: str, name: str) -> tuple[str, str]:
        """The bucket, and the key in it, under which something lies."""
        ...

    async def get(self, owner: str, name: str) -> bytes | None:
        """What lies there."""
        ...

    async def put(self, owner: str, name: str, body: bytes) -> None:
        """Put something there, instead of what there was."""
        ...

    async def add(self, owner: str, name: str, body: bytes) -> bool:
        """Put something there if nothing is. Returns whether it was put."""
        ...

    async def remove(self, owner: str, name: str) -> None:
        """Take away what lies there, if anything does."""
        ...

    async def clear(self, owner: str) -> Sequence[str]:
        """Take away everything of an owner. Returns the names."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that Textract is to read.

    Attributes:
        name: As people may see it.
        owner: On whose behalf something may be kept; nothing is for nobody.
    """

    name: str
    digest: str
    media_type: str
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What Textract is asked for besides words.

    Attributes:
        questions: Each with its name before it.
        pages: Of a PDF all, or those that have no text of their own.
    """

    features: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    pages: str = "all"

    @property
    def laid_out(self) -> bool:
        """Whether the layout is asked for."""
        return "LAYOUT" in self.features

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of an analysis; empty where words are enough."""
        if not self.questions:
            return {"FeatureTypes": list(self.features)} if self.features else {}
        asked = [{"Text": text, "Alias": name} for name, text in self.questions]
        return {"FeatureTypes": [*self.features, "QUERIES"], "QueriesConfig": {"Queries": asked}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What Textract is asked to read, and the job that came of it.

    Attributes:
        bucket: Where the file is; so is ``key``.
        pages: Numbers of the pages that are sent, where those are not all of them.
        staged: Whether it is there only to be read, and goes afterwards.
        topic: The ARN of the topic to be told of the end; so is ``role``, which may tell it.
        attempt: Grows when the job before this came to nothing: the same words would give that job again.
        job: Empty until it was started.
    """

    bucket: str
    key: str
    wanted: Wanted
    pages: tuple[int, ...] = ()
    staged: bool = False
    topic: str = ""
    role: str = ""
    attempt: int = 0
    job: str = ""

    @property
    def token(self) -> str:
        """The same for the same request: Textract gives the same job for it, and is paid once."""
        told = [VERSION, *(value for name, value in asdict(self).items() if name not in ("job", "staged"))]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @property
    def next(self) -> "Request":
        """What is asked when the job came to nothing."""
        return replace(self, attempt=self.attempt + 1, job="")


class Records:
    """Keeps requests and documents on a shelf."""

    def __init__(self, shelf: Shelf, *, wanted: Wanted) -> None:
        self._shelf = shelf
        self._wanted = wanted

    async def document(self, file: File) -> Document | None:
        """The file as it was read before."""
        body = await self._shelf.get(file.owner, self._name(file, "document")) if file.owner else None
        if body is None:
            return None
        try:
            return await asyncio.to_thread(_document, body)
        except (BadInput, ValueError, zlib.error) as error:
            _log.warning("a document that was kept can't be used and is read again: %s", type(error).__name__)
            return None

    async def request(self, file: File) -> Request | None:
        """What was asked for the file before."""
        body = await self._shelf.get(file.owner, self._name(file, "job")) if file.owner else None
        return _request(body) if body else None

    async def claim(self, file: File, request: Request) -> Request:
        """Write down what will be asked. Returns what is to be asked: somebody may have been first."""
        if not file.owner or await self._shelf.add(file.owner, self._name(file, "job"), _written(request)):
            return request
        return await self.request(file) or request

    async def started(self, file: File, request: Request) -> None:
        """Write down the job."""
        if file.owner:
            await self._shelf.put(file.owner, self._name(file, "job"), _written(request))

    async def failed(self, file: File, request: Request) -> None:
        """Write down that the job came to nothing: what is asked next is another."""
        await self.started(file, request.next)

    async def read(self, file: File, document: Document) -> None:
        """Keep the document, and let go of the request."""
        if file.owner:
            body = await asyncio.to_thread(_packed, document)
            await self._shelf.put(file.owner, self._name(file, "document"), body)
            await self._shelf.remove(file.owner, self._name(file, "job"))

    def staging(self, file: File) -> tuple[str, str]:
        """The bucket and key where a file goes only to be read."""
        return self._shelf.place(file.owner, self._name(file, "file"))

    async def stage(self, file: File, data: bytes) -> None:
        """Put a file there."""
        await self._shelf.put(file.owner, self._name(file, "file"), data)

    async def unstage(self, file: File) -> None:
        """Take it away."""
        await self._shelf.remove(file.owner, self._name(file, "file"))

    async def forget(self, owner: str) -> int:
        """Remove all that is kept on behalf of an owner. Returns of how many files."""
        return len({name.partition("/")[0] for name in await self._shelf.clear(owner)})

    async def close(self) -> None:
        """Let go of connections."""
        await self._shelf.close()

    def _name(self, file: File, what: str) -> str:
        told = json.dumps([VERSION, file.digest, asdict(self._wanted)])
        return f"{hashlib.sha256(told.encode()).hexdigest()}/{what}"


def _written(request: Request) -> bytes:
    return json.dumps(asdict(request)).encode()


def _request(body: bytes) -> Request | None:
    """A request as it was written down; ``None`` for what was written by another version."""
    try:
        data: dict[str, Any] = json.loads(body)
        if set(data) != {field.name for field in fields(Request)}:
            return None
        wanted = data["wanted"]
        questions = tuple((str(name), str(text)) for name, text in wanted["questions"])
        read = Wanted(features=tuple(wanted["features"]), questions=questions, pages=wanted["pages"])
        return Request(**{**data, "pages": tuple(data["pages"]), "wanted": read})
    except (ValueError, TypeError, KeyError):
        return None


def _packed(document: Document) -> bytes:
    return zlib.compress(json.dumps(document_to_json(document), separators=(",", ":")).encode("ascii"), 1)


def _document(body: bytes) -> Document:
    return document_from_json(json.loads(zlib.decompress(body)))
