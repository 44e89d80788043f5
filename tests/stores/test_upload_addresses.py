"""Addresses to which one file can be sent: whoever has one can send that file to its owner, and nothing else."""

import base64
import hashlib
from collections.abc import AsyncIterator
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

from stores.aws import AwsClient
from stores.s3 import VALID, S3BlobStore
from switchboard.errors import BadInput
from switchboard.uploading import GivesAddresses, UploadAddress
from tests.aws import REGION, a_world

DATA = b"What is in the file."
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
async def store(ministack: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[S3BlobStore]:
    """On a server, as nothing can be sent to moto; with a key of which it knows what it signs with."""
    with a_world(ministack) as world:
        bucket = world.bucket()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        store = S3BlobStore(AwsClient("s3", region=REGION, endpoint=ministack), bucket, prefix="ours/")
        yield store
        await store.close()


async def address_of(store: S3BlobStore, name: str = "caf\u00e9.txt") -> UploadAddress:
    return await store.upload_address(DIGEST, size=len(DATA), owner="ann", name=name, media_type="text/plain")


def send(there: UploadAddress, data: bytes = DATA, **headers: str | None) -> int:
    """Send a file. Returns the status. A header of ``None`` is left out."""
    given = {name: value for name, value in {**there.headers, **headers}.items() if value is not None}
    try:
        with urlopen(Request(there.url, data, given, method="PUT")) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


async def test_what_was_sent_to_an_address_is_the_owners_blob(store: S3BlobStore) -> None:
    assert isinstance(store, GivesAddresses)
    assert send(await address_of(store)) == 200
    blob = await store.stat(DIGEST, owner="ann")
    assert blob is not None
    assert (blob.name, blob.media_type, blob.size) == ("caf\u00e9.txt", "text/plain", len(DATA))
    assert await store.read(DIGEST, owner="ann") == DATA
    assert await store.stat(DIGEST, owner="eve") is None


@pytest.mark.parametrize("data", [DATA.upper(), DATA * 1_000, b""], ids=["another", "larger", "empty"])
async def test_another_file_than_the_one_announced_is_not_taken(store: S3BlobStore, data: bytes) -> None:
    assert send(await address_of(store), data) in (400, 403)
    assert await store.stat(DIGEST, owner="ann") is None


@pytest.mark.parametrize("name", ["x-amz-checksum-sha256", "x-amz-meta-about"])
async def test_what_was_signed_can_be_neither_left_out_nor_changed(store: S3BlobStore, name: str) -> None:
    there = await address_of(store)
    for value in (None, there.headers[name][::-1]):
        assert send(there, DATA, **{name: value}) in (400, 403)
    assert await store.stat(DIGEST, owner="ann") is None


async def test_size_digest_and_name_are_signed_and_the_address_holds_for_minutes(store: S3BlobStore) -> None:
    there = await address_of(store)
    query = parse_qs(urlsplit(there.url).query)
    assert set(query["X-Amz-SignedHeaders"][0].split(";")) == {
        "content-length",
        "content-type",
        "host",
        "x-amz-checksum-sha256",
        "x-amz-meta-about",
    }
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == [str(VALID)]
    assert there.headers["x-amz-checksum-sha256"] == base64.b64encode(hashlib.sha256(DATA).digest()).decode()


async def test_a_name_that_is_far_too_long_is_refused(store: S3BlobStore) -> None:
    with pytest.raises(BadInput):
        await address_of(store, name="".join(chr(0x4E00 + n) for n in range(3_000)))
