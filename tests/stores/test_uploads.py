"""The words in which an upload is refused for its size."""

from collections.abc import AsyncIterator

import pytest

from stores.uploads import within
from switchboard.errors import BadInput


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1_500_000, "1.5 MB"),
        (50_000_000, "50 MB"),
        (2_000_000_000, "2 GB"),
    ],
)
async def test_the_limit_is_said_in_round_units(limit: int, words: str) -> None:
    async def too_much() -> AsyncIterator[bytes]:
        yield bytes(min(limit, 2000) + 1)
        yield bytes(1 << 20)
        while True:
            yield BIG

    with pytest.raises(BadInput, match=f"larger than {words}"):
        async for _ in within(too_much(), limit):
            pass


BIG = bytes(100_000_000)
