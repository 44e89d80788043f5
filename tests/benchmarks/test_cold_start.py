"""The benchmark of cold starts: all sides answer, and are compared; how fast a machine is, is not a test's business."""

from pathlib import Path

import pytest

from benchmarks import cold_start


def test_each_side_gives_a_first_reply(tmp_path: Path) -> None:
    cold_start.write(tmp_path)
    assert all(cold_start.first_reply(side, tmp_path) > 0 for side in cold_start.SIDES)


def test_the_sides_are_compared_with_a_function_that_makes_two_clients(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = {"floor": 300.0, "ours": 600.0, "loaded": 750.0, "plain": 1200.0}
    monkeypatch.setattr(cold_start, "first_reply", lambda side, folder: taken[side])
    cold_start.main(2)
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["milliseconds", "the", "the", "a", "boto3", *["ratio"] * 3]
    assert all(ratio in line for ratio, line in zip(("2.00", "2.50", "4.00"), said[-3:], strict=True))
