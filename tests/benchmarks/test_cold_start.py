"""The benchmark of cold starts runs and compares; how fast a machine is, is not a test's business."""

import pytest

from benchmarks import cold_start


def test_a_first_reply_is_compared_with_a_function_that_makes_two_clients(capsys: pytest.CaptureFixture[str]) -> None:
    cold_start.main(2, warm_up=0)
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()] == ["milliseconds", "the", "a", "boto3", "ratio", "ratio"]
