"""Amazon as the reader meets it: a bucket by moto, Textract by the fake, and clients that wait for nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stores.aws import AwsClient
from stores.s3 import S3BlobStore
from stores.s3_shelf import S3Shelf
from switchboard.storage import Blob
from switchboard.testing.aws import FakeAws, FakeTextract
from tests.aws import REGION, World
from tools.reading.pool import ReadingPool
from tools.reading.textract.reader import TextractReader
from tools.reading.textract.records import Records, Wanted
from tools.reading.textract.service import Textract

WANTED = Wanted(features=("LAYOUT", "TABLES"))


class Once(AwsClient):
    """A client that asks once and leaves what comes of it to whoever called."""

    def _made(self) -> Any:
        return _sdk(self._endpoint)


@cache
def _sdk(endpoint: str) -> Any:
    from stores.aws import sdk_client

    return sdk_client("textract", region=REGION, endpoint=endpoint, retries={"total_max_attempts": 1})


@dataclass
class Amazon:
    """A bucket and Textract.

    Attributes:
        waits: How long the reader has waited, each time.
    """

    world: World
    textract: FakeTextract
    aws: FakeAws
    bucket: str
    waits: list[float] = field(default_factory=list)

    @property
    def files(self) -> S3BlobStore:
        """The blob store in the bucket."""
        return S3BlobStore(self.world.client("s3"), self.bucket)

    @property
    def shelf(self) -> S3Shelf:
        """What the reader keeps."""
        return S3Shelf(self.world.client("s3"), self.bucket)

    def reader(
        self, pool: ReadingPool, *, wanted: Wanted = WANTED, layers: ReadingPool | None = None
    ) -> TextractReader:
        """A reader, as a process has it."""
        client = Once("textract", region=REGION, endpoint=self.aws.url)
        service = Textract(client, pause=self._pause, jitter=lambda: 1.0)
        records = Records(self.shelf, wanted=wanted)
        return TextractReader(service, self.files, records, pool, layers=layers, wanted=wanted)

    async def attach(self, data: bytes, *, owner: str, name: str = "a.pdf") -> Blob:
        """Put a file into the bucket, as one of a conversation."""

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        return await self.files.put(chunks(), owner=owner, name=name, limit=10_000_000)

    def names(self) -> list[str]:
        """The keys of what is in the bucket."""
        found = self.world.sdk("s3").list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [entry["Key"] for entry in found]

    def objects(self, bucket: str, key: str) -> bytes | None:
        """What is in a bucket."""
        s3 = self.world.sdk("s3")
        try:
            data: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except s3.exceptions.NoSuchKey:
            return None
        return data

    async def _pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def amazon(world: World, **options: Any) -> AsyncIterator[Amazon]:
    """Amazon for one test."""
    here: list[Amazon] = []
    textract = FakeTextract(objects=lambda bucket, key: here[0].objects(bucket, key), **options)
    with FakeAws(textract) as aws:
        here.append(Amazon(world=world, textract=textract, aws=aws, bucket=world.bucket()))
        yield here[0]
