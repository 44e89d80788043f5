"""The settings' names lead to the stores that they say."""

from dataclasses import replace
from pathlib import Path

import pytest

from stores.folder import FolderBlobStore
from stores.job_queue import StoreJobQueue
from stores.memory import MemoryBlobStore, MemoryConversationStore, MemoryJobStore
from stores.queue import MemoryQueue
from stores.quotas import MemoryQuotaStore
from stores.sqlite import SqliteConversationStore, SqliteJobStore, SqliteQuotaStore
from switchboard.plugins import Setup
from switchboard.settings import Backends, Settings
from switchboard.testing.job_queue_contract import ids
from switchboard.testing.samples import a_job


@pytest.mark.parametrize(
    ("role", "name", "kind", "file"),
    [
        ("conversations", "sqlite", SqliteConversationStore, "switchboard.sqlite"),
        ("conversations", "memory", MemoryConversationStore, None),
        ("jobs", "sqlite", SqliteJobStore, "switchboard.sqlite"),
        ("jobs", "memory", MemoryJobStore, None),
        ("quotas", "sqlite", SqliteQuotaStore, "quotas.sqlite"),
        ("quotas", "memory", MemoryQuotaStore, None),
        ("message_queue", "memory", MemoryQueue, None),
        ("blobs", "folder", FolderBlobStore, "blobs"),
        ("blobs", "memory", MemoryBlobStore, None),
    ],
)
async def test_a_name_leads_to_its_store(tmp_path: Path, role: str, name: str, kind: type, file: str | None) -> None:
    settings = Settings(data_dir=tmp_path, backends=Backends(**{role: name}))
    store = Setup(settings).backend(role)
    assert type(store) is kind
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".sqlite-wal", ".sqlite-shm")] == (
        [file] if file else []
    )
    await store.close()


async def test_without_a_queue_of_their_own_jobs_are_found_in_their_store(tmp_path: Path) -> None:
    backends = Backends(jobs="memory", job_queue="store")
    setup = Setup(Settings(data_dir=tmp_path, backends=backends))
    queue = setup.backend("job_queue")
    assert type(queue) is StoreJobQueue
    await setup.backend("jobs").create(replace(a_job(), due_at=1.0))
    assert ids(await queue.receive()) == ["j0"]
