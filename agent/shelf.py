"""What the library holds, as people meet it: a cited document as a file, and what a newcomer can ask about."""

import asyncio
import logging
import re
from typing import Any

from agent import texts
from switchboard.assistant import Catalogue, SourceFile
from switchboard.errors import BackendError
from switchboard.identity import Principal
from switchboard.plugins import Setup

log = logging.getLogger("switchboard.agent")

SUGGESTIONS = 3
LONGEST_HEADING = 32
_NUMBERING = re.compile(r"^[\d.]+\s+")
LIBRARY = "library"
"""The owner under which the blob store keeps the library's originals."""


class Shelf:
    """The library of a setup."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> SourceFile | None:
        """A cited document; see `Assistant.source`."""
        found = await self._setup.backend("retriever").source(document, principal=principal, conversation=conversation)
        if found is None:
            return None
        owner = found.access.conversation or LIBRARY
        try:
            data = await self._setup.backend("blobs").read(found.digest, owner=owner)
        except BackendError as error:
            log.warning("the original of a document is not at hand: %s", error)
            return None
        name = str(found.attributes.get("_file_name", "")) or found.path.rpartition("/")[2] or found.title
        return SourceFile(name=name, title=found.title, media_type=found.media_type, data=data)

    async def catalogue(self, principal: Principal) -> Catalogue:
        """What this principal can ask about; see `Assistant.catalogue`."""
        retriever = self._setup.backend("retriever")
        sources = await retriever.sources(principal=principal)
        some = sources[:: max(1, len(sources) // SUGGESTIONS)][: 2 * SUGGESTIONS]
        headings = await asyncio.gather(*(self._heading(source, principal) for source in some))
        best = sorted(zip(some, headings, strict=True), key=lambda pair: not pair[1])[:SUGGESTIONS]
        suggestions = [texts.suggestion(source.title, heading) for source, heading in best]
        return Catalogue(
            documents=len(sources),
            suggestions=tuple(suggestions) or (texts.HELP_SUGGESTION,),
            model=self._setup.settings.backends.chat_model,
            notice=str(getattr(self._setup.backend("chat_model"), "quality", "")),
        )

    async def _heading(self, source: Any, principal: Principal) -> str:
        """What a document has a section about, to suggest a question; empty if it has no headings."""
        passages = await self._setup.backend("retriever").search(
            source.title, principal=principal, document=source.id, limit=8
        )
        found = {_NUMBERING.sub("", heading) for passage in passages for heading in passage.headings}
        fitting = sorted(heading for heading in found - {source.title} if len(heading) <= LONGEST_HEADING)
        return max(fitting, key=len, default="")
