"""The web chat: frames over a WebSocket, uploads and documents over HTTP; importing it loads no server."""
