"""The web chat on a gateway that holds the sockets, such as API Gateway's: frames come one by one, to any process."""

from channels.gateway.channel import GatewayChannel, channel

__all__ = ["GatewayChannel", "channel"]
