"""The table of coverage per package."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def floors() -> ModuleType:
    path = Path(__file__).resolve().parent.parent / "scripts" / "coverage_floors.py"
    spec = importlib.util.spec_from_file_location("coverage_floors", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def summary(*, seen: int, total: int) -> dict[str, Any]:
    counts = {"covered_lines": seen, "num_statements": total, "covered_branches": 0, "num_branches": 0}
    return {"summary": counts}


def test_files_are_summed_by_package(floors: ModuleType) -> None:
    report = {"files": {"a/x.py": summary(seen=3, total=4), "a/b/y.py": summary(seen=1, total=4)}}
    assert floors.by_package(report)["a"].percent == 50.0


def test_branches_count_as_much_as_statements(floors: ModuleType) -> None:
    counts = {"covered_lines": 4, "num_statements": 4, "covered_branches": 0, "num_branches": 4}
    assert floors.by_package({"files": {"a/x.py": {"summary": counts}}})["a"].percent == 50.0


def test_a_package_without_code_is_covered(floors: ModuleType) -> None:
    assert floors.Coverage(seen=0, total=0).percent == 100.0


def test_a_package_at_its_floor_passes(floors: ModuleType) -> None:
    assert floors.below_floor({"a": floors.Coverage(seen=8, total=10)}, {"a": 80}) == []


def test_a_package_below_its_floor_fails(floors: ModuleType) -> None:
    assert floors.below_floor({"a": floors.Coverage(seen=7, total=10)}, {"a": 80}) == ["a"]


def test_a_package_without_a_floor_fails(floors: ModuleType) -> None:
    assert floors.below_floor({"a": floors.Coverage(seen=10, total=10)}, {}) == ["a"]


def test_a_floor_without_a_package_fails(floors: ModuleType) -> None:
    assert floors.below_floor({}, {"a": 80}) == ["a"]
