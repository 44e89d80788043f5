"""Blobs in an S3 bucket: bytes under their owner and their own digest.

    blobs/<digest of the owner's name>/<SHA-256 of the bytes>     the bytes; how the owner calls them is metadata
    incoming/<random>                                             a large upload on its way, then copied to its place

Each owner has bytes of its own, even where two hold the same: the right to bytes and the bytes are one object, which S3
writes and removes whole, so there is no moment in which one is there without the other, and nobody's deletion touches
another's upload. That costs the space of files that are in two conversations, and saves a second service on each call.
A bucket's lifecycle rules should abort unfinished uploads and expire what lies under ``incoming/``.
"""

import base64
import hashlib
import json
import re
import secrets
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from stores.aws import AwsClient, AwsError
from stores.uploads import within
from switchboard.errors import BackendError, BadInput
from switchboard.storage import Blob
from switchboard.uploading import UploadAddress

PART = 8 << 20
"""Bytes held in memory of an upload: what is smaller is one request, what is larger comes in parts of this size."""
LARGEST = 5 << 30
"""The most that S3 copies at once."""
MOST_METADATA = 1_900
"""Bytes, of S3's 2 kB for all metadata."""
OCTETS = "application/octet-stream"
VALID = 300
"""Seconds for which an address that was given out takes its file."""
PAGE = 1_000
"""Objects that S3 lists, and deletes, at once."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class S3BlobStore:
    """A `BlobStore` in an S3 bucket.

    Args:
        prefix: Put before every key, so that installations can share a bucket.
    """

    def __init__(self, client: AwsClient, bucket: str, *, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    async def put(
        self, chunks: AsyncIterator[bytes], *, owner: str, name: str = "", media_type: str = "", limit: int
    ) -> Blob:
        """See `BlobStore.put`. A name of thousands of characters that can't be shortened is refused (status 400)."""
        media_type = media_type or OCTETS
        metadata = _metadata(name, media_type)
        upload = _Upload(self._client, self._bucket, f"{self._prefix}incoming/{secrets.token_hex(16)}")
        try:
            async for chunk in within(chunks, min(limit, LARGEST)):
                await upload.add(chunk)
            await upload.finish(self._key(owner, upload.digest), metadata)
        finally:
            await upload.discard()
        owners = frozenset({owner})
        return Blob(digest=upload.digest, size=upload.size, media_type=media_type, name=name, owners=owners)

    async def upload_address(
        self, digest: str, *, size: int, owner: str, name: str = "", media_type: str = "", order: str = ""
    ) -> UploadAddress:
        """See `switchboard.uploading.GivesAddresses`. S3 holds the file to what is signed: size, digest and name."""
        metadata = _metadata(name, media_type or OCTETS, order)
        checksum = base64.b64encode(bytes.fromhex(digest)).decode()
        signed: dict[str, Any] = {"Bucket": self._bucket, "Key": self._key(owner, digest), "ContentType": OCTETS}
        signed |= {"ContentLength": size, "ChecksumSHA256": checksum, "Metadata": metadata}
        url = await self._client.run(
            "put_object", lambda client: client.generate_presigned_url("put_object", Params=signed, ExpiresIn=VALID)
        )
        named = {f"x-amz-meta-{key}": value for key, value in metadata.items()}
        return UploadAddress(url=url, headers={"Content-Type": OCTETS, "x-amz-checksum-sha256": checksum, **named})

    async def stat(self, digest: str, *, owner: str) -> Blob | None:
        """See `BlobStore.stat`."""
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            found = await self._client.call("head_object", Bucket=self._bucket, Key=self._key(owner, digest))
        except AwsError as error:
            if error.code in _MISSING:
                return None
            raise
        name, media_type = _described(found.get("Metadata", {}))
        owners = frozenset({owner})
        return Blob(digest=digest, size=found["ContentLength"], media_type=media_type, name=name, owners=owners)

    async def read(self, digest: str, *, owner: str) -> bytes:
        """See `BlobStore.read`. Bytes that no longer have their digest are not given out: ``code`` is ``damaged``."""
        missing = BackendError(service="blobs", operation="read", code="missing")
        if not _DIGEST.fullmatch(digest):
            raise missing
        key = self._key(owner, digest)
        try:
            data: bytes = await self._client.run(
                "get_object", lambda client: client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            )
        except AwsError as error:
            if error.code in _MISSING:
                raise missing from None
            raise
        if hashlib.sha256(data).hexdigest() != digest:
            raise BackendError(service="blobs", operation="read", code="damaged")
        return data

    def place(self, digest: str, *, owner: str) -> tuple[str, str]:
        """The bucket and the key of an owner's bytes, for services that read there; whether or not they are there."""
        return self._bucket, self._key(owner, digest)

    async def order(self, key: str) -> str:
        """What came with a file as the name of its order; empty if none did, or there is no such file."""
        try:
            found = await self._client.call("head_object", Bucket=self._bucket, Key=key)
        except AwsError as error:
            if error.code in _MISSING:
                return ""
            raise
        return str(found.get("Metadata", {}).get("order", ""))

    async def head(self, digest: str, *, owner: str, size: int) -> bytes:
        """The first bytes of an owner's file; see `BlobStore.read`, but for its digest, which only the whole has."""
        bucket, key = self.place(digest, owner=owner)
        part = f"bytes=0-{size - 1}"
        try:
            data: bytes = await self._client.run(
                "get_object", lambda client: client.get_object(Bucket=bucket, Key=key, Range=part)["Body"].read()
            )
        except AwsError as error:
            if error.code in _MISSING:
                raise BackendError(service="blobs", operation="read", code="missing") from None
            raise
        return data

    async def delete_owner(self, owner: str) -> int:
        """See `BlobStore.delete_owner`. Safe to repeat, and to go on with where it was broken off."""
        count = 0
        place = {"Bucket": self._bucket, "Prefix": self._key(owner, ""), "MaxKeys": PAGE}
        while True:
            found = await self._client.call("list_objects_v2", **place)
            if keys := [{"Key": entry["Key"]} for entry in found.get("Contents", [])]:
                doomed = {"Objects": keys, "Quiet": True}
                answer = await self._client.call("delete_objects", Bucket=self._bucket, Delete=doomed)
                if errors := answer.get("Errors"):
                    code = str(errors[0].get("Code", "failed"))
                    raise BackendError(service="s3", operation="delete_objects", code=code, retryable=True)
                count += len(keys)
            if not found.get("IsTruncated"):
                return count
            place["ContinuationToken"] = found["NextContinuationToken"]

    async def close(self) -> None:
        """See `BlobStore.close`."""
        await self._client.close()

    def _key(self, owner: str, digest: str) -> str:
        whose = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._prefix}blobs/{whose}/{digest}"


class _Upload:
    """Bytes on their way: one request if they are few, otherwise parts at a place of their own until all are there."""

    def __init__(self, client: AwsClient, bucket: str, incoming: str) -> None:
        self.size = 0
        self._client = client
        self._bucket = bucket
        self._incoming: dict[str, Any] = {"Bucket": bucket, "Key": incoming}
        self._upload_id = ""
        self._parts: list[dict[str, Any]] = []
        self._gathered = bytearray()
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    async def add(self, data: bytes) -> None:
        self.size += len(data)
        self._hash.update(data)
        self._gathered += data
        while len(self._gathered) >= PART:
            await self._send(bytes(self._gathered[:PART]))
            del self._gathered[:PART]

    async def finish(self, key: str, metadata: dict[str, str]) -> None:
        """Put what came where it belongs; nothing is left to discard then."""
        kept = {"Bucket": self._bucket, "Key": key, "Metadata": metadata, "ContentType": OCTETS}
        if not self._upload_id:
            digest = base64.b64encode(self._hash.digest()).decode()
            await self._client.call("put_object", Body=bytes(self._gathered), ChecksumSHA256=digest, **kept)
            return
        if self._gathered:
            await self._send(bytes(self._gathered))
        parts = {"Parts": self._parts}
        await self._client.call(
            "complete_multipart_upload", UploadId=self._upload_id, MultipartUpload=parts, **self._incoming
        )
        await self._client.call("copy_object", CopySource=self._incoming, MetadataDirective="REPLACE", **kept)
        await self._client.call("delete_object", **self._incoming)
        self._upload_id = ""

    async def discard(self) -> None:
        """Remove what was not finished, as far as the service lets us; the bucket's rules remove the rest."""
        if self._upload_id:
            with suppress(BackendError):
                await self._client.call("abort_multipart_upload", UploadId=self._upload_id, **self._incoming)
            with suppress(BackendError):
                await self._client.call("delete_object", **self._incoming)

    async def _send(self, data: bytes) -> None:
        if not self._upload_id:
            begun = await self._client.call("create_multipart_upload", **self._incoming)
            self._upload_id = begun["UploadId"]
        number = len(self._parts) + 1
        sent = await self._client.call(
            "upload_part", UploadId=self._upload_id, PartNumber=number, Body=data, **self._incoming
        )
        self._parts.append({"ETag": sent["ETag"], "PartNumber": number})


def _metadata(name: str, media_type: str, order: str = "") -> dict[str, str]:
    """What an owner calls the bytes, in the ASCII that headers can carry."""
    about = base64.b64encode(zlib.compress(json.dumps([name, media_type]).encode())).decode()
    if len(about) + len(order) > MOST_METADATA:
        raise BadInput("That file's name is too long. Please shorten it and send the file again.")
    return {"about": about, "order": order} if order else {"about": about}


def _described(metadata: dict[str, str]) -> tuple[str, str]:
    """The name and media type of bytes that were put there; plain ones for bytes that somebody else put there."""
    try:
        name, media_type = json.loads(zlib.decompress(base64.b64decode(metadata["about"])))
    except (KeyError, ValueError, zlib.error):
        return "", OCTETS
    return str(name), str(media_type)
