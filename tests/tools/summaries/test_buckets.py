"""Documents in S3, behind ``s3://`` links."""

import pytest

from switchboard import BackendError, Refused, ToolFailed
from tests.aws import World, a_world
from tools.summaries.buckets import BucketFetcher
from tools.summaries.fetching import Fetched


async def test_an_object_of_a_named_bucket_is_fetched_and_of_no_other(aws: World) -> None:
    bucket, other = aws.bucket(), aws.bucket()
    for place in (bucket, other):
        aws.sdk("s3").put_object(Bucket=place, Key="a/plan.pdf", Body=b"%PDF", ContentType="application/pdf")
    client = aws.client("s3")
    fetcher = BucketFetcher(buckets=frozenset({bucket}), limit=100, client=lambda: client)
    found = await fetcher.fetch(f"s3://{bucket}/a/plan.pdf")
    assert found == Fetched(name="plan.pdf", media_type="application/pdf", data=b"%PDF")
    for link in (f"s3://{other}/a/plan.pdf", f"s3://{bucket}", f"s3://{bucket}/", "s3://", f"s3://x@{bucket}/a"):
        with pytest.raises(Refused):
            await fetcher.fetch(link)
    with pytest.raises(ToolFailed, match="it is not there"):
        await fetcher.fetch(f"s3://{bucket}/a/other.pdf")
    await client.close()


async def test_an_object_that_is_too_large_is_not_loaded() -> None:
    with a_world() as aws:
        bucket, client = aws.bucket(), aws.client("s3")
        aws.sdk("s3").put_object(Bucket=bucket, Key="a", Body=b"x" * 101)
        fetcher = BucketFetcher(buckets=frozenset({bucket}), limit=100, client=lambda: client)
        with pytest.raises(ToolFailed, match="larger than"):
            await fetcher.fetch(f"s3://{bucket}/a")
        await client.close()


async def test_a_store_that_does_not_answer_is_a_failure_of_its_own() -> None:
    with a_world() as aws:
        client = aws.client("s3")
        await client.close()
        with pytest.raises(BackendError):
            await BucketFetcher(buckets=frozenset({"b"}), limit=1, client=lambda: client).fetch("s3://b/key")
