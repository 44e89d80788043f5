"""Documents behind links, fetched where the settings allow it: by https, from public addresses, within size and time.

What a person or a model names is not to be trusted: a name is looked up once, every address that it has is checked, and
the connection goes to one of those, so that a name that answers differently the second time leads nowhere else. No
credential is sent, no proxy asked, and a redirect is checked as the link itself was.
"""

import asyncio
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from switchboard import Refused, ToolFailed
from tools.summaries import texts

REDIRECTS = 3
SECONDS = 30.0
"""For the whole of it."""
PIECE = 1 << 16
PORT = 443
HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that stand for one of the old kind, in their last four bytes."""

Resolve: TypeAlias = Callable[[str], Sequence[str]]
"""The addresses of a host."""
Dial: TypeAlias = Callable[[str, str, float], socket.socket]
"""A connection to an address, over TLS for the host of that name, with so many seconds for each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document from the web. ``name`` and ``media_type`` are as its server calls it, untrusted."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFetcher:
    """Fetches from the hosts that are allowed.

    Attributes:
        hosts: Names, in lower case; ``*.example.org`` stands for all below it.
        limit: Most bytes.
    """

    hosts: tuple[str, ...]
    limit: int
    resolve: Resolve
    dial: Dial

    async def fetch(self, link: str) -> Fetched:
        """The document behind an https link.

        Raises:
            Refused: Nothing may be fetched from there.
            ToolFailed: It is not there, is too large, or did not come in time.
        """
        return await asyncio.to_thread(self._fetch, link, time.monotonic() + SECONDS)

    def _fetch(self, link: str, deadline: float) -> Fetched:
        for _ in range(REDIRECTS + 1):
            parts = self._allowed(link)
            try:
                answer = self._get(parts, deadline)
            except (OSError, http.client.HTTPException) as error:
                raise ToolFailed(texts.not_fetched(parts.hostname or "", type(error).__name__)) from error
            if isinstance(answer, Fetched):
                return answer
            link = urljoin(link, answer)
        raise ToolFailed(texts.not_fetched(urlsplit(link).hostname or "", "it leads from one place to the next"))

    def _allowed(self, link: str) -> SplitResult:
        try:
            parts = urlsplit(link)
            plain = parts.scheme == "https" and parts.port in (None, PORT) and not parts.username and not parts.password
        except ValueError:
            raise Refused(texts.LINK_NOT_ALLOWED, policy="links") from None
        host = parts.hostname or ""
        if not plain or not any(_stands_for(pattern, host) for pattern in self.hosts):
            raise Refused(texts.LINK_NOT_ALLOWED, policy="links")
        return parts

    def _get(self, parts: SplitResult, deadline: float) -> Fetched | str:
        """The document, or whither it is redirected."""
        host = parts.hostname or ""
        address = _public(self.resolve(host))
        connection = http.client.HTTPConnection(host)
        connection.sock = line = self.dial(address, host, _left(deadline))
        try:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            connection.request("GET", path, headers={"Host": host, **HEADERS})
            response = connection.getresponse()
            if response.status in (301, 302, 303, 307, 308) and (whither := response.getheader("Location")):
                return whither
            if response.status != 200:
                raise ToolFailed(texts.not_fetched(host, f"its server says {response.status}"))
            if response.getheader("Content-Encoding", "identity").lower() != "identity":
                raise ToolFailed(texts.not_fetched(host, "it comes packed"))
            return Fetched(
                name=_name(parts),
                media_type=response.headers.get_content_type(),
                data=self._body(response, line, deadline),
            )
        finally:
            connection.close()

    def _body(self, response: http.client.HTTPResponse, line: socket.socket, deadline: float) -> bytes:
        announced, size = response.length or 0, 0
        pieces: list[bytes] = []
        while max(announced, size) <= self.limit:
            line.settimeout(_left(deadline))
            piece = response.read1(PIECE)
            if not piece and size < announced:
                raise http.client.IncompleteRead(b"", announced - size)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            size += len(piece)
        raise ToolFailed(texts.link_too_large(self.limit))


def addresses(host: str) -> Sequence[str]:
    """The addresses of a host, as the system knows them."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)]


def dialled(address: str, host: str, seconds: float) -> socket.socket:
    """A connection whose certificate was checked for the host's name."""
    line = socket.create_connection((address, PORT), timeout=seconds)
    return ssl.create_default_context().wrap_socket(line, server_hostname=host)


def _public(found: Sequence[str]) -> str:
    """One of the addresses, if all of them are out in the open.

    Raises:
        Refused: One of them is this machine's, of a network that is not public, or of no single machine.
    """
    if not found:
        raise OSError("no address")
    if not all(map(_is_public, found)):
        raise Refused(texts.LINK_NOT_ALLOWED, policy="links")
    return found[0]


def _is_public(address: str) -> bool:
    """Whether an address is one machine's in the public network; one that wraps another is both."""
    known = ipaddress.ip_address(address.partition("%")[0])
    inner: ipaddress.IPv4Address | None = None
    if isinstance(known, ipaddress.IPv6Address):
        inner = known.ipv4_mapped or known.sixtofour
        if known in NAT64:
            inner = ipaddress.IPv4Address(known.packed[-4:])
    return known.is_global and not known.is_multicast and (inner is None or _is_public(str(inner)))


def _stands_for(pattern: str, host: str) -> bool:
    return fnmatchcase(host, pattern) if pattern.startswith("*.") else host == pattern


def _name(parts: SplitResult) -> str:
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.hostname or ""


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
