"""A long report in a terminal: attached, summarised as a job, opened at a page, asked about."""

from pathlib import Path
from typing import Any

from tests.long_files import report, town


def test_in_a_terminal_progress_is_shown_and_a_source_opens(terminal: Any, tmp_path: Path) -> None:
    plants = tmp_path / "plants.pdf"
    plants.write_bytes(report(100))
    with terminal(["-m", "switchboard", "chat", "--data-dir", str(tmp_path / "data")]) as chat:
        chat.wait_for("›")
        chat.type(f"/attach {plants}\r")
        chat.wait_for("plants.pdf")
        chat.wait_for("›")
        chat.type("Summarise this\r")
        chat.wait_for("Reading plants.pdf")
        chat.wait_for("takes a moment to summarise")
        chat.wait_for("key sentences, quoted")
        chat.wait_for("Sources")
        chat.type("/open 1\r")
        chat.wait_for("/opened/")
        chat.type(f"What does the manager of {town(73)} expect?\r")
        chat.wait_for("plants.pdf, page 73")
        chat.type("/quit\r")
        assert chat.exit_code() == 0
