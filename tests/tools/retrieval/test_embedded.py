"""The library on this machine: what is put in is found, by whoever may read it, and survives other processes."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from switchboard import BackendError, Principal
from tests.tools.retrieval.shared import ALICE, document, source
from tools.encoding.static import StaticEncoder
from tools.reading.backend import Block, Document, Page
from tools.retrieval import schema
from tools.retrieval.backend import Access, Filter, Source
from tools.retrieval.embedded import EmbeddedLibrary

CHILD = """
import asyncio, os, sys
from pathlib import Path
from tools.reading.backend import Block, Document, Page
from tools.retrieval import writing
from tools.retrieval.backend import Access, Source
from tools.retrieval.embedded import EmbeddedLibrary

async def main(folder, name, count, crash):
    library = EmbeddedLibrary(Path(folder))
    if crash:
        writing._turn = lambda connection: os._exit(9)
    for number in range(int(count)):
        page = Page(number=1, blocks=(Block(kind="text", text=f"walrus {name} {number}"),))
        document = Document(name="d", title="d", media_type="text/plain", digest="", pages=(page,))
        source = Source(id=f"{name}-{number}", title="t", access=Access(public=True), path=f"/{name}/{number}")
        await library.put(source, document)
    await library.close()

asyncio.run(main(*sys.argv[1:4], len(sys.argv) > 4))
"""


async def test_a_passage_is_found_with_its_page(library: EmbeddedLibrary) -> None:
    await library.put(
        source("policy", "Travel policy"), document("Flights need approval.", "Hotels cost at most 150 EUR.")
    )
    (best, *_) = await library.search("How much may a hotel cost?", principal=ALICE)
    assert (best.source.id, best.page, best.text) == ("policy", 2, "Hotels cost at most 150 EUR.")
    assert 0 < best.score <= 1


async def test_a_replaced_document_is_found_by_its_new_text_only(library: EmbeddedLibrary) -> None:
    await library.put(source("a"), document("The limit is 100 pelicans."))
    await library.put(source("a"), document("The limit is 200 walruses."))
    assert not await library.search("pelicans", principal=ALICE)
    assert [passage.source.id for passage in await library.search("walruses", principal=ALICE)] == ["a"]


async def test_a_removed_document_is_found_no_more(library: EmbeddedLibrary) -> None:
    await library.put(source("a"), document("pelicans"))
    assert await library.remove("a")
    assert not await library.remove("a")
    assert not await library.search("pelicans", principal=ALICE)
    assert not await library.sources(principal=ALICE)


async def test_an_empty_library_has_nothing(library: EmbeddedLibrary) -> None:
    assert not await library.search("anything", principal=ALICE)
    assert not await library.sources(principal=ALICE)
    assert not await library.stored()


async def test_filters_choose_documents(library: EmbeddedLibrary) -> None:
    await library.put(source("old", year="2024"), document("pelicans"))
    await library.put(source("new", year="2025"), document("pelicans"))
    found = await library.search(
        "pelicans", principal=ALICE, filters=[Filter(attribute="year", operator="at_least", value=2025)]
    )
    assert [passage.source.id for passage in found] == ["new"]


async def test_the_documents_named_by_company_and_year_come_first(library: EmbeddedLibrary) -> None:
    for company in ("Okapi Foods", "Zebra Mills"):
        for year in ("2021", "2022"):
            title = f"{company} {year} annual report"
            await library.put(source(title, title, company=company, period=year), document("Total assets 1,234 5,678"))
    (best, *_) = await library.search("What were ZebraMills' total assets in FY2021?", principal=ALICE)
    assert best.source.title == "Zebra Mills 2021 annual report"


async def test_the_newest_of_two_documents_alike_is_meant_unless_a_year_is_named(library: EmbeddedLibrary) -> None:
    for year in ("2025", "2026"):
        await library.put(source(year, f"Price list {year}"), document("The large mill costs 400 EUR."))
    newest, *_ = await library.search("What does the large mill cost?", principal=ALICE)
    older, *_ = await library.search("What did the large mill cost in 2025?", principal=ALICE)
    assert (newest.source.id, older.source.id) == ("2026", "2025")


async def test_other_words_of_the_same_meaning_find_a_passage(library: EmbeddedLibrary) -> None:
    texts = ("The cafeteria opens at noon.", "Dogs may not enter the building.", "Badges have to be worn visibly.")
    await library.put(source("rules"), document(*texts))
    (best, *_) = await library.search("Can I bring my puppy to the office?", principal=ALICE)
    assert best.page == 2


async def test_a_question_about_nothing_in_the_library_finds_nothing(library: EmbeddedLibrary) -> None:
    await library.put(source("rules"), document("The cafeteria opens at noon."))
    assert not await library.search("quantum chromodynamics", principal=ALICE)


async def test_only_the_named_document_is_searched(library: EmbeddedLibrary) -> None:
    await library.put(source("a"), document("pelicans"))
    await library.put(source("b"), document("pelicans"))
    found = await library.search("pelicans", principal=ALICE, document="b")
    assert [passage.source.id for passage in found] == ["b"]
    assert not await library.search("pelicans", principal=ALICE, document="c")


async def test_passages_have_their_headings(library: EmbeddedLibrary) -> None:
    blocks = (
        Block(kind="heading", text="Leave", level=1),
        Block(kind="heading", text="Parents", level=2),
        Block(kind="text", text="Sixteen weeks are paid."),
    )
    page = Page(number=1, blocks=blocks)
    handbook = Document(name="h", title="h", media_type="text/markdown", digest="", pages=(page,))
    await library.put(source("handbook"), handbook)
    (best,) = await library.search("How many weeks do parents get?", principal=ALICE)
    assert best.headings == ("Leave", "Parents")
    assert best.page == 0


async def test_forbidden_documents_neither_show_nor_displace(library: EmbeddedLibrary) -> None:
    for number in range(20):
        secret = Access(users=frozenset({"bob"}))
        await library.put(source(f"secret-{number}", "Salary", secret), document("salary salary salary of pelicans"))
    await library.put(source("open", "Pay"), document("A salary is paid monthly."))
    found = await library.search("salary of pelicans", principal=ALICE, limit=1)
    assert [passage.source.id for passage in found] == ["open"]
    assert [known.id for known in await library.sources(principal=ALICE)] == ["open"]
    assert await library.source("secret-1", principal=ALICE) is None
    assert not await library.search("salary", principal=ALICE, document="secret-1")


async def test_groups_open_a_document_and_denials_close_it(library: EmbeddedLibrary) -> None:
    access = Access(groups=frozenset({"staff"}), denied_users=frozenset({"mallory"}))
    await library.put(source("a", access=access), document("pelicans"))
    mallory = Principal(id="mallory", groups=frozenset({"staff"}), verified=True)
    unverified = Principal(id="alice", groups=frozenset({"staff"}))
    assert await library.search("pelicans", principal=ALICE)
    assert not await library.search("pelicans", principal=mallory)
    assert not await library.search("pelicans", principal=unverified)


async def test_an_attachment_is_found_in_its_conversation_only(library: EmbeddedLibrary) -> None:
    mine = Access(conversation="t/web/r/1", users=frozenset({"visitor"}))
    await library.put(source("file", access=mine), document("pelicans"))
    visitor = Principal(id="visitor")
    assert await library.search("pelicans", principal=visitor, conversation="t/web/r/1")
    assert not await library.search("pelicans", principal=visitor, conversation="t/web/r/2")
    assert not await library.search("pelicans", principal=visitor)
    assert not await library.search("pelicans", principal=ALICE, conversation="t/web/r/1")


async def test_described_anew_a_document_keeps_its_text(library: EmbeddedLibrary) -> None:
    await library.put(source("a", "Old title"), document("pelicans"))
    closed = source("a", "Walrus handbook", Access(users=frozenset({"bob"})))
    assert await library.describe(closed)
    bob = Principal(id="bob", verified=True)
    assert not await library.search("pelicans", principal=ALICE)
    assert [passage.text for passage in await library.search("walrus handbook", principal=bob)] == ["pelicans"]
    assert not await library.search("old title", principal=bob)
    assert not await library.describe(source("unknown"))


async def test_what_is_stored_under_a_path_is_told_whoever_may_read_it(library: EmbeddedLibrary) -> None:
    for path in ("/docs/a", "/docs/b", "/other/c", "/do\udcff"):
        made = Source(id=path, title="t", access=Access(), path=path, digest="d" * 64)
        await library.put(made, document("x"))
    assert set(await library.stored("/docs/")) == {"/docs/a", "/docs/b"}
    assert (await library.stored("/do\udcff"))["/do\udcff"].digest == "d" * 64


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        "pelicans OR *",
        'NEAR("a" "b")',
        "head:pelicans",
        "pelicans AND NOT (",
        "^pelicans* -x",
        "'; DROP TABLE source; --",
        "nul \0 inside",
        "\ud800 surrogate",
        "😀🎉",
        "‮שלום עולם",
        "a" * 1_000_000,
        "word " * 200_000,
        "<script>alert(1)</script>",
    ],
)
async def test_any_text_is_a_safe_question(library: EmbeddedLibrary, query: str) -> None:
    await library.put(source("a"), document("pelicans " * 50))
    found = await library.search(query, principal=ALICE)
    assert all(passage.source.id == "a" for passage in found)
    assert await library.search("pelicans", principal=ALICE)


async def test_a_document_of_odd_text_is_taken(library: EmbeddedLibrary) -> None:
    odd = source("\ud800", title="nul \0 \ud800", **{"a\0": "b\ud800"})
    await library.put(odd, document("pelicans \0 \ud800 " + "x" * 100_000))
    (best, *_) = await library.search("pelicans", principal=ALICE)
    assert best.source.id == "\ud800"


async def test_a_document_without_text_is_listed_and_not_found(library: EmbeddedLibrary) -> None:
    assert await library.put(source("scan"), document("", " ")) == 0
    assert [known.id for known in await library.sources(principal=ALICE)] == ["scan"]
    assert not await library.search("scan", principal=ALICE)


async def test_a_change_by_another_process_is_seen(library: EmbeddedLibrary, tmp_path: Path) -> None:
    await library.put(source("a"), document("pelicans"))
    assert not await library.search("walrus", principal=ALICE)
    child(tmp_path, "other", 2).check_returncode()
    assert len(await library.search("walrus", principal=ALICE)) == 2


async def test_several_processes_write_at_the_same_time_and_lose_nothing(tmp_path: Path) -> None:
    runs = [asyncio.to_thread(child, tmp_path, name, 10) for name in ("one", "two", "three")]
    for run in await asyncio.gather(*runs):
        run.check_returncode()
    library = EmbeddedLibrary(tmp_path / "library")
    assert len(await library.stored()) == 30
    assert len(await library.search("walrus", principal=ALICE, limit=50)) == 30
    await library.close()


async def test_a_crash_in_the_middle_of_a_write_leaves_what_was_there(library: EmbeddedLibrary, tmp_path: Path) -> None:
    await library.put(source("x-0", "Title"), document("the old walrus"))
    assert child(tmp_path, "x", 1, "crash").returncode == 9
    (found,) = await library.search("walrus", principal=ALICE)
    assert found.text == "the old walrus"
    assert await library.remove("x-0")


async def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = schema.connect

    def cramped(folder: Path) -> sqlite3.Connection:
        connection = connect(folder)
        connection.execute("PRAGMA max_page_count = 60")
        return connection

    monkeypatch.setattr(schema, "connect", cramped)
    library = EmbeddedLibrary(tmp_path)
    await library.put(source("a"), document("pelicans"))
    large = document(*(f"walrus {number} " * 300 for number in range(100)))
    with pytest.raises(BackendError) as caught:
        await library.put(source("a"), large)
    assert caught.value.code == "full"
    assert len(await library.search("pelicans", principal=ALICE)) == 1
    assert not await library.search("walrus", principal=ALICE)
    await library.close()


async def test_a_damaged_index_is_an_error_and_not_an_empty_answer(tmp_path: Path) -> None:
    (tmp_path / schema.FILE).write_bytes(b"this is no database" * 1000)
    library = EmbeddedLibrary(tmp_path)
    with pytest.raises(BackendError) as caught:
        await library.search("pelicans", principal=ALICE)
    assert caught.value.code == "corrupt"
    await library.close()


async def test_a_folder_that_can_not_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    library = EmbeddedLibrary(tmp_path / "file")
    with pytest.raises(BackendError) as caught:
        await library.sources(principal=ALICE)
    assert caught.value.code == "unavailable"
    await library.close()


async def test_the_index_is_its_owners_alone(library: EmbeddedLibrary, tmp_path: Path) -> None:
    await library.put(source("a"), document("pelicans"))
    assert (tmp_path / "library").stat().st_mode & 0o077 == 0


async def test_a_closed_library_says_so(tmp_path: Path) -> None:
    library = EmbeddedLibrary(tmp_path)
    await library.close()
    with pytest.raises(BackendError, match="closed"):
        await library.search("pelicans", principal=ALICE)


async def test_without_its_model_file_the_library_searches_by_words_and_says_so(tmp_path: Path) -> None:
    library = EmbeddedLibrary(tmp_path / "index", encoder=lambda: StaticEncoder(table=tmp_path / "missing.npz"))
    await library.put(source("a"), document("pelicans"))
    assert [passage.source.id for passage in await library.search("pelicans", principal=ALICE)] == ["a"]
    assert "by words alone" in library.notices[0]
    await library.close()


async def test_documents_without_vectors_are_put_again_once_there_is_an_encoder(tmp_path: Path) -> None:
    crippled = EmbeddedLibrary(tmp_path / "index", encoder=lambda: StaticEncoder(table=tmp_path / "missing.npz"))
    await crippled.put(source("a"), document("pelicans"))
    assert (await crippled.stored())["a"].digest
    await crippled.close()
    whole = EmbeddedLibrary(tmp_path / "index")
    assert not (await whole.stored())["a"].digest
    assert await whole.search("pelicans", principal=ALICE)
    assert not whole.notices
    await whole.close()


async def test_an_index_of_another_version_is_emptied(tmp_path: Path) -> None:
    library = EmbeddedLibrary(tmp_path)
    await library.put(source("a"), document("pelicans"))
    await library.close()
    connection = sqlite3.connect(tmp_path / schema.FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    library = EmbeddedLibrary(tmp_path)
    assert not await library.stored()
    await library.put(source("a"), document("pelicans"))
    assert await library.search("pelicans", principal=ALICE)
    await library.close()


async def test_reads_and_writes_at_the_same_time_see_whole_documents(library: EmbeddedLibrary) -> None:
    async def write() -> None:
        for number in range(20):
            await library.put(source("a"), document(*[f"pelican {number}"] * 3))

    async def look() -> None:
        for _ in range(20):
            found = await library.search("pelican", principal=ALICE)
            assert len(found) in (0, 3)
            assert len({passage.text for passage in found}) <= 1

    await asyncio.gather(write(), look(), look())


def child(folder: Path, name: str, count: int, *more: str) -> "subprocess.CompletedProcess[bytes]":
    """Another process that puts documents into the same library, and dies before the first is committed if told so."""
    arguments = [sys.executable, "-c", CHILD, str(folder / "library"), name, str(count), *more]
    return subprocess.run(arguments, check=False, timeout=120)
