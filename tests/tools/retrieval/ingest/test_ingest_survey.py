import os
from pathlib import Path


async def test_files_that_vanished_are_removed_and_others_elsewhere_are_not(house, folder, tmp_path, counts):
    (tmp_path / "docs2").mkdir()
    (tmp_path / "docs2" / "other.txt").write_text("other")
    await house.ingest(folder, tmp_path / "docs2")
    (folder / "prices.csv").unlink()
    assert counts(await house.ingest(folder)) == (0, 0, 1, 1, 0)
    assert sorted(house.shelf.by_name()) == ["leave.md", "other.txt"]


async def test_a_folder_that_vanished_takes_its_documents_along(house, folder, counts):
    await house.ingest(folder)
    (folder / "hr" / "leave.md").unlink()
    (folder / "hr").rmdir()
    assert counts(await house.ingest(folder / "hr")) == (0, 0, 0, 1, 0)


async def test_one_file_may_be_named_and_its_neighbours_stay_as_they_are(house, folder, counts):
    await house.ingest(folder)
    (folder / "pric").write_text("its name begins like the other's")
    assert counts(await house.ingest(folder / "pric")) == (1, 0, 0, 0, 0)
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


async def test_hidden_files_and_lock_files_are_passed_over(house, folder, counts):
    (folder / ".git").mkdir()
    (folder / ".git" / "config.txt").write_text("x")
    (folder / ".DS_Store").write_text("x")
    (folder / "~$plan.docx").write_text("x")
    assert counts(await house.ingest(folder)) == (2, 0, 0, 0, 0)


async def test_links_in_a_folder_are_not_followed(house, folder, tmp_path, counts):
    (tmp_path / "secret.txt").write_text("not shared")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "more.txt").write_text("not shared")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path / "secrets")
    (folder / "again.csv").symlink_to(folder / "prices.csv")
    assert counts(await house.ingest(folder)) == (2, 0, 0, 0, 0)


async def test_a_link_that_is_named_itself_is_followed(house, folder, tmp_path):
    (tmp_path / "shortcut").symlink_to(folder)
    await house.ingest(tmp_path / "shortcut")
    assert {Path(source.path).parent for source in house.shelf.held.values()} == {folder, folder / "hr"}


async def test_something_that_is_no_file_is_not_opened(house, folder):
    os.mkfifo(folder / "pipe")
    (problem,) = (await house.ingest(folder)).failed
    assert problem.reason == "it is not a file"


async def test_a_name_that_is_not_text_is_listed_and_not_ingested(house, folder):
    os.close(os.open(os.fsencode(folder) + b"/bad\xff.txt", os.O_CREAT))
    (problem,) = (await house.ingest(folder)).failed
    assert "rename it" in problem.reason
    problem.path.encode()


async def test_documents_in_a_folder_that_cannot_be_listed_are_kept(house, folder, monkeypatch, counts):
    await house.ingest(folder)
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "hr":
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr("tools.retrieval.ingest_survey.os.scandir", refuse)
    report = await house.ingest(folder)
    assert counts(report) == (0, 0, 1, 0, 1)
    assert "permissions" in report.failed[0].reason
    assert "leave.md" in house.shelf.by_name()
