"""Which document is meant: an attached file, one of the library, or one behind a link; and where its bytes are."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from switchboard import Attachment, BackendError, BlobStore, Conversation, Principal, ToolFailed
from tools.retrieval.attached import attached_source
from tools.retrieval.backend import Retriever, Source
from tools.retrieval.ingest import LIBRARY
from tools.retrieval.lexicon import calling
from tools.retrieval.resolving import resolve
from tools.summaries import texts
from tools.summaries.fetching import Fetched

_LINK = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://\S+", re.IGNORECASE)
_KIND = frozenset(
    re.findall(
        r"\w+",
        """report contract agreement document file paper letter invoice presentation slides minutes policy scan text pdf
        bericht vertrag dokument datei brief rechnung protokoll rapport contrat fichier""",
    )
)
"""Words that say what kind of document is meant, and not which."""


class NotFound(ToolFailed):
    """No document is meant, or none that the asker may read; ``user_text`` says so, and what to do."""


class Fetcher(Protocol):
    """Gets the document behind a link."""

    async def fetch(self, link: str) -> Fetched:
        """The document; raises as it says why there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where, and what they attached."""

    conversation: Conversation
    principal: Principal
    blobs: BlobStore
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Finds documents, for whoever may read them.

    Attributes:
        fetchers: What follows links, by their scheme; those of any other are not followed.
        limit: Most bytes of a fetched document.
    """

    library: Retriever
    fetchers: Mapping[str, Fetcher] = field(default_factory=dict)
    limit: int = 0

    async def locate(self, name: str, asker: Asker) -> Sequence[Source]:
        """The document that a name or a link stands for; several, where that can't be told.

        Raises:
            NotFound: There is none, or none that the asker may read, which is the same.
            ToolFailed: The link leads nowhere.
            Refused: The link may not be followed.
        """
        if link := _LINK.fullmatch(name.strip()):
            return [await self._linked(link[0], link["scheme"].lower(), asker)]
        files = [_attached(each, asker) for each in asker.attachments]
        if not name.strip() and not files:
            raise NotFound(texts.NOTHING_HERE)
        if not name.strip():
            return files
        known = await self.library.sources(
            principal=asker.principal, conversation=asker.conversation.key, limit=100_000
        )
        there = {source.id for source in known}
        meant = resolve(name, [*known, *(file for file in files if file.id not in there)])
        if meant.fitting:
            return meant.fitting
        if len(files) == 1 and (_KIND | calling()).issuperset(re.findall(r"[^\W_]+", name.casefold())):
            return files
        raise NotFound(texts.unknown(name, [source.title for source in meant.nearest]))

    async def again(self, reference: Mapping[str, Any], asker: Asker) -> Source:
        """The document of a `reference`, if the asker may still read it.

        Raises:
            ToolFailed: It is not there any more.
        """
        if "attached" in reference:
            file = reference["attached"]
            attachment = Attachment(name=file["name"], media_type=file["media_type"], size=0, digest=file["digest"])
            return _attached(attachment, asker, uri=file["uri"])
        source = await self.library.source(
            reference["id"], principal=asker.principal, conversation=asker.conversation.key
        )
        if source is None:
            raise ToolFailed(texts.GONE)
        return source

    async def _linked(self, link: str, scheme: str, asker: Asker) -> Source:
        """The document behind a link, kept for the conversation as if it had been attached."""
        fetcher = self.fetchers.get(scheme)
        if fetcher is None or not (asker.principal.verified or scheme == "https"):
            raise ToolFailed(texts.LINK_NOT_ALLOWED)  # but for the web, the rights that it is fetched with are ours
        found = await fetcher.fetch(link)

        async def data() -> AsyncIterator[bytes]:
            yield found.data

        blob = await asker.blobs.put(
            data(), owner=asker.conversation.key, name=found.name, media_type=found.media_type, limit=self.limit
        )
        file = Attachment(name=found.name, media_type=found.media_type, size=blob.size, digest=blob.digest)
        return _attached(file, asker, uri=link if scheme == "https" else "")


async def is_there(source: Source, blobs: BlobStore) -> bool:
    """Whether the bytes of a document that the asker may read are still kept."""
    return await blobs.stat(source.digest, owner=source.access.conversation or LIBRARY) is not None


async def content(source: Source, blobs: BlobStore) -> bytes:
    """The bytes of a document that the asker may read.

    Raises:
        ToolFailed: They are not kept.
        BackendError: The store failed.
    """
    try:
        return await blobs.read(source.digest, owner=source.access.conversation or LIBRARY)
    except BackendError as error:
        if error.code != "missing":
            raise
        raise ToolFailed(texts.GONE if source.access.conversation else texts.NOT_KEPT) from error


def reference(source: Source) -> dict[str, Any]:
    """What a job needs to find the document again, and what tells it from one with other content; JSON types only."""
    if not source.access.conversation:
        return {"id": source.id, "digest": source.digest}
    return {
        "attached": {
            "name": source.title,
            "media_type": source.media_type,
            "digest": source.digest,
            "uri": source.uri,
        }
    }


def _attached(attachment: Attachment, asker: Asker, *, uri: str = "") -> Source:
    return attached_source(attachment, conversation=asker.conversation, principal=asker.principal, uri=uri)
