"""Refusing a body that is still on its way: the answer arrives, and the rest is neither waited for nor taken in."""

import asyncio
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

LET_THROUGH = 1_000_000
"""Bytes."""
LINGER = 1.0
"""Seconds."""


class HangingUp(Response):
    """A response after which the connection ends.

    The server would otherwise read the rest of the body, however long, to get to the next request. A little of it is
    let through after the answer, because a connection that is cut while the client sends can take the answer with it.
    """

    def __init__(self, answer: Response, request: Request) -> None:
        super().__init__(answer.body, answer.status_code, {**answer.headers, "Connection": "close"})
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, linger, hang up."""

        async def lingering(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({**message, "more_body": True})
            with suppress(TimeoutError, ClientDisconnect):
                async with asyncio.timeout(LINGER):
                    await self._let_through()
            await send({"type": "http.response.body", "body": b""})

        await super().__call__(scope, receive, lingering)

    async def _let_through(self) -> None:
        passed = 0
        with suppress(RuntimeError):  # Starlette's word for a body that has been read to its end
            async for chunk in self._request.stream():
                passed += len(chunk)
                if passed > LET_THROUGH:
                    return
