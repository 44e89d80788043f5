"""The web chat: frames over a WebSocket, uploads and documents over HTTP; importing it loads no server."""

from channels.websocket.channel import Said, WebSocketChannel, channel

__all__ = ["Said", "WebSocketChannel", "channel"]
