"""The Lambda function that EventBridge calls when a file is in the bucket: it has it recognised, or summarised at once.

Its rule: source ``aws.s3``, detail type ``Object Created``, the bucket, and keys that begin with ``blobs/``. Files
without an order of ours are nobody's business here.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from channels.drops.events import created
from infra.functions.dropping import close, desk
from infra.functions.starting import Started

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    """Take a file. What is answered is for the log; an error has Lambda try again."""
    return {"outcome": _runner.run(_taken(event))}


async def _taken(event: Mapping[str, Any]) -> str:
    place = created(event)
    return "ignored" if place is None else await (await _desk()).take(place)


_desk = Started(desk, close)
