"""The doors of the MCP endpoint: the same callers as everywhere here, and no page of a foreign site."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.http import texts
from channels.http.house import House
from channels.http.problems import Unauthenticated
from channels.mcp.mount import PRINCIPAL
from switchboard import Refused

PATH = "/mcp"


class Doors:
    """Lets those in who have a credential. Whoever calls is told to the endpoint, for each request anew."""

    def __init__(self, house: House, endpoint: ASGIApp) -> None:
        self._house = house
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            Unauthenticated: Nobody vouches for the caller.
            Refused: A page of a site that is not among the settings' origins asks.
        """
        headers = Headers(scope=scope)
        if (origin := headers.get("origin")) is not None and origin not in self._house.settings.origins:
            raise Refused(texts.FOREIGN_ORIGIN, policy="origin")
        principal = await self._house.callers.principal_of(headers.get("authorization", ""))
        if principal is None:
            raise Unauthenticated
        await self._endpoint({**scope, PRINCIPAL: principal}, receive, send)
