"""A fake of API Gateway's sending: texts to connections that a test holds; who is gone is told as Amazon tells it."""

from collections.abc import Callable

from switchboard.testing.aws.service import FakeService, Parameters, ServiceFault

LARGEST = 131_072
"""Bytes of a message."""


class FakeGateway(FakeService):
    """The gateway.

    Args:
        post: Gives a text to a connection; returns whether it is still there.
    """

    def __init__(self, post: Callable[[str, str], bool]) -> None:
        super().__init__("apigatewaymanagementapi", {"PostToConnection": self._post})
        self._send = post

    def _post(self, given: Parameters) -> Parameters:
        if len(given["Data"]) > LARGEST:
            raise ServiceFault("PayloadTooLargeException", "Message too long")
        if not self._send(given["ConnectionId"], given["Data"].decode()):
            raise ServiceFault("GoneException", "")
        return {}
