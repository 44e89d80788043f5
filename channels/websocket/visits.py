"""Cookies in and out: which visit a request belongs to, and the header that makes a browser keep it."""

from starlette.requests import HTTPConnection

from channels.websocket.guard import is_cross_site
from channels.websocket.identity import Visit, Visitors

KEPT = 60 * 60 * 24 * 365


class Visiting:
    """Reads and writes the one cookie."""

    def __init__(self, visitors: Visitors) -> None:
        self._visitors = visitors

    def visit(self, connection: HTTPConnection) -> Visit:
        """Who this is; somebody new if the browser holds no cookie of ours."""
        return self._visitors.read(connection.cookies.get(self._visitors.cookie_name)) or self._visitors.new()

    def cookie_headers(self, connection: HTTPConnection, visit: Visit) -> list[tuple[bytes, bytes]]:
        """The header that keeps the visit, unless the browser has it already.

        Scripts can't read the cookie. In a page of another site (its origin has passed the guard) a browser only sends
        it when it is for that site alone and the connection is encrypted; without encryption such a visit is not kept.
        """
        name = self._visitors.cookie_name
        if connection.cookies.get(name) == visit.cookie:
            return []
        encrypted = connection.url.scheme in ("https", "wss")
        reach = "SameSite=None; Partitioned" if encrypted and is_cross_site(connection.headers) else "SameSite=Lax"
        secure = "; Secure" if encrypted else ""
        value = f"{name}={visit.cookie}; Path=/; Max-Age={KEPT}; HttpOnly; {reach}{secure}"
        return [(b"set-cookie", value.encode("ascii"))]
