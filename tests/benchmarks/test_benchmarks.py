"""The benchmarks run and compare what they say; how fast a machine is, is not a test's business."""

from pathlib import Path

import pytest

from benchmarks import dynamodb, growth, stores, summaries, turn, websocket
from benchmarks._timing import in_turns, p


async def test_a_turn_is_compared_with_the_bare_graph(capsys: pytest.CaptureFixture[str]) -> None:
    await turn.main(3)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["milliseconds", "a", "the", "ratio"]


async def test_a_late_turn_is_compared_with_an_early_one(capsys: pytest.CaptureFixture[str]) -> None:
    await growth.main(4, sample=2)
    said = capsys.readouterr().out
    assert said.count("turn 10") == said.count("turn 4 ") == said.count(", ratio ") == 2


async def test_the_stores_are_compared_with_raw_transactions(capsys: pytest.CaptureFixture[str]) -> None:
    await stores.main(3)
    said = capsys.readouterr().out
    assert said.count("the same bytes, raw") == 2
    assert "beyond the floor" in said


async def test_requests_to_dynamodb_are_compared_with_langgraphs_saver(capsys: pytest.CaptureFixture[str]) -> None:
    await dynamodb.main(2, "")
    said = capsys.readouterr().out
    assert said.count("requests") == 6
    assert said.count("DynamoDBSaver") == 2


async def test_answers_over_sockets_are_counted_beside_idle_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "PEER", Path("not installed"))
    monkeypatch.setattr(websocket, "ROUNDS", 1)
    await websocket.main(0.2, sockets=2, idle=2)
    hint, heading, *lines = capsys.readouterr().out.splitlines()
    assert "scripts/peers.sh" in hint
    assert "answers/s" in heading
    assert [line.split(" ", 2)[:2] for line in lines] == [["ours,", "an"], ["ours,", "the"]]


async def test_a_report_is_timed_from_its_file_to_its_summary(capsys: pytest.CaptureFixture[str]) -> None:
    await summaries.main(2)
    said = capsys.readouterr().out
    assert said.count(" s, summarised in ") == 1
    assert "from the file to 6 sentences" in said


async def test_sides_take_turns_at_going_first_and_warm_up_uncounted() -> None:
    went: list[str] = []

    def side(name: str) -> object:
        async def step(number: int) -> None:
            went.append(f"{name}{number}")

        return step

    taken = await in_turns([side("a"), side("b")], 2, warm_up=1)
    assert went == ["a0", "b0", "b1", "a1", "a2", "b2"]
    assert [len(times) for times in taken] == [2, 2]


def test_percentiles_are_of_the_times() -> None:
    assert p([float(number) for number in range(101)], 90) == 90.0
