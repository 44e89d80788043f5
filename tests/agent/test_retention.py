"""Retention by age: at the start and once a day, however a day went."""

import asyncio

import pytest

from agent.retention import DAY, keep_for
from switchboard import BackendError


async def test_it_forgets_at_the_start_and_once_a_day_and_a_bad_day_is_no_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[float] = []
    slept: list[float] = []
    now = 1_000_000.0

    async def forget_unused(before: float) -> int:
        asked.append(before)
        if len(asked) == 2:
            raise BackendError(service="conversations", operation="list_conversations", code="busy")
        return 1

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds
        if len(slept) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_for(2, forget_unused, clock=lambda: now, sleep=sleep)
    assert asked == [1_000_000.0 + (day - 2) * DAY for day in range(3)]
    assert slept == [DAY] * 3
    assert "will try again tomorrow" in caplog.text
