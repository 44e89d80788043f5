"""The contract of blob stores, held by each of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stores.folder import FolderBlobStore
from stores.memory import MemoryBlobStore
from stores.s3 import S3BlobStore
from switchboard.storage import BlobStore
from switchboard.testing.blob_contract import BlobStoreContract
from tests.aws import a_world


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
    async def store(self) -> AsyncIterator[BlobStore]:
        with a_world() as world:
            store = S3BlobStore(world.client("s3"), world.bucket())
            yield store
            await store.close()
