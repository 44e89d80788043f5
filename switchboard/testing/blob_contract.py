"""What every `BlobStore` must do, as tests that a store of your own inherits; see ``conversation_contract`` for how."""
# ruff: noqa: D102 - a test's name is its description

import asyncio
import hashlib
from collections.abc import AsyncIterator

import pytest

from switchboard.errors import BackendError, BadInput
from switchboard.storage import Blob, BlobStore
from switchboard.testing.samples import HOSTILE_NAMES

HELLO = b"hello"
DIGEST = hashlib.sha256(HELLO).hexdigest()


class SenderLeft(Exception):
    """What the chunks raise when whoever sends them goes away."""


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    """Bytes as they come from a network."""
    for chunk in chunks:
        yield chunk


async def keep(store: BlobStore, data: bytes = HELLO, *, owner: str = "ann") -> Blob:
    """Put bytes whose size does not matter."""
    return await store.put(pieces(data), owner=owner, limit=10_000_000)


async def is_missing(store: BlobStore, digest: str, *, owner: str) -> bool:
    """Whether every way to the bytes says that there are none."""
    with pytest.raises(BackendError) as caught:
        await store.read(digest, owner=owner)
    return caught.value.code == "missing" and await store.stat(digest, owner=owner) is None


@pytest.mark.asyncio
class BlobStoreContract:
    """Bytes by content, rights by owner."""

    async def test_bytes_are_read_back(self, store: BlobStore) -> None:
        blob = await store.put(pieces(b"he", b"", b"llo"), owner="ann", limit=5)
        assert await store.read(blob.digest, owner="ann") == HELLO

    async def test_a_blob_says_what_is_known_of_it(self, store: BlobStore) -> None:
        blob = await store.put(pieces(HELLO), owner="ann", name="a.txt", media_type="text/plain", limit=5)
        assert blob == Blob(digest=DIGEST, size=5, media_type="text/plain", name="a.txt", owners=frozenset({"ann"}))
        assert await store.stat(DIGEST, owner="ann") == blob

    async def test_bytes_without_a_media_type_are_just_bytes(self, store: BlobStore) -> None:
        assert (await keep(store)).media_type == "application/octet-stream"

    async def test_no_bytes_are_a_blob_too(self, store: BlobStore) -> None:
        blob = await store.put(pieces(), owner="ann", limit=0)
        assert blob.size == 0
        assert await store.read(blob.digest, owner="ann") == b""

    async def test_bytes_of_many_pieces_are_kept_whole(self, store: BlobStore) -> None:
        chunks = [bytes([number]) * 300_000 for number in range(10)]
        blob = await store.put(pieces(*chunks), owner="ann", limit=3_000_000)
        assert await store.read(blob.digest, owner="ann") == b"".join(chunks)

    @pytest.mark.parametrize(
        "digest", ["0" * 64, "", "../../etc/passwd", DIGEST.upper(), "\ud800", "\0", DIGEST + "\n"]
    )
    async def test_an_unknown_digest_is_missing(self, store: BlobStore, digest: str) -> None:
        await keep(store)
        assert await is_missing(store, digest, owner="ann")

    async def test_another_owners_bytes_are_missing_as_unknown_ones_are(self, store: BlobStore) -> None:
        await keep(store, owner="ann")
        assert await is_missing(store, DIGEST, owner="bob")

    async def test_an_owner_does_not_learn_of_other_owners(self, store: BlobStore) -> None:
        await store.put(pieces(HELLO), owner="ann", name="ann's secret.txt", limit=5)
        await store.put(pieces(HELLO), owner="bob", name="b.txt", limit=5)
        found = await store.stat(DIGEST, owner="bob")
        assert found is not None
        assert (found.name, found.owners) == ("b.txt", frozenset({"bob"}))

    async def test_the_same_bytes_of_one_owner_are_one_blob_under_the_newest_name(self, store: BlobStore) -> None:
        await store.put(pieces(HELLO), owner="ann", name="old", limit=5)
        await store.put(pieces(HELLO), owner="ann", name="new", media_type="text/plain", limit=5)
        found = await store.stat(DIGEST, owner="ann")
        assert found is not None
        assert (found.name, found.media_type) == ("new", "text/plain")
        assert await store.delete_owner("ann") == 1

    async def test_as_many_bytes_as_the_limit_are_taken(self, store: BlobStore) -> None:
        assert (await store.put(pieces(b"x" * 100), owner="ann", limit=100)).size == 100

    async def test_more_bytes_than_the_limit_are_refused(self, store: BlobStore) -> None:
        with pytest.raises(BadInput) as caught:
            await store.put(pieces(HELLO), owner="ann", limit=4)
        assert caught.value.status == 413
        assert await is_missing(store, DIGEST, owner="ann")

    async def test_nothing_more_is_taken_from_the_sender_once_the_limit_is_passed(self, store: BlobStore) -> None:
        taken = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal taken
            while True:
                taken += 1
                yield b"x" * 10

        with pytest.raises(BadInput):
            await store.put(endless(), owner="ann", limit=25)
        assert taken == 3

    async def test_bytes_whose_sender_goes_away_are_not_kept(self, store: BlobStore) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield HELLO
            raise SenderLeft

        with pytest.raises(SenderLeft):
            await store.put(broken(), owner="ann", limit=100)
        assert await is_missing(store, DIGEST, owner="ann")

    async def test_bytes_whose_taking_is_cancelled_are_not_kept(self, store: BlobStore) -> None:
        started = asyncio.Event()

        async def stalled() -> AsyncIterator[bytes]:
            yield HELLO
            started.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(store.put(stalled(), owner="ann", limit=100))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await is_missing(store, DIGEST, owner="ann")

    async def test_the_same_bytes_put_at_once_by_many_are_everybodys(self, store: BlobStore) -> None:
        owners = [f"owner {number}" for number in range(8)]
        await asyncio.gather(*(keep(store, owner=owner) for owner in owners))
        assert [await store.read(DIGEST, owner=owner) for owner in owners] == [HELLO] * 8

    async def test_a_deleted_owner_has_nothing(self, store: BlobStore) -> None:
        await keep(store, b"one")
        await keep(store, b"two")
        assert await store.delete_owner("ann") == 2
        assert await is_missing(store, hashlib.sha256(b"one").hexdigest(), owner="ann")

    async def test_deleting_an_owner_keeps_what_another_holds(self, store: BlobStore) -> None:
        await keep(store, owner="ann")
        await keep(store, owner="bob")
        await store.delete_owner("ann")
        assert await store.read(DIGEST, owner="bob") == HELLO
        assert await is_missing(store, DIGEST, owner="ann")

    async def test_deleting_an_unknown_owner_is_harmless(self, store: BlobStore) -> None:
        await keep(store, owner="ann")
        assert await store.delete_owner("bob") == 0
        assert await store.read(DIGEST, owner="ann") == HELLO

    async def test_deleted_bytes_can_be_put_again(self, store: BlobStore) -> None:
        await keep(store)
        await store.delete_owner("ann")
        await keep(store)
        assert await store.read(DIGEST, owner="ann") == HELLO

    async def test_putting_while_another_owner_is_deleted_keeps_the_bytes(self, store: BlobStore) -> None:
        await keep(store, owner="ann")
        for number in range(10):
            owner = f"owner {number}"
            await asyncio.gather(store.delete_owner("ann"), keep(store, owner=owner))
            assert await store.read(DIGEST, owner=owner) == HELLO
            await asyncio.gather(keep(store, owner="ann"), store.delete_owner(owner))
            assert await store.read(DIGEST, owner="ann") == HELLO

    async def test_hostile_owners_keep_apart(self, store: BlobStore) -> None:
        for number, owner in enumerate(HOSTILE_NAMES):
            await keep(store, bytes([number]), owner=owner)
        assert [await store.delete_owner(owner) for owner in HOSTILE_NAMES] == [1] * len(HOSTILE_NAMES)

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    async def test_a_hostile_name_is_kept_exactly(self, store: BlobStore, name: str) -> None:
        await store.put(pieces(HELLO), owner="ann", name=name, media_type=name or "text/plain", limit=5)
        found = await store.stat(DIGEST, owner="ann")
        assert found is not None
        assert (found.name, found.media_type) == (name, name or "text/plain")

    async def test_closing_twice_is_harmless(self, store: BlobStore) -> None:
        await store.close()
        await store.close()
