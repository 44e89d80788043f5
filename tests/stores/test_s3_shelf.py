"""The shelf in a bucket: names of an owner, which nobody else has, and a first who may put."""

import pytest

from stores.s3_shelf import S3Shelf
from switchboard.errors import BackendError
from tests.aws import World

ANN, BOB = "ann", "bob"


@pytest.fixture
def shelf(aws: World) -> S3Shelf:
    return S3Shelf(aws.client("s3"), aws.bucket(), prefix="shared/")


async def test_what_was_put_is_there_for_its_owner_alone(shelf: S3Shelf) -> None:
    await shelf.put(ANN, "a/b", b"first")
    await shelf.put(ANN, "a/b", b"second")
    assert (await shelf.get(ANN, "a/b"), await shelf.get(BOB, "a/b"), await shelf.get(ANN, "a")) == (
        b"second",
        None,
        None,
    )


async def test_only_the_first_adds(shelf: S3Shelf) -> None:
    assert [await shelf.add(ANN, "a", body) for body in (b"first", b"second")] == [True, False]
    assert await shelf.get(ANN, "a") == b"first"


async def test_what_was_removed_is_gone_and_may_be_removed_again(shelf: S3Shelf) -> None:
    await shelf.put(ANN, "a", b"")
    await shelf.remove(ANN, "a")
    await shelf.remove(ANN, "a")
    assert await shelf.get(ANN, "a") is None


async def test_clearing_leaves_nothing_of_an_owner_and_all_of_others(
    shelf: S3Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stores.s3_shelf.PAGE", 2)
    for name in ("a", "b", "c"):
        await shelf.put(ANN, name, b"")
    await shelf.put(BOB, "a", b"")
    assert sorted(await shelf.clear(ANN)) == ["a", "b", "c"]
    assert (list(await shelf.clear(ANN)), await shelf.get(BOB, "a")) == ([], b"")


def test_a_service_is_told_where_something_lies(shelf: S3Shelf, aws: World) -> None:
    bucket, key = shelf.place(ANN, "a/file")
    assert key.startswith("shared/reading/")
    assert key.endswith("/a/file")
    assert bucket.startswith("bucket-")


async def test_what_goes_wrong_is_an_error_and_not_an_empty_shelf(aws: World) -> None:
    nowhere = S3Shelf(aws.client("s3"), "bucket-that-is-not-there")
    for asked in (nowhere.get(ANN, "a"), nowhere.add(ANN, "a", b""), nowhere.clear(ANN)):
        with pytest.raises(BackendError, match="NoSuchBucket"):
            await asked
