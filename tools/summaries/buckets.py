"""Documents in S3, fetched by ``s3://`` links where the settings name the bucket, with the product's own rights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchboard import BackendError, Refused, ToolFailed
from tools.summaries import texts
from tools.summaries.fetching import Fetched

if TYPE_CHECKING:
    from stores.aws import AwsClient

SCHEME = "s3://"
_MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "AccessDenied", "404", "403"})
"""Not there, and not ours to see: the same to whoever asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFetcher:
    """Fetches from the buckets that are allowed.

    Attributes:
        limit: Most bytes.
        client: Gives the client of S3, made when the first link is followed.
    """

    buckets: frozenset[str]
    limit: int
    client: "Callable[[], AwsClient]"

    async def fetch(self, link: str) -> Fetched:
        """The document behind an ``s3://bucket/key`` link.

        Raises:
            Refused: Nothing may be fetched from that bucket.
            ToolFailed: It is not there, or is too large.
            BackendError: S3 did not answer.
        """
        bucket, _, key = link.removeprefix(SCHEME).partition("/")
        if bucket not in self.buckets or not key:
            raise Refused(texts.LINK_NOT_ALLOWED, policy="links")
        try:
            found: Fetched | None = await self.client().run("get_object", lambda s3: self._get(s3, bucket, key))
        except BackendError as error:
            if error.code in _MISSING:
                raise ToolFailed(texts.not_fetched(f"{SCHEME}{bucket}", "it is not there")) from error
            raise
        if found is None:
            raise ToolFailed(texts.link_too_large(self.limit))
        return found

    def _get(self, s3: Any, bucket: str, key: str) -> Fetched | None:
        """The object; ``None`` if it is too large."""
        answer = s3.get_object(Bucket=bucket, Key=key)
        with answer["Body"] as body:
            if answer["ContentLength"] > self.limit:
                return None
            data = body.read()
        return Fetched(name=key.rpartition("/")[2] or key, media_type=answer.get("ContentType", ""), data=data)
