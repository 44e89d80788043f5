"""Word files as PDF: by a program that works, fails or hangs, and by LibreOffice itself where it is installed."""

import shutil
import stat
from pathlib import Path

import pypdfium2
import pytest

from tests.tools.drafts.wordmaking import word_file
from tools.drafts.converting import PROGRAMS, program, to_pdf

SCRIPT = '#!/bin/sh\nfor last in "$@"; do :; done\nfolder=$(dirname "$last")\n'


def stand_in(folder: Path, body: str) -> str:
    """A program that is called as LibreOffice is."""
    made = folder / "soffice"
    made.write_text(SCRIPT + body)
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    return str(made)


def test_the_program_gets_a_copy_in_a_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    soffice = stand_in(
        tmp_path, f'cp "$last" "$folder/draft.pdf"; echo "$folder" > {tmp_path}/folder; env > {tmp_path}/env\n'
    )
    assert to_pdf(b"word", soffice) == b"word"
    assert not Path((tmp_path / "folder").read_text().strip()).exists()


def test_macros_are_off_links_are_not_followed_and_nothing_secret_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCHBOARD_SECRET", "s3cret")
    copied = f'cp "$folder/profile/user/registrymodifications.xcu" {tmp_path}/profile; env > {tmp_path}/env\n'
    to_pdf(b"word", stand_in(tmp_path, copied))
    profile = (tmp_path / "profile").read_text()
    assert '"DisableMacrosExecution" oor:op="fuse"><value>true<' in profile
    assert '"Link" oor:op="fuse"><value>0<' in profile
    assert "s3cret" not in (tmp_path / "env").read_text()


def test_a_program_that_fails_makes_no_pdf(tmp_path: Path) -> None:
    assert to_pdf(b"word", stand_in(tmp_path, "exit 1\n")) is None


def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    soffice = stand_in(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child; wait\n")
    assert to_pdf(b"word", soffice, seconds=0.5) is None
    child = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_without_the_program_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert program() is None


@pytest.mark.skipif(not any(map(shutil.which, PROGRAMS)), reason="LibreOffice is not installed")
def test_libreoffice_shows_text_header_and_footer(tmp_path: Path) -> None:
    soffice = program()
    assert soffice is not None
    data = to_pdf(word_file(tmp_path / "x.docx", ("Hello there",)).read_bytes(), soffice)
    assert data is not None
    opened = pypdfium2.PdfDocument(data)
    page = opened[0]
    assert "Hello there" in page.get_textpage().get_text_bounded()
    assert "only" in page.get_textpage().get_text_bounded()
    assert any(thing.type == 3 for thing in page.get_objects())
    opened.close()
