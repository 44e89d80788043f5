"""What is S3's own: large uploads in parts, what a broken one leaves, and names in metadata."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from stores.s3 import PART, S3BlobStore
from switchboard.errors import BackendError, BadInput
from switchboard.testing.blob_contract import DIGEST, HELLO, SenderLeft, keep, pieces
from tests.aws import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as made:
        yield made


@pytest.fixture
def bucket(world: World) -> str:
    return world.bucket()


@pytest.fixture
async def store(world: World, bucket: str) -> AsyncIterator[S3BlobStore]:
    store = S3BlobStore(world.client("s3"), bucket, prefix="ours/")
    yield store
    await store.close()


def left(world: World, bucket: str) -> tuple[list[str], int]:
    """Every key in the bucket, and how many uploads are not finished."""
    sdk = world.sdk("s3")
    keys = [entry["Key"] for entry in sdk.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return keys, len(sdk.list_multipart_uploads(Bucket=bucket).get("Uploads") or [])


async def test_a_small_blob_is_one_request(store: S3BlobStore, world: World) -> None:
    world.requests.clear()
    await keep(store)
    assert world.requests == ["PutObject"]


async def test_reading_is_one_request(store: S3BlobStore, world: World) -> None:
    await keep(store)
    world.requests.clear()
    await store.read(DIGEST, owner="ann")
    assert world.requests == ["GetObject"]


async def test_a_large_blob_comes_in_parts_and_is_kept_whole(store: S3BlobStore, world: World, bucket: str) -> None:
    data = bytes(range(256)) * (PART * 5 // 2 // 256)
    world.requests.clear()
    blob = await store.put(pieces(data[:100], data[100:]), owner="ann", name="big", limit=len(data))
    assert world.requests.count("UploadPart") == 3
    assert blob.digest == hashlib.sha256(data).hexdigest()
    assert await store.read(blob.digest, owner="ann") == data
    assert await store.stat(blob.digest, owner="ann") == blob
    keys, uploads = left(world, bucket)
    assert [key.split("/")[1] for key in keys] == ["blobs"]
    assert uploads == 0


async def test_a_large_upload_that_breaks_off_leaves_nothing(store: S3BlobStore, world: World, bucket: str) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * (PART + 1)
        raise SenderLeft

    with pytest.raises(SenderLeft):
        await store.put(broken(), owner="ann", limit=PART * 2)
    assert left(world, bucket) == ([], 0)


async def test_a_large_upload_over_the_limit_leaves_nothing(store: S3BlobStore, world: World, bucket: str) -> None:
    with pytest.raises(BadInput):
        await store.put(pieces(b"x" * PART, b"x"), owner="ann", limit=PART)
    assert left(world, bucket) == ([], 0)


async def test_a_key_does_not_tell_the_owner(store: S3BlobStore, world: World, bucket: str) -> None:
    await keep(store, owner="ann")
    ((key,), _) = left(world, bucket)
    assert key == f"ours/blobs/{hashlib.sha256(b'ann').hexdigest()}/{DIGEST}"


async def test_bytes_that_were_changed_are_not_given_out(store: S3BlobStore, world: World, bucket: str) -> None:
    await keep(store)
    ((key,), _) = left(world, bucket)
    world.sdk("s3").put_object(Bucket=bucket, Key=key, Body=b"changed")
    with pytest.raises(BackendError) as caught:
        await store.read(DIGEST, owner="ann")
    assert caught.value.code == "damaged"


async def test_an_object_without_our_metadata_has_a_plain_name(store: S3BlobStore, world: World, bucket: str) -> None:
    await keep(store)
    ((key,), _) = left(world, bucket)
    world.sdk("s3").put_object(Bucket=bucket, Key=key, Body=HELLO)
    found = await store.stat(DIGEST, owner="ann")
    assert found is not None
    assert (found.name, found.media_type) == ("", "application/octet-stream")


async def test_a_name_that_no_header_can_carry_is_refused(store: S3BlobStore, world: World, bucket: str) -> None:
    name = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(100))
    with pytest.raises(BadInput, match="name is too long"):
        await store.put(pieces(HELLO), owner="ann", name=name, limit=5)
    assert left(world, bucket) == ([], 0)


async def test_an_owner_of_many_pages_of_blobs_is_deleted_whole(
    store: S3BlobStore, world: World, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stores.s3.PAGE", 2)
    for number in range(5):
        await keep(store, bytes([number]))
    await keep(store, owner="bob")
    assert await store.delete_owner("ann") == 5
    assert len(left(world, bucket)[0]) == 1


async def test_a_bucket_that_is_not_there_is_an_error_and_not_a_missing_file(world: World) -> None:
    store = S3BlobStore(world.client("s3"), "no-such-bucket-anywhere")
    for attempt in (store.read(DIGEST, owner="ann"), keep(store), store.delete_owner("ann")):
        with pytest.raises(BackendError) as caught:
            await attempt
        assert caught.value.code == "NoSuchBucket"
        assert not caught.value.retryable


async def test_a_blob_that_could_not_be_deleted_is_an_error(world: World, bucket: str) -> None:
    client = world.client("s3")
    store = S3BlobStore(client, bucket)
    await keep(store)
    real = client.call

    async def refusing(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "delete_objects":
            return {"Errors": [{"Key": "key", "Code": "InternalError"}]}
        return await real(operation, **parameters)

    client.call = refusing  # type: ignore[method-assign]
    with pytest.raises(BackendError) as caught:
        await store.delete_owner("ann")
    assert (caught.value.code, caught.value.retryable) == ("InternalError", True)


async def test_an_order_comes_with_a_file_and_not_without(aws: World) -> None:
    store = S3BlobStore(aws.client("s3"), aws.bucket())
    address = await store.upload_address("0" * 64, size=1, owner="ann", name="a.pdf", order="signed")
    assert address.headers["x-amz-meta-order"] == "signed"
    bucket, key = store.place("0" * 64, owner="ann")
    assert await store.order(key) == ""
    aws.sdk("s3").put_object(Bucket=bucket, Key=key, Body=b"%PDF-1.7 and more", Metadata={"order": "signed"})
    assert (await store.order(key), await store.head("0" * 64, owner="ann", size=5)) == ("signed", b"%PDF-")
    with pytest.raises(BackendError, match="missing"):
        await store.head("1" * 64, owner="ann", size=5)
