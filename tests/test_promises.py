"""What the page of promises says is tested is tested, and no race is left out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
RACES = 35


@cache
def named_in(path: str) -> frozenset[str]:
    """The names of the tests in a file: functions, and state machines, which are classes by another name."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(name for name in names if name.lower().startswith("test"))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_a_test_that_the_page_names_exists(path: str, name: str) -> None:
    assert name in named_in(path)


def test_every_name_of_a_test_can_be_followed() -> None:
    assert len(NAMED) == len(set(re.findall(r"`(tests/[^`]*)`", PAGE)))


def test_every_promise_names_its_limits_and_its_tests() -> None:
    promises = PAGE.partition("## Bad input")[0].split("\n## ")[1:]
    assert len(promises) > 10
    for promise in promises:
        assert "**Its limits.**" in promise, promise
        assert "- `tests/" in promise, promise


def test_every_race_is_held_by_a_test() -> None:
    rows = re.findall(r"^\| R(\d+) \| .+ \| `tests/\S+::test_\w+` \|$", PAGE, re.MULTILINE)
    assert rows == [str(number) for number in range(1, RACES + 1)]
