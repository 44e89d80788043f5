"""Files attached to a conversation, made searchable there and nowhere else."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from switchboard import Attachment, BackendError, BlobStore, Conversation, Principal, Unreadable, Warning
from tools.progress import Tell
from tools.reading.backend import Reader
from tools.retrieval import texts
from tools.retrieval.backend import Access, Library, Source

_REMEMBERED = 1000
_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""For each document that is being read, gone with the last who waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files of a conversation, and on whose behalf they are read."""

    conversation: Conversation
    principal: Principal
    attachments: Sequence[Attachment]
    blobs: BlobStore

    def source(self, attachment: Attachment) -> Source:
        """A file as it stands in the library."""
        return attached_source(attachment, conversation=self.conversation, principal=self.principal)


@dataclass(slots=True, kw_only=True)
class Attached:
    """Puts attachments into the library, once for each conversation and owner.

    Files that can't be read are remembered while the process lives, so that they are not read again for each question.
    """

    library: Library
    reader: Reader
    _unreadable: dict[str, str] = field(default_factory=dict)

    async def index(self, files: Files, tell: Tell) -> list[Warning]:
        """Make the files searchable, telling how far that is; returns what could not be read, and why."""
        warnings: list[Warning] = []
        for attachment in files.attachments:
            source = files.source(attachment)
            if source.id in self._unreadable:
                warnings.append(Warning(text=self._unreadable[source.id], code="unreadable"))
            elif not await self._known(files, source):
                tell(texts.reading(attachment.name), 0, 0)
                async with alone_with(source.id):
                    if not await self._known(files, source):
                        warnings += await self._add(files, attachment, source, tell)
        return warnings

    def unreadable(self, files: Files) -> list[tuple[Source, str]]:
        """The files that could not be read, as they would stand in the library, and why."""
        sources = map(files.source, files.attachments)
        return [(source, self._unreadable[source.id]) for source in sources if source.id in self._unreadable]

    async def _known(self, files: Files, source: Source) -> bool:
        key = files.conversation.key
        return await self.library.source(source.id, principal=files.principal, conversation=key) is not None

    async def _add(self, files: Files, attachment: Attachment, source: Source, tell: Tell) -> list[Warning]:
        """Read one file and put it into the library."""
        text = texts.reading(attachment.name)
        try:
            data = await files.blobs.read(attachment.digest, owner=files.conversation.key)
            document = await self.reader.read(
                data,
                name=attachment.name,
                progress=lambda done, total: tell(text, done, total),
                owner=files.conversation.key,
            )
        except Unreadable as error:
            return [self._refused(source, error.user_text)]
        except BackendError as error:
            if error.code != "missing":
                raise
            return [self._refused(source, texts.gone(attachment.name))]
        tell(texts.indexing(attachment.name), 0, 0)
        if not await self.library.put(source, document):
            return [self._refused(source, texts.without_text(attachment.name))]
        return [Warning(text=f"{attachment.name}: {text}", code="partly_read") for text in document.warnings]

    def _refused(self, source: Source, text: str) -> Warning:
        while len(self._unreadable) >= _REMEMBERED:
            self._unreadable.pop(next(iter(self._unreadable)))
        self._unreadable[source.id] = text
        return Warning(text=text, code="unreadable")


@asynccontextmanager
async def alone_with(identity: str) -> AsyncIterator[None]:
    """Read a document while nobody else in this process does: who has waited finds what was read."""
    async with _locks.setdefault(identity, asyncio.Lock()):
        yield


def attached_source(
    attachment: Attachment, *, conversation: Conversation, principal: Principal, uri: str = ""
) -> Source:
    """A file as it stands in the library: one for each conversation, owner and content; its name does not count."""
    parts = "\0".join((conversation.key, principal.id, attachment.digest))
    return Source(
        id=f"attachment:{hashlib.sha256(parts.encode('utf-8', 'surrogatepass')).hexdigest()}",
        title=attachment.name,
        access=Access(conversation=conversation.key, users=frozenset({principal.id})),
        uri=uri,
        digest=attachment.digest,
        media_type=attachment.media_type,
    )
