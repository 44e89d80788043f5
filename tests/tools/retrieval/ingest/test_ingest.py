import asyncio
import hashlib
import os
from dataclasses import replace

import pytest

from switchboard import BackendError
from tools.reading import tesseract
from tools.retrieval.ingest import LIBRARY, IngestProgress


async def test_a_folder_is_ingested_with_what_lies_in_its_folders(house, folder, counts):
    report = await house.ingest(folder)
    assert counts(report) == (2, 0, 0, 0, 0)
    assert report.pages == 2
    leave = house.shelf.by_name()["leave.md"]
    assert (leave.title, leave.media_type, leave.path) == (
        "Leave policy",
        "text/markdown",
        str(folder / "hr" / "leave.md"),
    )
    assert leave.attributes == {"_file_type": "MD"}


async def test_the_original_is_kept_for_the_library(house, folder):
    await house.ingest(folder)
    leave = house.shelf.by_name()["leave.md"]
    assert await house.blobs.read(leave.digest, owner=LIBRARY) == (folder / "hr" / "leave.md").read_bytes()


async def test_what_has_not_changed_is_not_read_again(house, folder, counts):
    await house.ingest(folder)
    report = await house.ingest(folder)
    assert counts(report) == (0, 0, 2, 0, 0)
    assert house.desk.names == []


async def test_a_file_that_was_only_touched_is_unchanged(house, folder):
    await house.ingest(folder)
    os.utime(folder / "prices.csv", (1, 1))
    assert (await house.ingest(folder)).unchanged == 2


async def test_a_file_whose_bytes_changed_is_read_again_and_only_it(house, folder, counts):
    await house.ingest(folder)
    (folder / "prices.csv").write_text("item,eur\nbeans,13\n")
    report = await house.ingest(folder)
    assert counts(report) == (0, 1, 1, 0, 0)
    assert house.desk.names == ["prices.csv"]


async def test_opening_the_library_does_not_read_it_again(house, folder):
    await house.ingest(folder)
    report = await house.ingest(folder, public=True)
    assert (report.changed, house.desk.names) == (2, [])
    assert all(source.access.public for source in house.shelf.held.values())


async def test_a_library_that_lost_a_documents_vectors_gets_it_again(house, folder):
    await house.ingest(folder)
    house.shelf.held = {key: replace(source, digest="") for key, source in house.shelf.held.items()}
    assert (await house.ingest(folder)).changed == 2
    assert sorted(house.desk.names) == ["leave.md", "prices.csv"]


async def test_an_original_that_was_lost_is_kept_again(house, folder):
    await house.ingest(folder)
    await house.blobs.delete_owner(LIBRARY)
    await house.ingest(folder)
    digest = hashlib.sha256((folder / "prices.csv").read_bytes()).hexdigest()
    assert await house.blobs.stat(digest, owner=LIBRARY) is not None


async def test_a_file_that_cannot_be_read_is_listed_and_the_others_go_on(house, folder, counts):
    (folder / "empty.pdf").write_bytes(b"")
    report = await house.ingest(folder)
    assert counts(report) == (2, 0, 0, 0, 1)
    assert (report.failed[0].path, report.failed[0].reason) == (str(folder / "empty.pdf"), "the file is empty")


async def test_a_document_that_became_unreadable_no_longer_answers(house, folder, counts):
    await house.ingest(folder)
    (folder / "prices.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    assert counts(await house.ingest(folder)) == (0, 0, 1, 1, 1)
    assert list(house.shelf.by_name()) == ["leave.md"]


async def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_time(house, folder):
    async def overwrite(source):
        source.write_text("item,eur\nbeans,99\n")

    house.desk.before = overwrite
    (problem,) = (await house.ingest(folder / "prices.csv")).failed
    assert "changed while it was being read" in problem.reason
    assert house.shelf.held == {}


async def test_no_more_files_are_open_at_a_time_than_are_useful(house, tmp_path):
    for number in range(20):
        (tmp_path / f"{number}.txt").write_text(f"text {number}")
    assert (await house.ingest(tmp_path)).added == 20
    assert house.desk.most <= house.desk.workers + 1


async def test_progress_begins_at_nothing_and_ends_at_everything(house, folder):
    await house.ingest(folder)
    assert house.progress[0] == IngestProgress(done=0, total=2)
    assert (house.progress[-1].done, house.progress[-1].total) == (2, 2)
    assert {step.name for step in house.progress[1:]} == {"prices.csv", "leave.md"}
    assert [step.done for step in house.progress] == sorted(step.done for step in house.progress)


async def test_scanned_pages_that_cannot_be_recognised_are_told_as_warnings(house, tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.setattr(tesseract, "engine", lambda: None)
    Image.new("RGB", (40, 40), "grey").save(tmp_path / "scan.pdf")
    report = await house.ingest(tmp_path)
    assert (report.added, report.warnings[0].path) == (1, str(tmp_path / "scan.pdf"))
    assert report.warnings[0].reason.startswith("Page 1 has no text")


async def test_a_library_that_fails_ends_the_ingest_with_its_error(house, folder):
    house.shelf.failure = BackendError(service="library", operation="put", code="full")
    with pytest.raises(BackendError, match="full"):
        await house.ingest(folder)


async def test_a_stopped_ingest_keeps_what_is_finished_and_goes_on_the_next_time(house, tmp_path):
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text(f"text {number}")
    running = asyncio.create_task(house.ingest(tmp_path))
    while len(house.shelf.held) < 3:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    finished = len(house.shelf.held)
    report = await house.ingest(tmp_path)
    assert (report.added, report.unchanged) == (9 - finished, finished)


async def test_nothing_to_ingest_is_no_error(house, counts):
    assert counts(await house.ingest()) == (0, 0, 0, 0, 0)
