import asyncio
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from stores.memory import MemoryBlobStore
from switchboard import BackendError, Principal
from tools.reading import EmbeddedReader, ReadingLimits
from tools.retrieval.backend import Access
from tools.retrieval.ingest import LIBRARY, IngestProgress, ingest

IDA = Principal(id="ida", verified=True)


class Shelf:
    """A library in memory, with what ingest asks of one."""

    def __init__(self):
        self.held = {}
        self.puts = []
        self.failure = None

    async def put(self, source, document):
        if self.failure:
            raise self.failure
        self.puts.append(Path(source.path).name)
        self.held[source.id] = source
        return len(document.pages)

    async def describe(self, source):
        known = source.id in self.held
        if known:
            self.held[source.id] = source
        return known

    async def remove(self, document):
        return self.held.pop(document, None) is not None

    async def stored(self, prefix=""):
        return {key: source for key, source in self.held.items() if source.path.startswith(prefix)}

    def by_name(self):
        return {Path(source.path).name: source for source in self.held.values()}


class Desk:
    """Reads in this process; keeps count of what it read and of how much at the same time."""

    workers = 2

    def __init__(self):
        self.names = []
        self.now = self.most = 0
        self.before = None

    async def read(self, source, *, name):
        self.names.append(name)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        try:
            if self.before:
                await self.before(source)
            return EmbeddedReader().read(source, name=name, limits=ReadingLimits())
        finally:
            self.now -= 1


class House:
    def __init__(self):
        self.shelf, self.desk, self.blobs = Shelf(), Desk(), MemoryBlobStore()
        self.progress = []

    async def ingest(self, *paths, public=False, owner=IDA):
        self.desk.names.clear()
        return await ingest(
            [Path(path) for path in paths],
            library=self.shelf,
            blobs=self.blobs,
            pool=self.desk,
            owner=owner,
            public=public,
            progress=self.progress.append,
        )


@pytest.fixture
def house():
    return House()


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "docs"
    (top / "hr").mkdir(parents=True)
    (top / "prices.csv").write_text("item,eur\nbeans,12\n")
    (top / "hr" / "leave.md").write_text("# Leave policy\n\nEverybody has 28 days.\n")
    return top


def _describe(document, **members):
    document.with_name(document.name + ".metadata.json").write_text(json.dumps(members))


def _allow(*groups):
    return [{"Name": group, "Type": "GROUP", "Access": "ALLOW"} for group in groups]


def _counts(report):
    return (report.added, report.changed, report.unchanged, report.removed, len(report.failed))


async def test_a_folder_is_ingested_with_what_lies_in_its_folders(house, folder):
    report = await house.ingest(folder)
    assert _counts(report) == (2, 0, 0, 0, 0)
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


async def test_a_document_without_an_access_list_is_its_owners_only(house, folder):
    await house.ingest(folder)
    assert {source.access for source in house.shelf.held.values()} == {Access(users=frozenset({"ida"}))}


async def test_public_opens_documents_without_an_access_list_and_no_others(house, folder):
    _describe(folder / "hr" / "leave.md", AccessControlList=_allow("hr"))
    await house.ingest(folder, public=True)
    assert house.shelf.by_name()["prices.csv"].access == Access(public=True, users=frozenset({"ida"}))
    assert house.shelf.by_name()["leave.md"].access == Access(groups=frozenset({"hr"}))


async def test_what_has_not_changed_is_not_read_again(house, folder):
    await house.ingest(folder)
    report = await house.ingest(folder)
    assert _counts(report) == (0, 0, 2, 0, 0)
    assert house.desk.names == []


async def test_a_file_that_was_only_touched_is_unchanged(house, folder):
    await house.ingest(folder)
    os.utime(folder / "prices.csv", (1, 1))
    assert (await house.ingest(folder)).unchanged == 2


async def test_a_file_whose_bytes_changed_is_read_again_and_only_it(house, folder):
    await house.ingest(folder)
    (folder / "prices.csv").write_text("item,eur\nbeans,13\n")
    report = await house.ingest(folder)
    assert _counts(report) == (0, 1, 1, 0, 0)
    assert house.desk.names == ["prices.csv"]


async def test_a_changed_sidecar_is_taken_over_without_reading_the_document(house, folder):
    await house.ingest(folder)
    _describe(
        folder / "hr" / "leave.md", Title="Holidays", Attributes={"_category": "policy"}, AccessControlList=_allow("hr")
    )
    report = await house.ingest(folder)
    assert _counts(report) == (0, 1, 1, 0, 0)
    assert house.desk.names == []
    leave = house.shelf.by_name()["leave.md"]
    assert (leave.title, leave.access) == ("Holidays", Access(groups=frozenset({"hr"})))
    assert leave.attributes == {"_category": "policy", "_file_type": "MD", "_original_title": "Leave policy"}


async def test_a_sidecar_that_is_gone_gives_the_document_its_own_title_back(house, folder):
    leave = folder / "hr" / "leave.md"
    _describe(leave, Title="Holidays")
    await house.ingest(folder)
    leave.with_name("leave.md.metadata.json").unlink()
    await house.ingest(folder)
    assert house.desk.names == []
    assert house.shelf.by_name()["leave.md"].title == "Leave policy"


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


async def test_files_that_vanished_are_removed_and_others_elsewhere_are_not(house, folder, tmp_path):
    (tmp_path / "docs2").mkdir()
    (tmp_path / "docs2" / "other.txt").write_text("other")
    await house.ingest(folder, tmp_path / "docs2")
    (folder / "prices.csv").unlink()
    assert _counts(await house.ingest(folder)) == (0, 0, 1, 1, 0)
    assert sorted(house.shelf.by_name()) == ["leave.md", "other.txt"]


async def test_a_folder_that_vanished_takes_its_documents_along(house, folder):
    await house.ingest(folder)
    (folder / "hr" / "leave.md").unlink()
    (folder / "hr").rmdir()
    assert _counts(await house.ingest(folder / "hr")) == (0, 0, 0, 1, 0)


async def test_one_file_may_be_named_and_its_neighbours_stay_as_they_are(house, folder):
    await house.ingest(folder)
    (folder / "pric").write_text("its name begins like the other's")
    assert _counts(await house.ingest(folder / "pric")) == (1, 0, 0, 0, 0)
    assert len(house.shelf.held) == 3


async def test_a_file_named_twice_is_ingested_once(house, folder):
    assert (await house.ingest(folder, folder / "prices.csv", folder / "hr")).added == 2


async def test_a_name_that_means_nothing_says_so(house, tmp_path):
    (problem,) = (await house.ingest(tmp_path / "nowhere")).failed
    assert problem.path == str(tmp_path / "nowhere")
    assert problem.reason == "there is no file or folder of that name"


async def test_a_folder_without_documents_says_so(house, tmp_path):
    (tmp_path / ".hidden").write_text("x")
    (problem,) = (await house.ingest(tmp_path)).failed
    assert problem.reason.startswith("there is no document in this folder")


async def test_hidden_files_and_lock_files_are_passed_over(house, folder):
    (folder / ".git").mkdir()
    (folder / ".git" / "config.txt").write_text("x")
    (folder / ".DS_Store").write_text("x")
    (folder / "~$plan.docx").write_text("x")
    assert _counts(await house.ingest(folder)) == (2, 0, 0, 0, 0)


async def test_links_in_a_folder_are_not_followed(house, folder, tmp_path):
    (tmp_path / "secret.txt").write_text("not shared")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "more.txt").write_text("not shared")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path / "secrets")
    (folder / "again.csv").symlink_to(folder / "prices.csv")
    assert _counts(await house.ingest(folder)) == (2, 0, 0, 0, 0)


async def test_a_link_that_is_named_itself_is_followed(house, folder, tmp_path):
    (tmp_path / "shortcut").symlink_to(folder)
    await house.ingest(tmp_path / "shortcut")
    assert {Path(source.path).parent for source in house.shelf.held.values()} == {folder, folder / "hr"}


async def test_something_that_is_no_file_is_not_opened(house, folder):
    os.mkfifo(folder / "pipe")
    (problem,) = (await house.ingest(folder)).failed
    assert problem.reason == "it is not a file"


async def test_a_file_that_cannot_be_read_is_listed_and_the_others_go_on(house, folder):
    (folder / "empty.pdf").write_bytes(b"")
    report = await house.ingest(folder)
    assert _counts(report) == (2, 0, 0, 0, 1)
    assert (report.failed[0].path, report.failed[0].reason) == (str(folder / "empty.pdf"), "the file is empty")


async def test_a_document_that_became_unreadable_no_longer_answers(house, folder):
    await house.ingest(folder)
    (folder / "prices.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    assert _counts(await house.ingest(folder)) == (0, 0, 1, 1, 1)
    assert list(house.shelf.by_name()) == ["leave.md"]


async def test_a_document_with_a_broken_sidecar_is_not_ingested(house, folder):
    (folder / "prices.csv.metadata.json").write_text("{")
    report = await house.ingest(folder, public=True)
    assert list(house.shelf.by_name()) == ["leave.md"]
    assert "line 1 is not valid JSON" in report.failed[0].reason


async def test_a_sidecar_that_breaks_takes_its_document_out_of_the_library(house, folder):
    await house.ingest(folder, public=True)
    (folder / "prices.csv.metadata.json").write_text("{")
    assert _counts(await house.ingest(folder, public=True)) == (0, 0, 1, 1, 1)


async def test_a_sidecar_without_the_documents_ending_does_not_leave_the_document_open(house, folder):
    (folder / "prices.metadata.json").write_text(json.dumps({"AccessControlList": _allow("finance")}))
    report = await house.ingest(folder, public=True)
    assert list(house.shelf.by_name()) == ["leave.md"]
    reasons = {Path(problem.path).name: problem.reason for problem in report.failed}
    assert reasons["prices.csv"] == "its sidecar is misnamed; it must be prices.csv.metadata.json"
    assert "there is no document of that name" in reasons["prices.metadata.json"]


async def test_a_sidecar_that_is_a_broken_link_keeps_its_document_closed(house, folder):
    (folder / "prices.csv.metadata.json").symlink_to(folder / "nowhere")
    report = await house.ingest(folder, public=True)
    assert "can't be opened" in report.failed[0].reason
    assert list(house.shelf.by_name()) == ["leave.md"]


async def test_a_sidecar_cannot_be_ingested_as_a_document(house, folder):
    _describe(folder / "prices.csv", Title="Prices")
    (problem,) = (await house.ingest(folder / "prices.csv.metadata.json")).failed
    assert "name the document instead" in problem.reason


async def test_a_document_id_survives_a_new_name(house, folder):
    _describe(folder / "prices.csv", DocumentId="price-list")
    await house.ingest(folder)
    before = house.shelf.by_name()["prices.csv"].id
    (folder / "prices.csv").rename(folder / "list.csv")
    (folder / "prices.csv.metadata.json").rename(folder / "list.csv.metadata.json")
    report = await house.ingest(folder)
    assert (report.changed, report.removed, house.desk.names) == (1, 0, [])
    assert house.shelf.by_name()["list.csv"].id == before


async def test_two_documents_cannot_share_a_document_id(house, folder):
    _describe(folder / "prices.csv", DocumentId="same")
    _describe(folder / "hr" / "leave.md", DocumentId="same")
    report = await house.ingest(folder)
    assert report.added == 1
    assert "DocumentId" in report.failed[0].reason


async def test_a_document_id_means_nothing_in_another_folder(house, folder, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    _describe(folder / "prices.csv", DocumentId="same")
    _describe(other / "mine.txt", DocumentId="same")
    await house.ingest(folder)
    await house.ingest(other)
    assert sorted(house.shelf.by_name()) == ["leave.md", "mine.txt", "prices.csv"]


async def test_a_name_that_is_not_text_is_listed_and_not_ingested(house, folder):
    os.close(os.open(os.fsencode(folder) + b"/bad\xff.txt", os.O_CREAT))
    (problem,) = (await house.ingest(folder)).failed
    assert "rename it" in problem.reason
    problem.path.encode()


async def test_documents_in_a_folder_that_cannot_be_listed_are_kept(house, folder, monkeypatch):
    await house.ingest(folder)
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "hr":
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr("tools.retrieval.ingest_survey.os.scandir", refuse)
    report = await house.ingest(folder)
    assert _counts(report) == (0, 0, 1, 0, 1)
    assert "permissions" in report.failed[0].reason
    assert "leave.md" in house.shelf.by_name()


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
    assert house.desk.most <= Desk.workers + 1


async def test_progress_begins_at_nothing_and_ends_at_everything(house, folder):
    await house.ingest(folder)
    assert house.progress[0] == IngestProgress(done=0, total=2)
    assert (house.progress[-1].done, house.progress[-1].total) == (2, 2)
    assert {step.name for step in house.progress[1:]} == {"prices.csv", "leave.md"}
    assert [step.done for step in house.progress] == sorted(step.done for step in house.progress)


async def test_scanned_pages_are_told_as_warnings(house, tmp_path):
    from PIL import Image

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


async def test_nothing_to_ingest_is_no_error(house):
    assert _counts(await house.ingest()) == (0, 0, 0, 0, 0)
