"""The benchmark of acknowledgements runs and compares; how fast a machine is, is not a test's business."""

import pytest

from benchmarks import slack_ack


def test_acknowledgements_are_compared_with_those_of_a_handler_that_does_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    slack_ack.main(2, 4, warm_up=0)
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in said[1:]] == [
        *[["function,", "cold:"]] * 2,
        *[["function,", "warm:"]] * 2,
        *[["server,", "warm:"]] * 2,
    ]
