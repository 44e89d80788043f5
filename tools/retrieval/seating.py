"""Seats: what attached files say is always among what is found, however large the library beside them is."""

from collections.abc import Sequence
from itertools import zip_longest

from tools.retrieval.attached import Files
from tools.retrieval.backend import Filter, Library, Passage

SEATS = 2
"""Passages of an attached file that are always found, if it has any on the question."""
SEATED = 3
"""So many files, the newest, have such seats."""


async def find(
    library: Library, query: str, files: Files, *, filters: Sequence[Filter] = (), limit: int
) -> list[Passage]:
    """The best passages of the library and of the conversation's files; those with seats may be more than ``limit``."""
    found = await library.search(
        query, principal=files.principal, filters=filters, conversation=files.conversation.key, limit=limit
    )
    return _in_turns([found, *await _of_each(library, query, files, filters, SEATS)])


async def find_in_files(library: Library, query: str, files: Files, *, limit: int) -> list[Passage]:
    """The best passages of the newest of the files alone."""
    return _in_turns(await _of_each(library, query, files, (), limit))[:limit]


async def _of_each(
    library: Library, query: str, files: Files, filters: Sequence[Filter], limit: int
) -> list[Sequence[Passage]]:
    return [
        await library.search(
            query,
            principal=files.principal,
            document=files.source(attachment).id,
            filters=filters,
            conversation=files.conversation.key,
            limit=limit,
        )
        for attachment in files.attachments[:SEATED]
    ]


def _in_turns(found: Sequence[Sequence[Passage]]) -> list[Passage]:
    """The best of each, then the second of each and so on, each passage once."""
    taken: dict[tuple[str, int, str], Passage] = {}
    for row in zip_longest(*found):
        for passage in filter(None, row):
            taken.setdefault((passage.source.id, passage.page, passage.text), passage)
    return list(taken.values())
