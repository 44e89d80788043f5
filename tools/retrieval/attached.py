"""Files attached to a conversation, made searchable there and nowhere else."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from switchboard import Attachment, BackendError, Status, ToolContext, Unreadable, Warning
from tools.reading.backend import Document
from tools.retrieval.backend import Access, Library, Source

Read: TypeAlias = Callable[[bytes, str], Awaitable[Document]]
"""Reads a file's bytes, given the name that people know it by. Raises `Unreadable`."""

_REMEMBERED = 1000


@dataclass(slots=True, kw_only=True)
class Attached:
    """Puts attachments into the library, once for each conversation and owner.

    Files that can't be read are remembered while the process lives, so that they are not read again for each question.
    """

    library: Library
    read: Read
    _unreadable: dict[str, str] = field(default_factory=dict)

    async def index(self, context: ToolContext) -> list[Warning]:
        """Make the conversation's files searchable; returns what could not be read, and why."""
        warnings: list[Warning] = []
        for attachment in context.attachments:
            identity = _identity(context, attachment)
            if identity in self._unreadable:
                warnings.append(Warning(text=self._unreadable[identity], code="unreadable"))
            elif not await self._known(context, identity):
                warnings += await self._add(context, attachment, identity)
        return warnings

    def unreadable(self, context: ToolContext) -> list[tuple[Source, str]]:
        """The conversation's files that could not be read, as they would stand in the library, and why."""
        files = [_source(context, attachment, _identity(context, attachment)) for attachment in context.attachments]
        return [(file, self._unreadable[file.id]) for file in files if file.id in self._unreadable]

    async def _known(self, context: ToolContext, identity: str) -> bool:
        key = context.conversation.key
        return await self.library.source(identity, principal=context.principal, conversation=key) is not None

    async def _add(self, context: ToolContext, attachment: Attachment, identity: str) -> list[Warning]:
        """Read one file and put it into the library."""
        context.emit(Status(text=f"Reading {attachment.name}"))
        try:
            document = await self.read(await context.read(attachment), attachment.name)
        except Unreadable as error:
            return [self._refused(identity, error.user_text)]
        except BackendError as error:
            if error.code != "missing":
                raise
            return [self._refused(identity, f"{attachment.name} is no longer there. Please attach it again.")]
        if not await self.library.put(_source(context, attachment, identity), document):
            return [self._refused(identity, f"{attachment.name} has no text that could be searched.")]
        return [Warning(text=f"{attachment.name}: {text}", code="partly_read") for text in document.warnings]

    def _refused(self, identity: str, text: str) -> Warning:
        while len(self._unreadable) >= _REMEMBERED:
            self._unreadable.pop(next(iter(self._unreadable)))
        self._unreadable[identity] = text
        return Warning(text=text, code="unreadable")


def _identity(context: ToolContext, attachment: Attachment) -> str:
    """One for each conversation, owner and content; the name does not count."""
    parts = "\0".join((context.conversation.key, context.principal.id, attachment.digest))
    return f"attachment:{hashlib.sha256(parts.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _source(context: ToolContext, attachment: Attachment, identity: str) -> Source:
    return Source(
        id=identity,
        title=attachment.name,
        access=Access(conversation=context.conversation.key, users=frozenset({context.principal.id})),
        digest=attachment.digest,
        media_type=attachment.media_type,
    )
