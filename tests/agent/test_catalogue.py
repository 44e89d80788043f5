"""What a newcomer is told, and the sources that answers cite, on a real library."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

from stores.memory import MemoryBlobStore
from switchboard import Principal
from switchboard.testing.running import running
from tools.reading.backend import Block, Document, Page
from tools.retrieval.backend import Access, Source
from tools.retrieval.embedded import EmbeddedLibrary

VISITOR, ANNA = Principal(id="visitor"), Principal(id="anna", verified=True)


async def library_of(folder: Path, blobs: MemoryBlobStore) -> EmbeddedLibrary:
    library = EmbeddedLibrary(folder)
    for name, access in (("Travel", Access(public=True)), ("Salaries", Access(users=frozenset({"anna"})))):
        data = f"{name} in full".encode()
        digest = hashlib.sha256(data).hexdigest()
        blocks = (Block(kind="heading", text="2. Hotels", level=1), Block(kind="text", text=f"{name}: up to 140 EUR."))
        document = Document(
            name=f"{name}.txt",
            title=name,
            media_type="text/plain",
            digest=digest,
            pages=(Page(number=1, blocks=blocks),),
        )
        source = Source(
            id=name, title=name, access=access, path=f"/somewhere/{name}.txt", digest=digest, media_type="text/plain"
        )
        await library.put(source, document)

        async def chunks(data: bytes = data) -> AsyncIterator[bytes]:
            yield data

        await blobs.put(chunks(), owner="library", limit=100)
    return library


async def test_a_catalogue_counts_and_suggests_only_what_the_principal_may_read(tmp_path: Path) -> None:
    blobs = MemoryBlobStore()
    given = {"retriever": await library_of(tmp_path, blobs), "blobs": blobs}
    async with running([], given=given) as assistant:
        public, whole = await assistant.catalogue(VISITOR), await assistant.catalogue(ANNA)
    assert (public.documents, whole.documents) == (1, 2)
    assert public.suggestions == ("What does “Travel” say about “Hotels”?",)
    assert len(whole.suggestions) == 2


async def test_an_empty_library_suggests_to_ask_for_help(tmp_path: Path) -> None:
    async with running([], given={"retriever": EmbeddedLibrary(tmp_path)}) as assistant:
        assert (await assistant.catalogue(VISITOR)).suggestions == ("What can you do?",)


async def test_a_source_is_opened_by_those_who_may_read_it_and_unknown_to_others(tmp_path: Path) -> None:
    blobs = MemoryBlobStore()
    given = {"retriever": await library_of(tmp_path, blobs), "blobs": blobs}
    async with running([], given=given) as assistant:
        opened = await assistant.source("Salaries", principal=ANNA)
        assert opened is not None
        assert (opened.name, opened.data) == ("Salaries.txt", b"Salaries in full")
        assert await assistant.source("Salaries", principal=VISITOR) is None
        assert await assistant.source("No such", principal=ANNA) is None


async def test_a_source_whose_original_is_gone_is_not_there(tmp_path: Path) -> None:
    given = {"retriever": await library_of(tmp_path, MemoryBlobStore()), "blobs": MemoryBlobStore()}
    async with running([], given=given) as assistant:
        assert await assistant.source("Travel", principal=ANNA) is None
