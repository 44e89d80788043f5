"""What a turn of the assistant costs beside the same graph run bare: ``python -m benchmarks.turn [rounds]``."""

import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks._sides import bare, ours
from benchmarks._timing import HEADING, in_turns, line, p

TURNS_PER_CONVERSATION = 10
MOST = 1.5


async def main(rounds: int) -> None:
    """Measure and print. Conversations are short, so that the bare side's growing checkpoint does not flatter ours."""
    with tempfile.TemporaryDirectory() as folder:
        async with ours(Path(folder)) as our_turn, bare(Path(folder)) as bare_turn:
            our_times, bare_times = await in_turns(
                [
                    lambda number: our_turn(f"room {number // TURNS_PER_CONVERSATION}"),
                    lambda number: bare_turn(f"room {number // TURNS_PER_CONVERSATION}"),
                ],
                rounds,
                warm_up=rounds // 10,
            )
    ratios = [p(our_times, percent) / p(bare_times, percent) for percent in (50, 90)]
    print(HEADING)
    print(line("a turn of the assistant", our_times))
    print(line("the same graph bare (AsyncSqliteSaver, exit)", bare_times))
    print(f"{'ratio':<44} {ratios[0]:8.2f} {ratios[1]:8.2f}   (p50 at most {MOST})")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
