"""``switchboard tools`` and ``switchboard channels``."""

import json
from pathlib import Path
from typing import Any

import pytest

from switchboard.commands.plugin_list import description


@pytest.mark.parametrize(("command", "name"), [("tools", "search_documents"), ("channels", "websocket")])
def test_what_is_installed_is_listed_with_its_origin(run: Any, command: str, name: str) -> None:
    outcome = run(command)
    assert outcome.code == 0
    assert f"{name}  (enabled, from switchboard-assistant " in outcome.out


def test_the_list_as_json_says_what_is_enabled(run: Any, tmp_path: Path) -> None:
    (tmp_path / "switchboard.toml").write_text('[channels]\nenabled = ["terminal"]\n')
    listed = {entry["name"]: entry for entry in json.loads(run("channels", "--json").out)}
    assert listed["terminal"]["enabled"]
    assert not listed["websocket"]["enabled"]
    assert set(listed["terminal"]) == {"name", "enabled", "origin", "target", "description"}


def test_a_plug_in_is_described_without_being_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = '"""A module."""\nraise SystemExit\ndef made(setup):\n    """Makes it.\n\n    More."""\ndef mute(): ...\n'
    (tmp_path / "some_plugin_of_a_stranger.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    assert description("some_plugin_of_a_stranger:made") == "Makes it."
    assert description("some_plugin_of_a_stranger:mute") == "A module."


@pytest.mark.parametrize("code", ["def broken(:", "\0"])
def test_a_broken_plug_in_is_listed_without_a_description(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_plugin_of_a_stranger.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    assert description("broken_plugin_of_a_stranger:made") == ""


@pytest.mark.parametrize("target", ["no_such_module_anywhere:x", "no.such.module:x", "sys:x"])
def test_a_missing_plug_in_is_listed_without_a_description(target: str) -> None:
    assert description(target) == ""
