"""Where a job keeps what it would go on from."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from stores.memory import MemoryBlobStore
from switchboard import BackendError, JobContext
from switchboard.testing.samples import a_conversation, a_job
from tools.summaries import checkpoints

HERE = a_conversation()


def context(saved: list[str], blobs: MemoryBlobStore) -> JobContext:
    async def progress(text: str = "", *, done: int = 0, total: int = 0, save: str | None = None) -> None:
        saved.append(save or "")

    return JobContext(
        job=replace(a_job("1"), conversation=HERE),
        arguments={},
        deadline=0.0,
        progress=progress,
        cancelled=cast("Any", None),
        blobs=blobs,
    )


@pytest.mark.parametrize("text", ["", "small", "x" * checkpoints.INLINE, "ü" * checkpoints.INLINE, "x" * 1_000_000])
async def test_what_is_kept_is_there_again_and_the_record_stays_small(text: str) -> None:
    saved: list[str] = []
    blobs = MemoryBlobStore()
    await checkpoints.save(context(saved, blobs), text)
    assert await checkpoints.load(saved[-1], blobs, HERE.key) == text
    assert len(saved[-1]) < checkpoints.INLINE + 100


async def test_a_large_one_is_the_conversations_own_and_goes_with_it() -> None:
    saved: list[str] = []
    blobs = MemoryBlobStore()
    await checkpoints.save(context(saved, blobs), "x" * 1_000_000)
    assert list(json.loads(saved[-1])) == ["blob"]
    with pytest.raises(BackendError):
        await checkpoints.load(saved[-1], blobs, "somebody else")
    assert await blobs.delete_owner(HERE.key) == 1


async def test_where_nothing_was_kept_nothing_is_there() -> None:
    assert await checkpoints.load("", MemoryBlobStore(), HERE.key) == ""
