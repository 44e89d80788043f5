"""Times taken in turns, so that a machine that gets slower slows all sides alike, and what is said of them."""

import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import quantiles
from typing import TypeVar

T = TypeVar("T")


async def in_turns(sides: Sequence[Callable[[int], Awaitable[object]]], rounds: int, warm_up: int) -> list[list[float]]:
    """Milliseconds of each side's steps: A B, B A, A B, ... The first ``warm_up`` rounds are not counted."""
    taken: list[list[float]] = [[] for _ in sides]
    for number in range(warm_up + rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for side in order:
            took = await timed(sides[side], number)
            if number >= warm_up:
                taken[side].append(took)
    return taken


async def timed(step: Callable[[T], Awaitable[object]], argument: T) -> float:
    """Milliseconds of one step. Garbage of what ran before is not counted."""
    gc.collect(0)
    started = time.perf_counter()
    await step(argument)
    return (time.perf_counter() - started) * 1000


def p(taken: Sequence[float], percent: int) -> float:
    """A percentile."""
    return quantiles(taken, n=100, method="inclusive")[percent - 1]


def line(name: str, taken: Sequence[float]) -> str:
    """A row of a table: the name, p50 and p90 in milliseconds."""
    return f"{name:<44} {p(taken, 50):8.2f} {p(taken, 90):8.2f}"


HEADING = f"{'milliseconds':<44} {'p50':>8} {'p90':>8}"
