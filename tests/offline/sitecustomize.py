"""Put on the path of processes that run the documentation: they reach no other machine either."""

import socket
from ipaddress import ip_address
from typing import Any

_connect = socket.socket.connect


def _guarded(self: socket.socket, address: Any) -> None:
    if isinstance(address, tuple):
        host = "127.0.0.1" if address[0] in ("", "localhost") else address[0]
        if not ip_address(host).is_loopback:
            raise PermissionError(f"The documentation needs no network, but connects to {address!r}.")
    _connect(self, address)


socket.socket.connect = _guarded  # type: ignore[method-assign, assignment]
