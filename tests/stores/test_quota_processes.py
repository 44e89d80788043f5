"""Several processes that count in one SQLite file give no more places than there are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

TAKER = """
from stores.sqlite import SqliteQuotaStore

async def main():
    wait_for_the_start()
    store, won = SqliteQuotaStore(Path(sys.argv[1])), 0
    for minute in range(5):
        now = 1_700_000_000.0 + 60 * minute
        for number in range(20):
            holder = f"{sys.argv[2]} {minute} {number}"
            won += await store.take("messages/t/ann", holder, most=30, now=now, until=now + 60) is None
        say(won)
        sys.stdin.readline()
    await store.close()
"""


async def test_processes_that_take_places_together_take_each_once(tmp_path: Path, start: Callable[..., Any]) -> None:
    takers = [start(TAKER, tmp_path / "quotas.sqlite", number) for number in range(3)]
    totals = []
    for _ in range(5):
        for taker in takers:
            taker.go()
        totals.append(sum(int(taker.lines(1)[0]) for taker in takers))
    for taker in takers:
        taker.go()
    assert totals == [30, 60, 90, 120, 150]
