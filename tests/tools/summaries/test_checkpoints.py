"""Where a job keeps what it would go on from."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from stores.memory import MemoryBlobStore
from switchboard import BackendError, JobContext
from switchboard.testing.samples import a_conversation, a_job
from tools.summaries.checkpoints import PIECE, Checkpoint, load

HERE = a_conversation()


def context(saved: list[str], blobs: MemoryBlobStore) -> JobContext:
    async def progress(text: str = "", *, done: int = 0, total: int = 0, save: str | None = None) -> None:
        saved.append(save or "")

    return JobContext(
        job=replace(a_job("1"), conversation=HERE, saved=saved[-1] if saved else ""),
        arguments={},
        deadline=0.0,
        progress=progress,
        cancelled=cast("Any", None),
        blobs=blobs,
    )


@pytest.mark.parametrize("text", ["", "small", "x" * PIECE, "ü" * 30_000, "é" * 1_000_000])
async def test_what_is_kept_is_there_again_and_the_record_stays_small(text: str) -> None:
    saved: list[str] = []
    blobs = MemoryBlobStore()
    await Checkpoint(context=context(saved, blobs)).save(text)
    assert await load(saved[-1], blobs, HERE.key) == text
    assert await Checkpoint(context=context(saved, blobs)).load() == text
    assert len(saved[-1]) < 75_000


async def test_what_grows_leaves_no_older_copy_in_the_store() -> None:
    saved: list[str] = []
    blobs = MemoryBlobStore()
    first = Checkpoint(context=context(saved, blobs))
    for size in range(0, 90_000, 1_700):
        await first.save("".join(map(str, range(size))) + "}}")
    second = Checkpoint(context=context(saved, blobs))
    whole = await second.load() + "more" * 5_000
    await second.save(whole)
    assert await load(saved[-1], blobs, HERE.key) == whole
    assert await blobs.delete_owner(HERE.key) == len(json.loads(saved[-1])["blobs"]) == (len(whole) - 1_000) // PIECE


async def test_a_large_one_is_the_conversations_own_and_goes_with_it() -> None:
    saved: list[str] = []
    blobs = MemoryBlobStore()
    await Checkpoint(context=context(saved, blobs)).save("x" * 15_000)
    with pytest.raises(BackendError):
        await load(saved[-1], blobs, "somebody else")
    assert await blobs.delete_owner(HERE.key) == 1


async def test_where_nothing_was_kept_nothing_is_there() -> None:
    assert await load("", MemoryBlobStore(), HERE.key) == ""
