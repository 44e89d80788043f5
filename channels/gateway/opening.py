"""Whether a socket may be opened: its Origin, and the ticket in its address. Pure; closed unless both are right."""

from collections.abc import Mapping
from typing import Any

from channels.gateway.settings import GatewaySettings
from channels.gateway.tickets import check
from switchboard import ConfigError, Refused
from switchboard.connections import Connection

LIFE = 7_200
"""Seconds after which API Gateway closes every socket."""
NO_TICKET = "This connection has no valid ticket. Reload the page."
WRONG_ORIGIN = "This site may not use the chat. Add its origin in the settings."


def opened(event: Mapping[str, Any], settings: GatewaySettings, *, tenant: str, now: float) -> Connection:
    """The connection that an event of the route ``$connect`` asks for.

    A browser says in which site's page the socket is opened, and that site must be one of ours. Programs say nothing;
    they have to have a ticket, as everybody, and carry nobody's cookies.

    Raises:
        Refused: It may not be opened; ``policy`` is ``origin`` or ``ticket``.
    """
    headers = {str(name).lower(): str(value) for name, value in _table(event, "headers").items()}
    origin = headers.get("origin")
    allowed = {each.rstrip("/").lower() for each in settings.origins}
    if origin is not None and origin.lower() not in allowed:
        raise Refused(WRONG_ORIGIN, policy="origin")
    ticket = _table(event, "queryStringParameters").get("ticket")
    principal = check(_key(settings), str(ticket), tenant=tenant, now=now) if ticket else None
    context = _table(event, "requestContext")
    name = str(context.get("connectionId", ""))
    if principal is None or not name:
        raise Refused(NO_TICKET, policy="ticket")
    endpoint = f"https://{context.get('domainName', '')}/{context.get('stage', '')}"
    return Connection(id=name, endpoint=endpoint, principal=principal, expires_at=now + LIFE)


def _key(settings: GatewaySettings) -> bytes:
    try:
        return settings.key
    except ConfigError:
        raise Refused(NO_TICKET, policy="ticket") from None


def _table(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, Mapping) else {}
