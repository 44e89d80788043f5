"""What was attached to a conversation that is forgotten is gone from the library, and from its files."""

from pathlib import Path

from tests.tools.retrieval.shared import ALICE, document, source
from tools.retrieval import schema
from tools.retrieval.backend import Access
from tools.retrieval.embedded import EmbeddedLibrary


async def test_a_forgotten_conversation_takes_its_attachments_along(library: EmbeddedLibrary) -> None:
    for number in "12":
        mine = Access(conversation=f"t/web/r/{number}", users=frozenset({"alice"}))
        await library.put(source(number, access=mine), document("pelicans"))
    assert await library.forget("t/web/r/1") == 1
    assert set(await library.stored()) == {"2"}
    assert await library.forget("") == 0


async def test_what_is_forgotten_can_not_be_read_from_the_files(library: EmbeddedLibrary, tmp_path: Path) -> None:
    mine = Access(conversation="t/web/r/1", users=frozenset({"alice"}))
    await library.put(source("public"), document("pelicans"))
    await library.put(source("mine", "xanthippe", access=mine), document("zyzzyva " * 200, "quokkabird"))
    await library.search("zyzzyva", principal=ALICE, conversation="t/web/r/1")
    held = b"".join(file.read_bytes() for file in (tmp_path / "library").iterdir())
    assert all(word in held for word in (b"zyzzyva", b"quokkabird", b"xanthipp"))
    await library.forget("t/web/r/1")
    left = b"".join(file.read_bytes() for file in (tmp_path / "library").iterdir())
    assert [word for word in (b"zyzzyva", b"quokkabird", b"xanthipp", b"t/web/r/1") if word in left] == []
    assert [passage.text for passage in await library.search("pelicans", principal=ALICE)] == ["pelicans"]


async def test_forgetting_that_was_cut_off_before_the_log_was_emptied_is_done_again(tmp_path: Path) -> None:
    mine = Access(conversation="t/web/r/1", users=frozenset({"alice"}))
    other = schema.connect(tmp_path / "library")  # keeps the log when the library is closed
    try:
        cut_off = EmbeddedLibrary(tmp_path / "library")
        await cut_off.put(source("mine", access=mine), document("zyzzyva"))
        await cut_off.remove("mine")
        await cut_off.close()
        assert b"zyzzyva" in (tmp_path / "library" / f"{schema.FILE}-wal").read_bytes()
        again = EmbeddedLibrary(tmp_path / "library")
        assert await again.forget("t/web/r/1") == 0
        await again.close()
        assert not (tmp_path / "library" / f"{schema.FILE}-wal").read_bytes()
    finally:
        other.close()
