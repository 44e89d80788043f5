"""``switchboard keys``: made once, listed without themselves, worthless once removed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from channels.http.keys import ApiKeys
from switchboard.__main__ import main


@pytest.fixture
def keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command on a data folder of its own; its exit code and what it prints."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["keys", "--data-dir", str(tmp_path), *arguments])
        return code, *capsys.readouterr()

    return run


def test_a_key_speaks_for_the_user_that_was_named(keys: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, out, _ = keys("add", "--as", "ann", "--group", "staff", "boss", "--label", "nightly")
    found = ApiKeys(tmp_path).principal_of(out.strip())
    assert (code, found and (found.id, found.groups)) == (0, ("ann", {"staff", "boss"}))


def test_keys_are_listed_without_what_proves_them(keys: Callable[..., tuple[int, str, str]]) -> None:
    assert keys("list")[1] == "There are no API keys. `switchboard keys add` makes one.\n"
    key = keys("add", "--as", "ann", "--label", "a\x1b[31mlabel")[1].strip()
    listed = keys("list")[1]
    assert "ann" in listed
    assert "\x1b" not in listed
    (entry,) = json.loads(keys("list", "--json")[1])
    assert entry["principal"] == "ann"
    assert entry["id"] in key
    assert set(entry) == {"id", "principal", "groups", "label", "created_at"}


def test_a_removed_key_is_gone_and_only_once(keys: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    key = keys("add", "--as", "ann")[1].strip()
    (entry,) = json.loads(keys("list", "--json")[1])
    assert keys("remove", entry["id"])[0] == 0
    assert ApiKeys(tmp_path).principal_of(key) is None
    code, _, problem = keys("remove", entry["id"])
    assert (code, "There is no API key" in problem) == (2, True)


def test_a_label_has_an_end(keys: Callable[..., tuple[int, str, str]]) -> None:
    assert keys("add", "--as", "ann", "--label", "x" * 101)[0] == 2
