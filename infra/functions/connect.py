"""The Lambda function of a WebSocket API's route ``$connect``: who may open a socket, remembered for the others."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from channels.gateway.opening import opened
from channels.gateway.settings import GatewaySettings, gateway_settings
from switchboard.connections import ConnectionStore
from switchboard.errors import Refused

log = logging.getLogger("switchboard.channels")

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""
STATUS = {"origin": 403, "ticket": 401}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a warm function has from the call before."""

    settings: GatewaySettings
    tenant: str
    connections: ConnectionStore


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Let a client in, or not. API Gateway opens the socket only if the status is 200."""
    kept = _kept()
    try:
        connection = opened(event, kept.settings, tenant=kept.tenant, now=time.time())
    except Refused as error:
        log.warning("a connection was refused by %s", error.policy)
        return {"statusCode": STATUS[error.policy]}
    _runner.run(kept.connections.add(connection))
    return {"statusCode": 200}


@cache
def _kept() -> Kept:
    from stores import gateway_connections
    from switchboard.plugins import Setup
    from switchboard.settings import load

    settings = load()
    return Kept(
        settings=gateway_settings(settings), tenant=settings.tenant, connections=gateway_connections(Setup(settings))
    )
