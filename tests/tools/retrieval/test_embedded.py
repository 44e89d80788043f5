"""The library on this machine: what is put in is found, by whoever may read it, and survives other processes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from switchboard import Principal
from tools.reading.backend import Block, Document, Page
from tools.retrieval.backend import Access, Filter, Library, Source
from tools.retrieval.embedded import EmbeddedLibrary

ALICE = Principal(id="alice", groups=frozenset({"staff"}), verified=True)
PUBLIC = Access(public=True)


def document(*texts: str, paged: bool = True) -> Document:
    pages = tuple(Page(number=number, blocks=(Block(kind="text", text=text),)) for number, text in enumerate(texts, 1))
    return Document(name="d", title="d", media_type="text/plain", digest="", pages=pages, paged=paged)


def source(identity: str, title: str = "", access: Access = PUBLIC, **attributes: str) -> Source:
    return Source(id=identity, title=title or identity, access=access, attributes=attributes, digest="d" * 64)


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    made = EmbeddedLibrary(tmp_path / "library")
    yield made
    await made.close()


async def test_a_passage_is_found_with_its_page(library: Library) -> None:
    await library.put(
        source("policy", "Travel policy"), document("Flights need approval.", "Hotels cost at most 150 EUR.")
    )
    (best, *_) = await library.search("How much may a hotel cost?", principal=ALICE)
    assert (best.source.id, best.page, best.text) == ("policy", 2, "Hotels cost at most 150 EUR.")
    assert 0 < best.score <= 1


async def test_a_replaced_document_is_found_by_its_new_text_only(library: Library) -> None:
    await library.put(source("a"), document("The limit is 100 pelicans."))
    await library.put(source("a"), document("The limit is 200 walruses."))
    assert not await library.search("pelicans", principal=ALICE)
    assert [passage.source.id for passage in await library.search("walruses", principal=ALICE)] == ["a"]


async def test_a_removed_document_is_found_no_more(library: Library) -> None:
    await library.put(source("a"), document("pelicans"))
    assert await library.remove("a")
    assert not await library.remove("a")
    assert not await library.search("pelicans", principal=ALICE)
    assert not await library.sources(principal=ALICE)


async def test_an_empty_library_has_nothing(library: Library) -> None:
    assert not await library.search("anything", principal=ALICE)
    assert not await library.sources(principal=ALICE)
    assert not await library.stored()


async def test_filters_choose_documents(library: Library) -> None:
    await library.put(source("old", year="2024"), document("pelicans"))
    await library.put(source("new", year="2025"), document("pelicans"))
    found = await library.search(
        "pelicans", principal=ALICE, filters=[Filter(attribute="year", operator="at_least", value=2025)]
    )
    assert [passage.source.id for passage in found] == ["new"]
