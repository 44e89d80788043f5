"""The Lambda function that a platform calls through API Gateway: it queues messages and answers at once.

``CHANNEL`` names the channel, such as ``slack``. The settings come from variables, as everywhere.
"""

import asyncio
import base64
import os
import time
from collections.abc import Mapping
from typing import Any

from infra.functions.deferring import quick_start

with quick_start():
    from channels.receiving import Posted, Received, Receiver
    from infra.functions.starting import Started
    from switchboard.settings import Settings

_runner = asyncio.Runner()
"""One event loop for as long as the function is kept warm."""


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Take in a request of an HTTP API (payload format 2.0)."""
    try:
        request = posted(event, time.time())
    except ValueError:
        return response(Received(status=400, text="The body is not what its encoding says."))
    return response(_runner.run(_received(request)))


async def _received(request: Posted) -> Received:
    return await (await _receiver()).receive(request)


def posted(event: Mapping[str, Any], now: float) -> Posted:
    """The request that an event describes.

    Raises:
        ValueError: The body is not what its encoding says.
    """
    body = event.get("body") or ""
    return Posted(
        path=str(event.get("rawPath", "/")),
        headers={name.lower(): str(value) for name, value in (event.get("headers") or {}).items()},
        body=base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode(),
        received_at=now,
    )


def response(received: Received) -> dict[str, Any]:
    """What API Gateway is to answer."""
    headers = {"content-type": "text/plain; charset=utf-8"}
    return {"statusCode": received.status, "headers": headers, "body": received.text}


@quick_start()
def _made(settings: Settings) -> Receiver[Posted]:
    from switchboard.plugins import Setup

    setup = Setup(settings)
    return Receiver(setup.channel(os.environ["CHANNEL"]), setup.backend("message_queue"))


_receiver = Started(_made, lambda receiver: receiver.close())
