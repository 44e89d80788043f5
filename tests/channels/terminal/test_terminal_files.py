"""Files in and out: attachments, copies of sources, and links to them."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.terminal import TerminalChannel
from channels.terminal.links import DocumentLink
from channels.terminal.opened import Opened, uri, view
from channels.terminal.uploads import attach
from stores.memory import MemoryBlobStore
from switchboard import Attachment, BadInput, Principal

CONVERSATION = TerminalChannel(tenant="t").conversation(Principal(id="ann"), "a")


async def attached(name: object) -> Attachment:
    return await attach(str(name), blobs=MemoryBlobStore(), conversation=CONVERSATION, limit=10)


async def test_an_attachment_has_the_files_name_and_not_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"12345")
    found = await attached(tmp_path / "a.pdf")
    assert (found.name, found.media_type, found.size) == ("a.pdf", "application/pdf", 5)


async def test_a_path_in_the_home_folder_can_be_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.txt").write_text("a")
    assert (await attached("~/a.txt")).name == "a.txt"


async def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no file b\.txt"):
        await attached(tmp_path / "b.txt")


async def test_a_folder_can_not_be_attached(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a file"):
        await attached(tmp_path)


async def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is not a file"):
        await attached(tmp_path / "pipe")


async def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(BadInput, match="is empty"):
        await attached(tmp_path / "a.txt")


async def test_a_file_of_two_gigabytes_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "a.bin").open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(BadInput, match=r"too large.*10 bytes") as refused:
        await attached(tmp_path / "a.bin")
    assert refused.value.status == 413


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
async def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        await attached(name)


def test_a_copy_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = Opened(tmp_path / "opened").save("a.pdf", b"%")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_the_same_source_is_copied_once(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    assert opened.save("a.pdf", b"%") == opened.save("a.pdf", b"%")


def test_two_sources_of_one_name_are_two_copies(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    assert opened.save("a.pdf", b"1") != opened.save("a.pdf", b"2")


def test_a_hostile_name_stays_in_the_folder(tmp_path: Path) -> None:
    path = Opened(tmp_path / "opened").save("../../\x1b[31m/../.profile", b"x")
    assert path.resolve().is_relative_to(tmp_path / "opened")
    assert path.name == "profile"


def test_a_copy_that_can_not_be_written_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "opened").write_text("in the way")
    with pytest.raises(BadInput, match="disk is not full") as refused:
        Opened(tmp_path / "opened").save("a.pdf", b"%")
    assert refused.value.status == 507


def test_a_failed_copy_leaves_no_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BadInput):
        Opened(tmp_path).save("a.pdf", b"%")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_address_of_a_copy_has_the_page(tmp_path: Path) -> None:
    assert uri(tmp_path / "a b.pdf", 3) == f"{tmp_path.as_uri()}/a%20b.pdf#page=3"


@pytest.mark.parametrize(
    ("name", "desktop", "seen"),
    [
        ("a.pdf", ":0", True),
        ("a.html", ":0", False),
        ("a.docm", ":0", False),
        ("a.svg", ":0", False),
        ("a.pdf", "", False),
    ],
)
def test_only_harmless_kinds_are_shown_and_only_on_a_desktop(
    name: str, desktop: str, seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", desktop)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    asked: list[str] = []
    assert view("file:///a", Path(name), browse=lambda address: not asked.append(address)) is seen
    assert bool(asked) is seen


@given(
    document=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1),
    conversation=st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    page=st.integers(0, 10**6),
)
def test_a_link_to_a_document_can_be_read_back(document: str, conversation: str, page: int) -> None:
    link = DocumentLink(document=document, conversation=conversation, page=page)
    assert DocumentLink.parse(str(link)) == link


@pytest.mark.parametrize(
    "link", ["", "https://e.com", "switchboard://documents/", "switchboard://other/d", "switchboard://[", "x"]
)
def test_a_link_of_another_kind_is_refused(link: str) -> None:
    with pytest.raises(BadInput, match="not a link"):
        DocumentLink.parse(link)


def test_a_page_that_is_no_number_is_ignored() -> None:
    assert DocumentLink.parse("switchboard://documents/d#page=x").page == 0
