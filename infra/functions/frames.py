"""The Lambda function of a WebSocket API's route ``$default``: takes a frame; others answer what it says."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from typing import Any

from channels.gateway.desk import Desk
from switchboard.boundary import attempt

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Take a frame. What is wrong with it is told to the client; the status is for API Gateway's log."""
    name = str(event["requestContext"]["connectionId"])
    text = None if event.get("isBase64Encoded") else str(event.get("body") or "")
    return {"statusCode": _runner.run(_taken(_desk(), name, text))}


def run(work: Callable[[Desk], Coroutine[Any, Any, None]]) -> dict[str, Any]:
    """Do other work at the same desk."""
    _runner.run(work(_desk()))
    return {"statusCode": 200}


async def _taken(desk: Desk, connection_id: str, text: str | None) -> int:
    outcome = await attempt(desk.take(connection_id, text))
    if not isinstance(outcome, Exception):
        return 200 if outcome else 410
    hall = desk.channel.hall
    connection = await hall.connections.get(connection_id, now=hall.clock())
    if connection is not None:
        await desk.apologise(connection, outcome)
    return 500


@cache
def _desk() -> Desk:
    from agent.front import Front
    from channels.gateway.desk import desk
    from switchboard.plugins import Setup
    from switchboard.settings import load

    setup = Setup(load())
    return desk(setup, Front(setup))
