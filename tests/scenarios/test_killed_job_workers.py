"""Jobs in three processes on one file, which are killed at random: each is done to its end, and told once."""

from pathlib import Path

import pytest

from tests.killing_jobs import assert_each_done_and_told_once, begin, kill_at_random


async def test_killed_workers_lose_no_job_and_tell_none_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # coverage of killed processes is not counted
    file, log = tmp_path / "switchboard.sqlite", tmp_path / "steps.log"
    jobs = await begin(file, 60, rooms=10)
    killed = kill_at_random(file, log, [job.id for job in jobs], kills=6, seed=7)
    await assert_each_done_and_told_once(file, log, jobs, killed)
