"""The Lambda function of a WebSocket API's route ``$default``: takes a frame; others answer what it says."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from infra.functions.deferring import quick_start

with quick_start():
    from channels.gateway.desk import Desk
    from infra.functions.starting import Started
    from switchboard.assistant import Catalogue
    from switchboard.boundary import attempt
    from switchboard.identity import Principal
    from switchboard.settings import Settings

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Take a frame. What is wrong with it is told to the client; the status is for API Gateway's log."""
    name = str(event["requestContext"]["connectionId"])
    text = None if event.get("isBase64Encoded") else str(event.get("body") or "")
    return {"statusCode": _runner.run(_taken(name, text))}


def run(work: Callable[[Desk], Coroutine[Any, Any, None]]) -> dict[str, Any]:
    """Do other work at the same desk."""
    _runner.run(_done(work))
    return {"statusCode": 200}


async def _done(work: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
    await work(await _desk())


async def _taken(connection_id: str, text: str | None) -> int:
    desk = await _desk()
    outcome = await attempt(desk.take(connection_id, text))
    if not isinstance(outcome, Exception):
        return 200 if outcome else 410
    hall = desk.channel.hall
    connection = await hall.connections.get(connection_id, now=hall.clock())
    if connection is not None:
        await desk.apologise(connection, outcome)
    return 500


@quick_start()
def _made(settings: Settings) -> Desk:
    from agent.front import Front
    from channels.gateway.desk import desk
    from switchboard.plugins import Setup

    async def listing(principal: Principal) -> Catalogue:
        from agent.shelf import Shelf

        return await Shelf(unanswering).catalogue(principal)

    setup = Setup(settings)
    unanswering = Setup(settings, given={"chat_model": None})  # what it says of itself is not worth loading it
    return desk(setup, Front(setup), listing)


_desk = Started(_made, lambda desk: desk.channel.close())
