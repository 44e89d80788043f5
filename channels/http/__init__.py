"""HTTP for programs: REST with streams, and the calls of OpenAI's clients; importing it loads no server."""

from channels.http.channel import HttpChannel, channel

__all__ = ["HttpChannel", "channel"]
