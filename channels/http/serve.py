"""The HTTP channel put together from the settings, to be served on the port of the web chat."""

import importlib.util
import ipaddress
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from channels.drops.making import orders
from channels.http.app import build
from channels.http.callers import Callers
from channels.http.channel import channel
from channels.http.house import House
from channels.http.keys import ApiKeys
from channels.http.settings import http_settings
from channels.http.tickets import Tickets
from channels.mcp.mount import Endpoint
from channels.mcp.workshop import Workshop
from channels.tokens import Tokens
from channels.websocket.settings import WebSettings
from switchboard.assistant import Assistant

if TYPE_CHECKING:
    from switchboard.plugins import Setup


def api(setup: "Setup", assistant: Assistant, web: WebSettings, *, workshop: Workshop | None = None) -> ASGIApp | None:
    """The application, or ``None`` if the settings do not enable the channel.

    Args:
        workshop: For what MCP's clients call; without it they are not answered.

    Raises:
        ConfigError: The settings are wrong.
    """
    if not any(plugin.name == "http" and plugin.enabled for plugin in setup.installed("switchboard.channels")):
        return None
    settings = http_settings(setup.settings)
    local = is_loopback(web.host)
    return build(
        House(
            assistant=assistant,
            settings=settings,
            callers=Callers(
                keys=ApiKeys(setup.settings.data_dir),
                tokens=Tokens(settings.jwt, where="channels.http.jwt") if settings.jwt.on else None,
                owner_key=web.owner_key if local else "",
                owner=web.owner if local else None,
            ),
            tickets=Tickets(web.secret, tenant=web.tenant, seconds=settings.link_seconds),
            channel=channel(setup),
            library=setup.backend("retriever"),
            tools={tool.name: tool for tool in setup.tools},
            tenant=web.tenant,
            text_limit=web.text_limit,
            upload_limit=web.upload_limit,
            attachment_limit=web.attachment_limit,
            orders=orders(setup),
            patience=web.patience,
        ),
        _mcp(setup, workshop) if settings.mcp else None,
    )


def _mcp(setup: "Setup", workshop: Workshop | None) -> Endpoint | None:
    """The endpoint of MCP's clients, if its library is installed."""
    if workshop is None or importlib.util.find_spec("mcp") is None:
        return None
    return Endpoint(setup.tools, workshop)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on this host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
