"""The Lambda function of a WebSocket API's route ``$connect``: who may open a socket, remembered for the others."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.functions.deferring import quick_start

with quick_start():
    from channels.gateway.opening import opened
    from channels.gateway.settings import GatewaySettings, gateway_settings
    from channels.tokens import Tokens
    from infra.functions.starting import Started
    from switchboard.connections import ConnectionStore
    from switchboard.errors import BackendError, Refused
    from switchboard.settings import Settings

log = logging.getLogger("switchboard.channels")

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""
STATUS = {"origin": 403, "ticket": 401}
TAKEN, UNAVAILABLE = 200, 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a warm function has from the call before."""

    settings: GatewaySettings
    tenant: str
    connections: ConnectionStore
    tokens: Tokens | None


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Let a client in, or not. API Gateway opens the socket only if the status is 200."""
    return {"statusCode": _runner.run(_opened(event))}


async def _opened(event: Mapping[str, Any]) -> int:
    kept = await _kept()
    try:
        connection = await opened(event, kept.settings, tenant=kept.tenant, now=time.time(), tokens=kept.tokens)
    except Refused as error:
        log.warning("a connection was refused by %s", error.policy)
        return STATUS[error.policy]
    except BackendError as error:
        log.warning("it could not be checked who opens a connection: %s", error)
        return UNAVAILABLE
    await kept.connections.add(connection)
    return TAKEN


@quick_start()
def _made(settings: Settings) -> Kept:
    from stores import gateway_connections
    from switchboard.plugins import Setup

    own = gateway_settings(settings)
    return Kept(
        settings=own,
        tenant=settings.tenant,
        connections=gateway_connections(Setup(settings)),
        tokens=Tokens(own.jwt, where="channels.gateway.jwt") if own.jwt.on else None,
    )


_kept = Started(_made, lambda kept: kept.connections.close())
