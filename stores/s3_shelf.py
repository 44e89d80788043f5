"""Things under names in an S3 bucket, each on behalf of an owner: what is worked out once and shared by many machines.

    reading/<digest of the owner's name>/<name>

A rule of the bucket may expire what lies there: it can be worked out again.
"""

import hashlib
from collections.abc import Sequence

from stores.aws import AwsClient, AwsError
from switchboard.errors import BackendError

PAGE = 1_000
"""Objects that S3 lists, and deletes, at once."""
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_THERE = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


class S3Shelf:
    """Names and what lies under them.

    Args:
        prefix: Put before every key, so that installations can share a bucket.
    """

    def __init__(self, client: AwsClient, bucket: str, *, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def place(self, owner: str, name: str) -> tuple[str, str]:
        """The bucket, and the key in it, under which something lies."""
        return self._bucket, self._key(owner) + name

    async def get(self, owner: str, name: str) -> bytes | None:
        """What lies there."""
        key = self._key(owner) + name
        try:
            found: bytes = await self._client.run(
                "get_object", lambda client: client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            )
        except AwsError as error:
            if error.code in _MISSING:
                return None
            raise
        return found

    async def put(self, owner: str, name: str, body: bytes) -> None:
        """Put something there, instead of what there was."""
        await self._client.call("put_object", Bucket=self._bucket, Key=self._key(owner) + name, Body=body)

    async def add(self, owner: str, name: str, body: bytes) -> bool:
        """Put something there if nothing is. Returns whether it was put."""
        key = self._key(owner) + name
        try:
            await self._client.call("put_object", Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
        except AwsError as error:
            if error.code in _THERE:
                return False
            raise
        return True

    async def remove(self, owner: str, name: str) -> None:
        """Take away what lies there, if anything does."""
        await self._client.call("delete_object", Bucket=self._bucket, Key=self._key(owner) + name)

    async def clear(self, owner: str) -> Sequence[str]:
        """Take away everything of an owner. Returns the names. Safe to repeat, and to go on with."""
        start, names = self._key(owner), []
        place = {"Bucket": self._bucket, "Prefix": start, "MaxKeys": PAGE}
        while True:
            found = await self._client.call("list_objects_v2", **place)
            if keys := [entry["Key"] for entry in found.get("Contents", [])]:
                doomed = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
                answer = await self._client.call("delete_objects", Bucket=self._bucket, Delete=doomed)
                if errors := answer.get("Errors"):
                    code = str(errors[0].get("Code", "failed"))
                    raise BackendError(service="s3", operation="delete_objects", code=code, retryable=True)
                names += [key.removeprefix(start) for key in keys]
            if not found.get("IsTruncated"):
                return names
            place["ContinuationToken"] = found["NextContinuationToken"]

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    def _key(self, owner: str) -> str:
        whose = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._prefix}reading/{whose}/"
