"""``switchboard doctor`` and its checks."""

import asyncio
import json
import shutil
import socket
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from switchboard.commands.checks import Line, bounded, configuration, kept, machine, parts
from switchboard.errors import BackendError, ConfigError
from switchboard.identity import Principal
from switchboard.plugins import Setup
from switchboard.settings import Settings, load
from tools.reading import tesseract


def levels(lines: Iterator[Line]) -> list[str]:
    return [line.level for line in lines]


class Library:
    """A retriever with a quality, a notice and nothing in it."""

    quality = "finds nothing, quickly"
    notices = ("The encoder is missing, so search goes by words alone.",)

    async def sources(self, *, principal: Principal) -> list[Any]:
        return []

    async def close(self) -> None: ...


def test_a_broken_settings_file_is_a_line_and_not_the_end(run: Any, tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text("profile = 3\n")
    outcome = run("doctor")
    assert outcome.code == 1
    assert "FAIL  settings: " in outcome.out
    assert "switchboard.toml, line 1" in outcome.out


def test_the_report_as_json_says_whether_all_is_well(run: Any, tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text("profile = 3\n")
    report = json.loads(run("doctor", "--json").out)
    assert report["ok"] is False
    assert {"name", "level", "text", "fix"} == set(report["lines"][0])


def test_a_check_that_hangs_does_not_hold_up_the_others() -> None:
    (line,) = bounded("drive", lambda: threading.Event().wait() and [], seconds=0.05)
    assert line.level == "fail"
    assert "did not end" in line.text


@pytest.mark.parametrize(
    ("error", "text", "fix"),
    [
        (ConfigError("It is wrong.", fix="Change it.", where="a.toml"), "a.toml: It is wrong.", "Change it."),
        (BackendError(service="s", operation="o", code="damaged"), "s.o failed: damaged", "Mend that"),
        (OSError(5, "I/O error"), "I/O error", "Mend that"),
        (ZeroDivisionError("x"), "ZeroDivisionError", "report this"),
    ],
)
def test_a_check_that_fails_is_a_line(error: Exception, text: str, fix: str) -> None:
    def check() -> list[Line]:
        raise error

    (line,) = bounded("check", check)
    assert line.level == "fail"
    assert text in line.text
    assert fix in line.fix


def test_versions_name_python_and_the_packages() -> None:
    text = " ".join(line.text for line in machine.versions())
    assert "Python 3." in text
    assert "pydantic 2." in text


def test_a_missing_package_comes_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "installed", lambda name: "" if name == "pydantic" else "1.0")
    missing = next(line for line in machine.versions() if line.level == "fail")
    assert missing.fix.endswith("install pydantic") or missing.fix.endswith(" pydantic")


def test_what_only_a_profile_needs_is_missed_only_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "installed", lambda name: "")
    monkeypatch.setattr(
        machine, "requires", lambda name: ['boto3>=1; extra == "aws"', 'slack-bolt>=1; extra == "slack"']
    )
    embedded, aws = list(machine.optional("embedded")), list(machine.optional("aws"))
    assert [line.level for line in embedded] == ["ok", "ok"]
    assert [line.level for line in aws] == ["fail", "ok"]
    assert "'boto3>=1'" in aws[0].fix


@pytest.mark.parametrize(("free", "level"), [(50_000_000, "fail"), (500_000_000, "warn"), (5_000_000_000, "ok")])
def test_little_room_is_told_before_there_is_none(
    free: int, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 0, free))  # type: ignore[attr-defined]
    assert levels(machine.disk(tmp_path / "not" / "there")) == [level]


def test_a_port_in_use_is_a_warning_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (line,) = machine.port("127.0.0.1", taken.getsockname()[1])
    assert line.level == "warn"
    assert "--port" in line.fix


def test_a_free_port_is_fine() -> None:
    assert levels(machine.port("127.0.0.1", 0)) == ["ok"]


def test_an_address_of_another_machine_fails() -> None:
    assert levels(machine.port("192.0.2.1", 0)) == ["fail"]


def test_variables_are_shown_but_secrets_are_not() -> None:
    environ = {"SWITCHBOARD_TENANT": "acme", "SWITCHBOARD_SLACK__SIGNING_SECRET": "hunter2", "OTHER": "x"}
    text = " ".join(line.text for line in configuration.configuration(Settings(), None, environ))
    assert "SWITCHBOARD_TENANT=acme" in text
    assert "hunter2" not in text
    assert "OTHER" not in text


def test_the_password_in_an_address_is_not_shown() -> None:
    shown = configuration.masked("SWITCHBOARD_BACKENDS__CHAT_MODEL", "openai-compatible:http://me:hunter2@host/v1#m")
    assert shown == "openai-compatible:http://••••••@host/v1#m"


def test_a_data_folder_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert levels(kept.writable(tmp_path)) == ["ok"]
    assert not list(tmp_path.iterdir())


def test_a_data_folder_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert levels(kept.writable(tmp_path)) == ["ok", "warn"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_data_folder_that_can_not_be_written_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (line,) = kept.writable(tmp_path / "file" / "folder")
    assert line.level == "fail"
    assert "--data-dir" in line.fix


def test_a_whole_database_is_fine_and_a_damaged_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    connection = sqlite3.connect(tmp_path / "sub" / "whole.sqlite")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    (tmp_path / "broken.sqlite").write_bytes(b"this is not a database" * 100)
    found = {line.text.partition(" ")[0]: line.level for line in kept.databases(tmp_path)}
    assert found == {"broken.sqlite": "fail", "sub/whole.sqlite": "ok"}


def test_a_database_that_is_too_large_to_check_is_not_called_damaged(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "large.sqlite")
    connection.execute("CREATE TABLE t (x)")
    connection.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(20_000)])
    connection.commit()
    connection.close()
    (line,) = kept.databases(tmp_path, seconds=-1)
    assert line.level == "ok"
    assert "too large" in line.text


def test_the_stores_databases_are_whole(tmp_path: Path) -> None:
    from stores.sqlite import SqliteConversationStore

    store = SqliteConversationStore(tmp_path / "switchboard.sqlite")
    assert levels(kept.databases(tmp_path)) == ["ok"]
    asyncio.run(store.close())


def test_no_database_yet_is_fine(tmp_path: Path) -> None:
    assert levels(kept.databases(tmp_path)) == ["ok"]


def test_an_empty_library_says_how_to_fill_it() -> None:
    setup = Setup(Settings(), given={"retriever": Library()})
    (line,) = kept.library(setup, Principal(id="ann"))
    assert (line.level, line.fix) == ("warn", "switchboard ingest FOLDER")


def test_a_backend_tells_its_quality_and_what_is_amiss() -> None:
    setup = Setup(Settings(), given={"retriever": Library()})
    lines = list(parts.backend(setup, "retriever"))
    assert lines[0].text == "embedded: finds nothing, quickly"
    assert (lines[1].level, lines[1].text) == ("warn", Library.notices[0])
    parts.close(setup)


def test_it_is_told_whether_scans_can_be_read_and_in_which_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = Setup(Settings())
    (line,) = parts.backend(setup, "reader")
    assert line.text.endswith("pictures and ZIP; scans in de, en")
    monkeypatch.setattr(tesseract, "engine", lambda: None)
    _, missing = parts.backend(setup, "reader")
    assert (missing.level, missing.text) == (
        "warn",
        "Scans and pictures are not recognised, as tesseract can't be run.",
    )
    parts.close(setup)


def test_a_missing_backend_is_told(tmp_path: Path) -> None:
    settings = load(None, {"SWITCHBOARD_BACKENDS__RETRIEVER": "nowhere"})
    (line,) = bounded("retriever", lambda: parts.backend(Setup(settings), "retriever"))
    assert line.level == "fail"
    assert "There is no retriever called 'nowhere'." in line.text


def test_the_packaged_models_are_whole() -> None:
    assert levels(parts.models()) == ["ok"]


def test_a_damaged_model_file_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.encoding import files

    monkeypatch.setattr(files, "VOCABULARY_SHA256", "0" * 64)
    (line,) = bounded("model files", parts.models)
    assert (line.level, line.text) == ("fail", "encoding: The model file vocab.txt is damaged.")
