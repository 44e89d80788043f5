"""The contract of blob stores, held by each of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.folder import FolderBlobStore
from stores.memory import MemoryBlobStore
from stores.s3 import S3BlobStore
from switchboard.storage import BlobStore
from switchboard.testing.blob_contract import BlobStoreContract
from tests.aws import World


class TestMemory(BlobStoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[BlobStore]:
        store = MemoryBlobStore()
        yield store
        await store.close()


class TestFolder(BlobStoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[BlobStore]:
        store = FolderBlobStore(tmp_path / "blobs")
        yield store
        await store.close()


class TestS3(BlobStoreContract):
    @pytest.fixture
    async def store(self, aws: World) -> AsyncIterator[BlobStore]:
        store = S3BlobStore(aws.client("s3"), aws.bucket())
        yield store
        await store.close()
