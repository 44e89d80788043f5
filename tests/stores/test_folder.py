"""What the folder of blobs looks like from outside, and what it does about what it finds in it."""

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.folder import ABANDONED_AFTER, FolderBlobStore
from switchboard.errors import BackendError, BadInput, ConfigError

HELLO = b"hello"
DIGEST = hashlib.sha256(HELLO).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
async def store(folder: Path) -> AsyncIterator[FolderBlobStore]:
    store = FolderBlobStore(folder)
    yield store
    await store.close()


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def kept(folder: Path) -> list[Path]:
    """Every file that holds, or held, somebody's bytes."""
    return [file for place in ("files", "incoming") for file in (folder / place).rglob("*") if file.is_file()]


async def test_bytes_lie_under_their_digest(store: FolderBlobStore, folder: Path) -> None:
    await store.put(pieces(HELLO), owner="ann", limit=5)
    assert kept(folder) == [folder / "files" / DIGEST[:2] / DIGEST]


async def test_the_same_bytes_of_two_owners_are_kept_once(store: FolderBlobStore, folder: Path) -> None:
    for owner in ("ann", "bob"):
        await store.put(pieces(HELLO), owner=owner, limit=5)
    assert len(kept(folder)) == 1


async def test_only_the_owner_of_the_process_may_read_the_files(store: FolderBlobStore, folder: Path) -> None:
    await store.put(pieces(HELLO), owner="ann", limit=5)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_dir()}
    assert modes | {stat.S_IMODE(folder.stat().st_mode)} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}


@pytest.mark.parametrize("name", ["../../escaped", "/etc/passwd", "a\0b", "\ud800"])
async def test_a_hostile_file_name_names_no_file(store: FolderBlobStore, folder: Path, name: str) -> None:
    await store.put(pieces(HELLO), owner="ann", name=name, limit=5)
    assert kept(folder) == [folder / "files" / DIGEST[:2] / DIGEST]
    assert [path.name for path in folder.parent.iterdir()] == ["blobs"]


async def test_bytes_over_the_limit_leave_no_file(store: FolderBlobStore, folder: Path) -> None:
    with pytest.raises(BadInput):
        await store.put(pieces(b"x" * 2_000_000, b"x"), owner="ann", limit=2_000_000)
    assert kept(folder) == []


async def test_a_cancelled_upload_leaves_no_file(store: FolderBlobStore, folder: Path) -> None:
    stalled = asyncio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        stalled.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(store.put(chunks(), owner="ann", limit=3_000_000))
    await stalled.wait()
    assert len(kept(folder)) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept(folder) == []


async def test_bytes_that_nobody_owns_any_more_leave_no_file(store: FolderBlobStore, folder: Path) -> None:
    for owner in ("ann", "bob"):
        await store.put(pieces(HELLO), owner=owner, limit=5)
    await store.delete_owner("ann")
    assert len(kept(folder)) == 1
    await store.delete_owner("bob")
    assert kept(folder) == []


async def test_what_was_put_is_there_after_reopening(folder: Path) -> None:
    store = FolderBlobStore(folder)
    await store.put(pieces(HELLO), owner="ann", name="a.txt", limit=5)
    await store.close()
    again = FolderBlobStore(folder)
    assert await again.read(DIGEST, owner="ann") == HELLO
    await again.close()


async def test_bytes_that_a_crash_left_without_an_owner_are_swept_at_opening(folder: Path) -> None:
    orphan = folder / "files" / "ab" / ("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.touch()
    await FolderBlobStore(folder).close()
    assert kept(folder) == []


async def test_only_uploads_that_nobody_can_be_writing_any_more_are_swept_at_opening(folder: Path) -> None:
    (folder / "incoming").mkdir(parents=True)
    for name in ("old", "new"):
        (folder / "incoming" / name).touch()
    made = (folder / "incoming" / "new").stat().st_mtime
    os.utime(folder / "incoming" / "old", times=(made, made - ABANDONED_AFTER - 60))
    await FolderBlobStore(folder).close()
    assert kept(folder) == [folder / "incoming" / "new"]


async def test_bytes_that_were_changed_on_the_disk_are_not_given_out(store: FolderBlobStore, folder: Path) -> None:
    await store.put(pieces(HELLO), owner="ann", limit=5)
    (folder / "files" / DIGEST[:2] / DIGEST).write_bytes(b"hullo")
    with pytest.raises(BackendError) as caught:
        await store.read(DIGEST, owner="ann")
    assert caught.value.code == "damaged"


async def test_bytes_that_were_removed_from_the_disk_are_missing_and_can_be_put_again(
    store: FolderBlobStore, folder: Path
) -> None:
    await store.put(pieces(HELLO), owner="ann", limit=5)
    (folder / "files" / DIGEST[:2] / DIGEST).unlink()
    assert await store.stat(DIGEST, owner="ann") is None
    with pytest.raises(BackendError) as caught:
        await store.read(DIGEST, owner="ann")
    assert caught.value.code == "missing"
    await store.put(pieces(HELLO), owner="ann", limit=5)
    assert await store.read(DIGEST, owner="ann") == HELLO


async def test_a_disk_that_fails_is_a_backends_error_and_nothing_is_kept(store: FolderBlobStore, folder: Path) -> None:
    (folder / "files" / DIGEST[:2]).touch()  # a file where a folder is needed
    with pytest.raises(BackendError) as caught:
        await store.put(pieces(HELLO), owner="ann", limit=5)
    assert caught.value.code == "io"
    (folder / "files" / DIGEST[:2]).unlink()
    assert await store.stat(DIGEST, owner="ann") is None
    assert kept(folder) == []


async def test_an_upload_whose_sender_fails_with_an_os_error_is_not_the_disks_fault(store: FolderBlobStore) -> None:
    async def reset() -> AsyncIterator[bytes]:
        yield HELLO
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put(reset(), owner="ann", limit=100)


def test_a_file_in_the_folders_place_is_refused(folder: Path) -> None:
    folder.touch()
    with pytest.raises(ConfigError, match="can't be made"):
        FolderBlobStore(folder)
