"""What a turn costs late in a long conversation: ``python -m benchmarks.growth [turns]``."""

import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks._sides import Turn, bare, ours
from benchmarks._timing import p, timed

EARLY = 10
SAMPLE = 40
"""How many late turns are timed, each beside an early turn of a conversation begun for it; medians are compared."""
MOST = 1.2


async def grow(turn: Turn, turns: int, sample: int) -> tuple[float, float]:
    """Milliseconds of turn ``EARLY`` and of turn ``turns``, taken alternately, so that both meet the same machine."""
    for _ in range(turns - sample // 2):
        await turn("long")
    early, late = [], []
    for number in range(sample):
        for _ in range(EARLY - 1):
            await turn(f"fresh {number}")
        early.append(await timed(turn, f"fresh {number}"))
        late.append(await timed(turn, "long"))
    return p(early, 50), p(late, 50)


async def main(turns: int, sample: int = SAMPLE) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with ours(Path(folder)) as our_turn, bare(Path(folder)) as bare_turn:
            for name, turn in (("the assistant", our_turn), ("the same graph bare", bare_turn)):
                early, late = await grow(turn, turns, sample)
                print(f"{name}: turn {EARLY} {early:.2f} ms, turn {turns} {late:.2f} ms, ratio {late / early:.2f}")
    print(f"(the assistant's ratio at most {MOST})")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
