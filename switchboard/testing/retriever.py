"""What every retriever must do, as tests that one of your own inherits.

class TestArchive(RetrieverContract):
    @pytest.fixture
    def library(self, tmp_path: Path) -> ArchiveLibrary:
        return ArchiveLibrary(tmp_path)

A retriever that nothing can be put into, because something else fills its index, overrides ``fill`` and ``take_out``.
"""
# ruff: noqa: D102 - a test's name is its description

from typing import Any

import pytest

from switchboard.identity import Principal
from switchboard.testing.samples import HOSTILE_NAMES, a_conversation
from tools.reading.backend import Block, Document, Page
from tools.retrieval.backend import Access, Library, Source

ANN = Principal(id="ann", groups=frozenset({"staff"}), verified=True)
BOB = Principal(id="bob", verified=True)
VISITOR = Principal(id="ann", groups=frozenset({"staff"}))
"""Somebody who says to be Ann, which nobody has verified."""

ANN_ALONE = frozenset({"ann"})
EVERYBODY = Access(public=True)
TEXT = "The travel allowance is forty euros a day."
QUESTION = "How much is the travel allowance?"
QUERIES = (
    *HOSTILE_NAMES,
    '"',
    "travel AND OR NOT (",
    "travel*",
    "title:travel NEAR/2 allowance",
    "-travel -allowance",
    "'; DELETE FROM chunks; --",
    "_user_id:ann OR 1=1",
    "travel " * 5_000,
)


class RetrieverContract:
    """What the tools rely on. Needs a fixture ``library``: a fresh, empty one."""

    async def fill(self, library: Any, identity: str, access: Access = EVERYBODY, *, text: str = TEXT) -> None:
        """Index a document of one page."""
        page = Page(number=1, blocks=(Block(kind="text", text=text),))
        document = Document(
            name=f"{identity}.txt", title=identity, media_type="text/plain", digest="d" * 64, pages=(page,)
        )
        await library.put(Source(id=identity, title=identity, access=access, digest="d" * 64), document)

    async def take_out(self, library: Any, identity: str) -> None:
        """Remove a document from the index."""
        await library.remove(identity)

    async def found(self, library: Library, principal: Principal = ANN, **options: Any) -> list[str]:
        """The documents whose passages answer the question, best first, and nowhere else more than there."""
        passages = await library.search(options.pop("query", QUESTION), principal=principal, **options)
        conversation = options.get("conversation", "")
        listed = {source.id for source in await library.sources(principal=principal, conversation=conversation)}
        found = [passage.source.id for passage in passages]
        assert set(found) <= listed, "what is found has to be listed as well"
        for identity in found:
            assert await library.source(identity, principal=principal, conversation=conversation) is not None
        return list(dict.fromkeys(found))

    @pytest.mark.asyncio
    async def test_an_empty_index_finds_and_lists_nothing(self, library: Library) -> None:
        assert await self.found(library) == []
        assert list(await library.sources(principal=ANN)) == []
        assert await library.source("a", principal=ANN) is None

    @pytest.mark.asyncio
    async def test_a_passage_says_what_the_document_says_and_where(self, library: Library) -> None:
        await self.fill(library, "a")
        (passage, *_) = await library.search(QUESTION, principal=ANN)
        assert (passage.source.id, passage.source.title, TEXT in passage.text) == ("a", "a", True)

    @pytest.mark.asyncio
    @pytest.mark.parametrize("asking", [ANN, BOB, VISITOR], ids=("verified", "in no group", "unverified"))
    async def test_what_names_nobody_is_read_by_nobody(self, library: Library, asking: Principal) -> None:
        await self.fill(library, "a", Access())
        assert await self.found(library, asking) == []
        assert await library.source("a", principal=asking) is None

    @pytest.mark.asyncio
    @pytest.mark.parametrize(
        "access", [Access(users=ANN_ALONE), Access(groups=frozenset({"staff"}))], ids=("user", "group")
    )
    async def test_who_is_named_reads_it_and_nobody_else(self, library: Library, access: Access) -> None:
        await self.fill(library, "a", access)
        assert [await self.found(library, asking) for asking in (ANN, BOB, VISITOR)] == [["a"], [], []]

    @pytest.mark.asyncio
    async def test_what_is_public_is_read_by_everybody(self, library: Library) -> None:
        await self.fill(library, "a")
        assert [await self.found(library, asking) for asking in (ANN, BOB, VISITOR)] == [["a"]] * 3

    @pytest.mark.asyncio
    @pytest.mark.parametrize("users", [ANN_ALONE, frozenset[str]()], ids=("user", "group"))
    async def test_a_denial_wins(self, library: Library, users: frozenset[str]) -> None:
        groups = frozenset[str]() if users else frozenset({"staff"})
        await self.fill(library, "a", Access(public=True, users=ANN_ALONE, denied_users=users, denied_groups=groups))
        assert [await self.found(library, asking) for asking in (ANN, BOB)] == [[], ["a"]]

    @pytest.mark.asyncio
    async def test_what_may_not_be_read_displaces_nothing(self, library: Library) -> None:
        for number in range(12):
            await self.fill(library, f"secret-{number}", Access(users=frozenset({"bob"})))
        await self.fill(library, "open", text=f"Something else. {TEXT}")
        assert await self.found(library, limit=3) == ["open"]

    @pytest.mark.asyncio
    async def test_what_was_attached_is_found_in_its_conversation_by_its_owner(self, library: Library) -> None:
        here, there = (a_conversation(room).key for room in ("here", "there"))
        await self.fill(library, "a", Access(conversation=here, users=ANN_ALONE))
        asked = [(ANN, here), (ANN, there), (ANN, ""), (BOB, here)]
        found = [await self.found(library, asking, conversation=place) for asking, place in asked]
        assert found == [["a"], [], [], []]

    @pytest.mark.asyncio
    async def test_a_foreign_document_is_the_same_nothing_as_an_unknown_one(self, library: Library) -> None:
        await self.fill(library, "a", Access(users=frozenset({"bob"})))
        assert await self.found(library, document="a") == await self.found(library, document="unknown") == []

    @pytest.mark.asyncio
    async def test_a_search_in_one_document_finds_no_other(self, library: Library) -> None:
        for identity in ("a", "b"):
            await self.fill(library, identity)
        assert await self.found(library, document="b") == ["b"]

    @pytest.mark.asyncio
    async def test_a_document_put_again_has_the_same_identity_and_its_new_text(self, library: Library) -> None:
        await self.fill(library, "a", text="The parking fee is nine euros.")
        await self.fill(library, "a")
        assert [source.id for source in await library.sources(principal=ANN)] == ["a"]
        assert all("parking" not in passage.text for passage in await library.search("parking fee", principal=ANN))

    @pytest.mark.asyncio
    async def test_what_was_taken_out_is_gone(self, library: Library) -> None:
        await self.fill(library, "a")
        await self.take_out(library, "a")
        assert await self.found(library) == []
        assert await library.source("a", principal=ANN) is None

    @pytest.mark.asyncio
    async def test_the_best_comes_first_and_no_more_than_asked_for(self, library: Library) -> None:
        for number in range(5):
            await self.fill(library, f"d{number}")
        passages = await library.search(QUESTION, principal=ANN, limit=3)
        scores = [passage.score for passage in passages]
        assert len(passages) == 3
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)

    @pytest.mark.asyncio
    @pytest.mark.parametrize("query", QUERIES, ids=lambda query: ascii(query)[:40])
    async def test_any_query_is_safe_and_opens_nothing(self, library: Library, query: str) -> None:
        await self.fill(library, "open")
        await self.fill(library, "secret", Access(users=frozenset({"bob"})))
        assert set(await self.found(library, query=query)) <= {"open"}
        assert await self.found(library) == ["open"]
