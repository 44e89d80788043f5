"""``search_documents`` and ``list_documents`` as the agent calls them."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as Flag
from typing import Any, cast

import pytest

from switchboard import (
    Attachment,
    BackendError,
    Conversation,
    MessageId,
    Principal,
    Status,
    Tool,
    ToolContext,
    ToolFailed,
    ToolResult,
    ToolRetry,
    Unreadable,
)
from switchboard.events import Event
from tools.reading.backend import Block, Document, Page, Progress
from tools.retrieval import attached
from tools.retrieval.backend import Access, Source
from tools.retrieval.embedded import EmbeddedLibrary
from tools.retrieval.tool import list_tool, search_tool

ALICE = Principal(id="alice", verified=True)
HERE = Conversation(tenant="t", channel="web", room="r", thread="1")
THERE = Conversation(tenant="t", channel="web", room="r", thread="2")


@dataclass
class Blobs:
    """Bytes by digest, all of them owned by the conversation ``HERE``."""

    content: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> Attachment:
        digest = hashlib.sha256(data).hexdigest()
        self.content[digest] = data
        return Attachment(name=name, media_type="text/plain", size=len(data), digest=digest)

    async def read(self, digest: str, *, owner: str) -> bytes:
        if owner != HERE.key or digest not in self.content:
            raise BackendError(service="blobs", operation="read", code="missing")
        return self.content[digest]


class Reading:
    """Reads bytes as text, one page a line; ``bad`` can't be read. Counts what it read."""

    workers = 1

    def __init__(self) -> None:
        self.names: list[str] = []
        self.halt: asyncio.Event | None = None

    async def read(
        self, source: Path | bytes, *, name: str, progress: Progress | None = None, owner: str = ""
    ) -> Document:
        self.names.append(name)
        data = source if isinstance(source, bytes) else source.read_bytes()
        if progress:
            progress(1, 2)
        if self.halt:
            await self.halt.wait()
        if data == b"bad":
            raise Unreadable(name=name, reason="it is damaged", code="damaged")
        lines = data.decode().split("\n")
        pages = tuple(Page(number=n, blocks=(Block(kind="text", text=line),)) for n, line in enumerate(lines, 1))
        warnings = ("page 2 has no text",) if len(lines) > 1 and not lines[1] else ()
        return Document(
            name=name, title=name, media_type="text/plain", digest="", pages=pages, paged=True, warnings=warnings
        )

    async def close(self) -> None:
        return None


@dataclass
class House:
    library: EmbeddedLibrary
    reading: Reading
    blobs: Blobs
    events: list[Event] = field(default_factory=list)

    def context(self, *attachments: Attachment, principal: Principal = ALICE) -> ToolContext:
        return ToolContext(
            conversation=HERE,
            principal=principal,
            message_id=MessageId("m"),
            call_id="c",
            deadline=time.monotonic() + 60,
            emit=self.events.append,
            cancelled=Flag(),
            blobs=cast("Any", self.blobs),
            jobs=cast("Any", None),
            attachments=attachments,
        )

    async def put(self, title: str, text: str, **fields: Any) -> None:
        page = Page(number=1, blocks=(Block(kind="text", text=text),))
        document = Document(name=title, title=title, media_type="text/plain", digest="", pages=(page,), paged=True)
        fields.setdefault("access", Access(public=True))
        await self.library.put(Source(id=title.lower(), title=title, **fields), document)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(library=EmbeddedLibrary(tmp_path), reading=Reading(), blobs=Blobs())
    yield made
    await made.library.close()


@pytest.fixture
def search(house: House) -> Tool:
    return search_tool(house.library, house.reading)


async def call(tool: Tool, context: ToolContext, **arguments: Any) -> ToolResult:
    return await tool.function(context, **tool.validate(arguments))


async def test_a_passage_comes_back_as_a_citation(house: House, search: Tool) -> None:
    await house.put("Travel policy", "Hotels cost at most 150 EUR.", uri="https://intra.example/travel")
    result = await call(search, house.context(), query="hotel limit")
    (citation,) = result.citations
    assert (citation.title, citation.page, citation.quote) == ("Travel policy", 1, "Hotels cost at most 150 EUR.")
    assert citation.link == citation.source == "https://intra.example/travel"
    assert citation.document == "travel policy"
    assert 0 < citation.score <= 1
    assert result.text == "1 passage from 1 document, best first."


async def test_programs_get_headings_and_scores(house: House, search: Tool) -> None:
    await house.put("Travel policy", "Hotels cost at most 150 EUR.")
    result = await call(search, house.context(), query="hotel limit")
    (found,) = result.data["passages"]
    assert set(found) == {"text", "title", "document", "page", "headings", "score"}


async def test_a_file_is_cited_by_its_name_and_never_by_its_path(house: House, search: Tool) -> None:
    await house.put("Travel policy", "Hotels cost at most 150 EUR.", path="/srv/ann/secret/travel.pdf")
    (citation,) = (await call(search, house.context(), query="hotel limit")).citations
    assert (citation.source, citation.link) == ("travel.pdf", "")


async def test_an_address_that_is_not_of_the_web_is_no_link(house: House, search: Tool) -> None:
    await house.put("Travel policy", "Hotels cost at most 150 EUR.", uri="javascript:alert(1)")
    (citation,) = (await call(search, house.context(), query="hotel limit")).citations
    assert citation.link == ""


async def test_nothing_found_is_said_and_is_no_failure(house: House, search: Tool) -> None:
    await house.put("Travel policy", "Hotels cost at most 150 EUR.")
    result = await call(search, house.context(), query="quantum chromodynamics")
    assert result.text == "Nothing in the library matches the question."
    assert (result.status, result.citations) == ("complete", ())


async def test_a_failed_search_is_never_an_empty_answer(house: House, search: Tool) -> None:
    await house.library.close()
    with pytest.raises(ToolFailed, match="search did not work"):
        await call(search, house.context(), query="hotel")


async def test_one_document_is_searched_when_it_is_named(house: House, search: Tool) -> None:
    await house.put("Travel policy", "The limit is 150.")
    await house.put("Gift policy", "The limit is 30.")
    result = await call(search, house.context(), query="What is the limit?", document="the gift policy")
    assert [citation.quote for citation in result.citations] == ["The limit is 30."]
    assert result.text == "1 passage from “Gift policy”, best first."


async def test_a_doubtful_name_is_asked_about(house: House, search: Tool) -> None:
    await house.put("Travel policy", "The limit is 150.")
    await house.put("Gift policy", "The limit is 30.")
    with pytest.raises(ToolRetry, match="“Gift policy”, “Travel policy”"):
        await call(search, house.context(), query="limit", document="the policy")


async def test_an_unknown_and_a_forbidden_name_get_the_same_hint(house: House, search: Tool) -> None:
    await house.put("Gift policy", "The limit is 30.")
    with pytest.raises(ToolRetry) as unknown:
        await call(search, house.context(), query="limit", document="salaries")
    await house.put("Salaries", "The limit is 1.", access=Access(users=frozenset({"bob"})))
    with pytest.raises(ToolRetry) as forbidden:
        await call(search, house.context(), query="limit", document="salaries")
    assert str(unknown.value) == str(forbidden.value)
    assert "No document is called “salaries”" in str(unknown.value)


async def test_filters_are_written_as_conditions(house: House, search: Tool) -> None:
    await house.put("Old list", "Mills cost 100.", attributes={"year": "2025"})
    await house.put("New list", "Mills cost 110.", attributes={"year": "2026"})
    result = await call(search, house.context(), query="mills", filters=["year>=2026"])
    assert [citation.title for citation in result.citations] == ["New list"]
    with pytest.raises(ToolRetry, match="not a condition"):
        await call(search, house.context(), query="mills", filters=["new ones"])


async def test_an_attached_file_is_read_once_and_found(house: House, search: Tool) -> None:
    context = house.context(house.blobs.add("report.txt", b"Sales fell.\nWalruses were to blame."))
    for _ in range(2):
        result = await call(search, context, query="Who was to blame?", document="this file")
        assert [(citation.title, citation.page) for citation in result.citations] == [("report.txt", 2)]
    assert house.reading.names == ["report.txt"]
    assert house.events == [
        Status(text="Reading report.txt"),
        Status(text="Reading report.txt", done=1, total=2),
        Status(text="Making report.txt searchable"),
    ]


async def test_an_attached_file_is_heard_beside_any_number_of_documents(house: House, search: Tool) -> None:
    for number in range(12):
        await house.put(f"Zoo {number}", f"The walruses of zoo {number} are walruses that eat walruses' fish.")
    context = house.context(house.blobs.add("notes.txt", b"One of our walruses is ill."))
    result = await call(search, context, query="Which walruses are ill?")
    assert "notes.txt" in [citation.title for citation in result.citations[:2]]
    found = [(citation.title, citation.quote) for citation in result.citations]
    assert len(found) == len(set(found))


async def test_an_unverified_visitor_finds_the_own_attachment(house: House, search: Tool) -> None:
    visitor = Principal(id="visitor-7")
    context = house.context(house.blobs.add("report.txt", b"Walruses."), principal=visitor)
    assert (await call(search, context, query="walruses")).citations


async def test_an_attachment_is_found_in_no_other_conversation_and_by_nobody_else(house: House, search: Tool) -> None:
    await call(search, house.context(house.blobs.add("report.txt", b"Walruses.")), query="walruses")
    elsewhere = replace(house.context(), conversation=THERE)
    assert not (await call(search, elsewhere, query="walruses")).citations
    bob = house.context(principal=Principal(id="bob", verified=True))
    assert not (await call(search, bob, query="walruses")).citations


async def test_each_member_of_a_conversation_may_search_its_files(house: House, search: Tool) -> None:
    attachment = house.blobs.add("report.txt", b"Walruses.")
    for name in ("alice", "bob", "alice"):
        context = house.context(attachment, principal=Principal(id=name, verified=True))
        assert len((await call(search, context, query="walruses")).citations) == 1


async def test_an_unreadable_file_is_a_warning_and_is_not_read_again(house: House, search: Tool) -> None:
    await house.put("Travel policy", "Hotels cost at most 150 EUR.")
    context = house.context(house.blobs.add("broken.pdf", b"bad"))
    for _ in range(2):
        result = await call(search, context, query="hotel limit")
        assert [warning.text for warning in result.warnings] == ["broken.pdf can't be read: it is damaged."]
        assert result.citations
    assert house.reading.names == ["broken.pdf"]


@pytest.mark.parametrize("named", ["broken.pdf", "this file"])
async def test_an_unreadable_file_that_was_asked_about_fails_with_the_reason(
    house: House, search: Tool, named: str
) -> None:
    context = house.context(house.blobs.add("broken.pdf", b"bad"))
    with pytest.raises(ToolFailed, match=r"broken\.pdf can't be read: it is damaged"):
        await call(search, context, query="hotel limit", document=named)


async def test_a_file_without_text_is_a_warning(house: House, search: Tool) -> None:
    result = await call(search, house.context(house.blobs.add("scan.pdf", b" ")), query="anything")
    assert [warning.text for warning in result.warnings] == ["scan.pdf has no text that could be searched."]


async def test_what_could_not_be_read_of_a_file_is_told(house: House, search: Tool) -> None:
    result = await call(search, house.context(house.blobs.add("a.pdf", b"one\n\nthree")), query="three")
    assert [warning.text for warning in result.warnings] == ["a.pdf: page 2 has no text"]


async def test_a_lost_file_is_a_warning(house: House, search: Tool) -> None:
    lost = Attachment(name="lost.pdf", media_type="", size=1, digest="0" * 64)
    result = await call(search, house.context(lost), query="anything")
    assert [warning.text for warning in result.warnings] == ["lost.pdf is no longer there. Please attach it again."]


async def test_a_blob_store_that_fails_is_a_failed_search(house: House, search: Tool) -> None:
    async def fail(digest: str, *, owner: str) -> bytes:
        raise BackendError(service="blobs", operation="read", code="input_output")

    house.blobs.read = fail
    lost = Attachment(name="lost.pdf", media_type="", size=1, digest="0" * 64)
    with pytest.raises(ToolFailed):
        await call(search, house.context(lost), query="anything")


async def test_what_is_remembered_of_unreadable_files_is_bounded(
    house: House, search: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "_REMEMBERED", 1)
    for _ in range(2):
        for name in ("a.pdf", "b.pdf"):
            lost = Attachment(name=name, media_type="", size=1, digest=name[0] * 64)
            assert (await call(search, house.context(lost), query="anything")).warnings


async def test_a_degraded_library_is_told(house: House) -> None:
    await house.put("Travel policy", "Hotels cost at most 150 EUR.")
    tool = search_tool(house.library, house.reading, notices=lambda: ["Search goes by words alone."])
    result = await call(tool, house.context(), query="hotel limit")
    assert [(warning.code, warning.text) for warning in result.warnings] == [
        ("degraded", "Search goes by words alone.")
    ]


async def test_the_list_names_what_the_person_may_read(house: House) -> None:
    await house.put("Travel\npolicy", "x")
    await house.put("Salaries", "x", access=Access(users=frozenset({"bob"})))
    result = await call(list_tool(house.library), house.context())
    assert result.text == "You can ask about 1 document:\n- Travel policy"
    assert [known["title"] for known in result.data["documents"]] == ["Travel\npolicy"]


async def test_a_long_list_is_cut_and_says_so(house: House) -> None:
    for number in range(53):
        await house.put(f"Document {number:02}", "x")
    result = await call(list_tool(house.library), house.context())
    assert result.text.startswith("You can ask about 53 documents:\n- Document 00\n")
    assert result.text.endswith("- Document 49\n- and 3 more")


async def test_an_empty_list_says_what_to_do(house: House) -> None:
    assert "Attach a file" in (await call(list_tool(house.library), house.context())).text


async def test_a_list_that_can_not_be_read_is_a_failure(house: House) -> None:
    await house.library.close()
    with pytest.raises(ToolFailed, match="can't be read"):
        await call(list_tool(house.library), house.context())


@pytest.mark.parametrize("make", [search_tool, list_tool])
def test_the_model_is_given_things_that_people_say(house: House, make: Any) -> None:
    tool = make(house.library, house.reading) if make is search_tool else make(house.library)
    examples = [line for line in tool.description.splitlines() if line.startswith("- ")]
    assert 8 <= len(examples) <= 15
