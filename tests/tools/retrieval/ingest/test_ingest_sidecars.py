import json
from pathlib import Path

from tools.retrieval.backend import Access


async def test_a_document_without_an_access_list_is_its_owners_only(house, folder):
    await house.ingest(folder)
    assert {source.access for source in house.shelf.held.values()} == {Access(users=frozenset({"ida"}))}


async def test_public_opens_documents_without_an_access_list_and_no_others(house, folder, describe, allow):
    describe(folder / "hr" / "leave.md", AccessControlList=allow("hr"))
    await house.ingest(folder, public=True)
    assert house.shelf.by_name()["prices.csv"].access == Access(public=True, users=frozenset({"ida"}))
    assert house.shelf.by_name()["leave.md"].access == Access(groups=frozenset({"hr"}))


async def test_a_changed_sidecar_is_taken_over_without_reading_the_document(house, folder, describe, allow, counts):
    await house.ingest(folder)
    describe(
        folder / "hr" / "leave.md", Title="Holidays", Attributes={"_category": "policy"}, AccessControlList=allow("hr")
    )
    report = await house.ingest(folder)
    assert counts(report) == (0, 1, 1, 0, 0)
    assert house.desk.names == []
    leave = house.shelf.by_name()["leave.md"]
    assert (leave.title, leave.access) == ("Holidays", Access(groups=frozenset({"hr"})))
    assert leave.attributes == {"_category": "policy", "_file_type": "MD", "_original_title": "Leave policy"}


async def test_a_sidecar_that_is_gone_gives_the_document_its_own_title_back(house, folder, describe):
    leave = folder / "hr" / "leave.md"
    describe(leave, Title="Holidays")
    await house.ingest(folder)
    leave.with_name("leave.md.metadata.json").unlink()
    await house.ingest(folder)
    assert house.desk.names == []
    assert house.shelf.by_name()["leave.md"].title == "Leave policy"


async def test_a_document_with_a_broken_sidecar_is_not_ingested(house, folder):
    (folder / "prices.csv.metadata.json").write_text("{")
    report = await house.ingest(folder, public=True)
    assert list(house.shelf.by_name()) == ["leave.md"]
    assert "line 1 is not valid JSON" in report.failed[0].reason


async def test_a_sidecar_that_breaks_takes_its_document_out_of_the_library(house, folder, counts):
    await house.ingest(folder, public=True)
    (folder / "prices.csv.metadata.json").write_text("{")
    assert counts(await house.ingest(folder, public=True)) == (0, 0, 1, 1, 1)


async def test_a_sidecar_without_the_documents_ending_does_not_leave_the_document_open(house, folder, allow):
    (folder / "prices.metadata.json").write_text(json.dumps({"AccessControlList": allow("finance")}))
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


async def test_a_sidecar_cannot_be_ingested_as_a_document(house, folder, describe):
    describe(folder / "prices.csv", Title="Prices")
    (problem,) = (await house.ingest(folder / "prices.csv.metadata.json")).failed
    assert "name the document instead" in problem.reason


async def test_a_document_id_survives_a_new_name(house, folder, describe):
    describe(folder / "prices.csv", DocumentId="price-list")
    await house.ingest(folder)
    before = house.shelf.by_name()["prices.csv"].id
    (folder / "prices.csv").rename(folder / "list.csv")
    (folder / "prices.csv.metadata.json").rename(folder / "list.csv.metadata.json")
    report = await house.ingest(folder)
    assert (report.changed, report.removed, house.desk.names) == (1, 0, [])
    assert house.shelf.by_name()["list.csv"].id == before


async def test_two_documents_cannot_share_a_document_id(house, folder, describe):
    describe(folder / "prices.csv", DocumentId="same")
    describe(folder / "hr" / "leave.md", DocumentId="same")
    report = await house.ingest(folder)
    assert report.added == 1
    assert "DocumentId" in report.failed[0].reason


async def test_a_document_id_means_nothing_in_another_folder(house, folder, tmp_path, describe):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    describe(folder / "prices.csv", DocumentId="same")
    describe(other / "mine.txt", DocumentId="same")
    await house.ingest(folder)
    await house.ingest(other)
    assert sorted(house.shelf.by_name()) == ["leave.md", "mine.txt", "prices.csv"]
