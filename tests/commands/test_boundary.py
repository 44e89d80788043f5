"""What becomes of what goes wrong."""

import errno
import re
from pathlib import Path
from typing import Any

import pytest

from switchboard.commands import logs
from switchboard.commands.boundary import guarded
from switchboard.commands.context import Context
from switchboard.errors import BackendError, BadInput, ConfigError, Refused


def failing(error: BaseException) -> Any:
    def run() -> int:
        raise error

    return run


@pytest.fixture
def context(tmp_path: Path, calm_logging: None) -> Context:
    logs.start(tmp_path, verbose=False)
    return Context(folder=tmp_path)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("That is wrong."), 2),
        (ConfigError("That is set wrong.", fix="Change it."), 2),
        (BackendError(service="s", operation="o", code="c"), 1),
        (Refused("No.", policy="p"), 1),
        (ZeroDivisionError(), 1),
        (KeyboardInterrupt(), 130),
        (SystemExit(0), 0),
        (SystemExit(None), 0),
    ],
)
def test_each_kind_of_error_has_its_exit_code(context: Context, error: BaseException, code: int) -> None:
    assert guarded(failing(error), context) == code


def test_a_fault_of_ours_is_a_sentence_and_the_log_has_the_rest(
    context: Context, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    guarded(failing(ZeroDivisionError("secret detail")), context)
    told = capsys.readouterr().err
    number = re.search(r"incident ([0-9a-f]{8})", told)
    assert number
    assert "secret detail" not in told
    assert "Traceback" not in told
    log = (tmp_path / "logs" / "switchboard.log").read_text()
    assert f"incident {number[1]}" in log
    assert "secret detail" in log
    assert str(tmp_path / "logs" / "switchboard.log") in told


def test_errors_are_shown_in_full_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(failing(ZeroDivisionError("detail")), Context(verbose=True))
    assert "Traceback" in capsys.readouterr().err


def test_before_the_settings_are_known_nothing_is_logged_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(failing(ZeroDivisionError("detail")), Context())
    told = capsys.readouterr().err
    assert "-v shows the details" in told
    assert "detail)" not in told


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left"), BackendError(service="s", operation="o", code="full")]
)
def test_a_full_disk_is_called_that(context: Context, error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(failing(error), context) == 1
    assert "The disk is full." in capsys.readouterr().err


def test_the_log_is_for_its_owner_only(context: Context, tmp_path: Path) -> None:
    assert (tmp_path / "logs" / "switchboard.log").stat().st_mode & 0o077 == 0


def test_without_a_place_for_the_log_a_command_still_runs(tmp_path: Path, calm_logging: None) -> None:
    (tmp_path / "logs").write_text("in the way")
    logs.start(tmp_path, verbose=False)
