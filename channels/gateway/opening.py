"""Whether a socket may be opened: its Origin, and the ticket or token it comes with. Closed unless both are right."""

from collections.abc import Mapping
from typing import Any

from channels.gateway.settings import GatewaySettings
from channels.gateway.tickets import check
from channels.tokens import Tokens
from switchboard import ConfigError, Principal, Refused
from switchboard.connections import Connection

LIFE = 7_200
"""Seconds after which API Gateway closes every socket."""
NO_TICKET = "This connection has no valid ticket. Reload the page."
WRONG_ORIGIN = "This site may not use the chat. Add its origin in the settings."


async def opened(
    event: Mapping[str, Any], settings: GatewaySettings, *, tenant: str, now: float, tokens: Tokens | None = None
) -> Connection:
    """The connection that an event of the route ``$connect`` asks for.

    A browser says in which site's page the socket is opened, and that site must be one of ours. Programs say nothing;
    they have to have a ticket or a token, as everybody, and carry nobody's cookies.

    Args:
        tokens: ``None`` where no tokens are believed.

    Raises:
        Refused: It may not be opened; ``policy`` is ``origin`` or ``ticket``.
        BackendError: A token can't be checked for now.
    """
    headers = {str(name).lower(): str(value) for name, value in _table(event, "headers").items()}
    origin = headers.get("origin")
    allowed = {each.rstrip("/").lower() for each in settings.origins}
    if origin is not None and origin.lower() not in allowed:
        raise Refused(WRONG_ORIGIN, policy="origin")
    key, shown = _key(settings), _shown(event, headers)
    principal = await _known(shown, tokens) if _is_token(shown) else check(key, shown, tenant=tenant, now=now)
    context = _table(event, "requestContext")
    name = str(context.get("connectionId", ""))
    if principal is None or not name:
        raise Refused(NO_TICKET, policy="ticket")
    endpoint = f"https://{context.get('domainName', '')}/{context.get('stage', '')}"
    return Connection(id=name, endpoint=endpoint, principal=principal, expires_at=now + LIFE)


def _shown(event: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """What a client has to show: a program's header, or what a page, which can add none, put into the address."""
    scheme, _, credential = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return credential.strip()
    return str(_table(event, "queryStringParameters").get("ticket", ""))


def _is_token(shown: str) -> bool:
    """Whether it can only be a JSON Web Token, which has three parts; a ticket has two."""
    return shown.count(".") == 2


async def _known(token: str, tokens: Tokens | None) -> Principal | None:
    return await tokens.principal_of(token) if tokens is not None and token.isascii() else None


def _key(settings: GatewaySettings) -> bytes:
    try:
        return settings.key
    except ConfigError:
        raise Refused(NO_TICKET, policy="ticket") from None


def _table(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = event.get(name)
    return found if isinstance(found, Mapping) else {}
