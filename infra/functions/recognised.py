"""The Lambda function that Textract's topic calls when a file is done: it keeps the pages, and has them summarised."""

import asyncio
from collections.abc import Mapping
from typing import Any

from channels.drops.events import recognised
from infra.functions.dropping import close, desk
from infra.functions.starting import Started

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


def handler(event: Mapping[str, Any], context: object) -> dict[str, list[str]]:
    """Take notices of the topic. What is answered is for the log; an error has Lambda try again."""
    return {"outcomes": _runner.run(_finished(event))}


async def _finished(event: Mapping[str, Any]) -> list[str]:
    at = await _desk()
    return [await at.finish(place) for place in recognised(event)]


_desk = Started(desk, close)
