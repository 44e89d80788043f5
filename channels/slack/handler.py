"""Slack's requests as calls of a Lambda function: verified, parsed, queued, answered, with nothing heavy imported.

A function is frozen once it has answered, so nothing is left for later: what Slack does not wait for, as a large file,
is done all the same while it asks again, and the queue takes each message once.
"""

import asyncio
import base64
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from channels.slack import texts
from channels.slack.desk import Desk
from channels.slack.incoming import Asked, Challenge
from channels.slack.parsing import Delivery, decode, read
from channels.slack.signing import is_signed
from switchboard import BadInput, SwitchboardError

log = logging.getLogger("switchboard.channels")


class LambdaHandler:
    """A handler for an HTTP API, a REST API or a function's address. ``desk`` is asked for the desk at each call."""

    def __init__(self, desk: Callable[[], Desk], *, now: Callable[[], float] = time.time) -> None:
        self._desk = desk
        self._now = now
        self._runner = asyncio.Runner()

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Answer one request."""
        desk = self._desk()
        try:
            body = _body(event)
        except ValueError:
            return _answer(400)
        named = event.get("headers")
        headers = {str(name).lower(): str(value) for name, value in (named if isinstance(named, dict) else {}).items()}
        secret = desk.channel.settings.signing_secret.get_secret_value()
        if not is_signed(headers, body, secret=secret, now=self._now()):
            return _answer(401)
        try:
            payload = decode(body, headers.get("content-type", ""))
            delivery = Delivery(payload=payload, received_at=self._now())
            told = read(delivery, desk.channel.settings, tenant=desk.channel.tenant)
        except BadInput as error:
            return _answer(error.status)
        if told is None or isinstance(told, Challenge):
            return _answer(200, told.text if told else "")
        try:
            return _whispered(self._runner.run(desk.take(told)))
        except SwitchboardError as error:
            log.warning("something from Slack was not taken: %s", error)
            return _answer(500) if isinstance(told, Asked) else _whispered(texts.UNAVAILABLE)


def _body(event: Mapping[str, Any]) -> bytes:
    """The bytes that were signed.

    Raises:
        ValueError: They are not what their encoding says.
    """
    body = event.get("body") or ""
    if not isinstance(body, str):
        raise ValueError("a body is text")
    return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()


def _whispered(text: str) -> dict[str, Any]:
    if not text:
        return _answer(200)
    return _answer(200, json.dumps({"response_type": "ephemeral", "text": text}), kind="application/json")


def _answer(status: int, text: str = "", *, kind: str = "text/plain; charset=utf-8") -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": kind}, "body": text}
