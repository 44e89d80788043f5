"""The Lambda function of a WebSocket API's route ``$disconnect``, which is called when a socket has closed, mostly."""

from collections.abc import Mapping
from typing import Any

from infra.functions import frames


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Forget a connection. Where this is never called, sending finds out, or the entry expires."""
    return frames.run(lambda desk: desk.leave(str(event["requestContext"]["connectionId"])))
