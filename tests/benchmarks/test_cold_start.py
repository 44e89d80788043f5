"""The benchmark of cold starts: all sides answer, and are compared; how fast a machine is, is not a test's business."""

from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cold_start
from benchmarks._lambda import ROOT


def test_each_side_gives_a_first_reply(tmp_path: Path) -> None:
    cold_start.write(tmp_path)
    (tmp_path / "runtime").mkdir()
    (tmp_path / "package").mkdir()
    installed = Path(str(distribution("boto3").locate_file("")))  # a package's contents, without the time to build it
    for each in (*installed.iterdir(), *(path for path in ROOT.iterdir() if (path / "__init__.py").exists())):
        (tmp_path / "package" / each.name).symlink_to(each)
    assert all(min(cold_start.first_reply(side, tmp_path)) > 0 for side in cold_start.SIDES)


def test_the_sides_are_compared_with_a_function_that_makes_two_clients(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = {"floor": (300.0, 100.0), "ours": (600.0, 150.0), "loaded": (750.0, 180.0), "plain": (1200.0, 400.0)}
    monkeypatch.setattr(cold_start, "first_reply", lambda side, folder: taken[side])
    monkeypatch.setattr(cold_start, "build", lambda folder, distributions: None)
    cold_start.main(2)
    said = capsys.readouterr().out.splitlines()
    table = ["the", "the", "a", "boto3", *["ratio"] * 3]
    assert [line.split()[0] for line in said] == ["time,", *table, "processor,", *table]
    ratios: dict[str, Any] = {"time": said[5:8], "processor": said[-3:]}
    assert all(ratio in line for ratio, line in zip(("2.00", "2.50", "4.00"), ratios["time"], strict=True))
    assert all(ratio in line for ratio, line in zip(("1.50", "1.80", "4.00"), ratios["processor"], strict=True))
