"""The channel: what was said becomes a message; answers are shown as they grow, what nobody saw is sent whole."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from channels.gateway.hall import Hall
from channels.gateway.jobs import JobProgresses
from channels.gateway.posting import GatewayPost
from channels.gateway.settings import GatewaySettings, gateway_settings
from channels.gateway.streaming import Pause, Stream
from channels.websocket.channel import Said
from channels.websocket.links import linked_reply
from channels.websocket.protocol import TurnBegan
from channels.websocket.views import new_view
from switchboard import BackendError, DeliveryFailed, Event, Limits, Message, MessageId, Receipt, Reply
from switchboard.assistant import Assistant
from switchboard.plugins import Setup
from switchboard.storage import Job

NAME = "gateway"
REMEMBERED = 1_000
"""Turns of which it is known that their ends were shown."""
NOBODY = "nobody is connected; the reply is shown when somebody comes back"

Stop = Callable[[], Awaitable[object]]


class GatewayChannel:
    """The web chat where a gateway holds the sockets.

    Replies are pushed: the outbox sends what was not shown while it was written, such as the result of a job. It sends
    the turn as a whole, so that it does not matter which of its events somebody has seen.
    """

    name = NAME

    def __init__(
        self, hall: Hall, settings: GatewaySettings, *, limits: Limits | None = None, pause: Pause = asyncio.sleep
    ) -> None:
        self.hall = hall
        self.limits = limits or Limits()
        self.settings = settings
        self._pause = pause
        self._streams: dict[tuple[str, MessageId], Stream] = {}
        self._seen: OrderedDict[tuple[str, MessageId], None] = OrderedDict()
        self._jobs = JobProgresses(hall, pause=pause)

    def parse(self, payload: Said) -> Sequence[Message]:
        """The one message of a message frame."""
        return (payload.message(push=True),)

    def render(self, reply: Reply) -> Sequence[Reply]:
        """The reply, whole: a frame of any size is sent in chunks."""
        return (reply,)

    async def send(self, message: Message, parts: Sequence[Reply], *, again: bool = False) -> Receipt:
        """Send the turn with its reply to every window, unless this process has shown its end to somebody."""
        key = (message.conversation.key, message.id)
        stream = self._streams.get(key)
        if stream is not None:
            await stream.over.wait()
        if key in self._seen or (stream is not None and stream.arrived):
            return Receipt(delivered=True, platform_id=message.id)
        reply = linked_reply(parts[-1], message.conversation)
        turn = replace(new_view(message), state="done", reply=reply)
        try:
            reach = await self.hall.tell(message.conversation, TurnBegan(turn=turn))
        except BackendError as error:
            raise DeliveryFailed(channel=NAME, why=str(error), retryable=error.retryable) from error
        if reach.reached:
            return Receipt(delivered=True, platform_id=message.id)
        if reach.nobody:
            return Receipt(delivered=False, why=NOBODY, kept=True)
        return Receipt(delivered=False, why="no window could be served", retry_after=0.0)

    @asynccontextmanager
    async def showing(self, message: Message, *, stop: Stop) -> AsyncIterator[Callable[[Event], None]]:
        """Show a turn while the block lasts. Gives what takes its events.

        Args:
            stop: Stops the turn, where nobody is there to read on and the settings say so.
        """

        async def nobody() -> None:
            if self.settings.when_gone == "stop" and not message.job:
                await stop()

        key = (message.conversation.key, message.id)
        stream = Stream(
            self.hall,
            message.conversation,
            message.id,
            pace=self.settings.pace_seconds,
            pause=self._pause,
            nobody=nobody,
        )
        self._streams[key] = stream
        task = asyncio.create_task(stream.run())
        try:
            yield stream.show
            if stream.ended:
                await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            stream.over.set()
            if self._streams.get(key) is stream:
                del self._streams[key]
            if stream.arrived:
                self._see(key)

    def show_job(self, assistant: Assistant, job: Job) -> None:
        """Show how far a job of this process is, until its result is there."""
        self._jobs.follow(assistant, job)

    async def close(self) -> None:
        """Show nothing more and let go of connections of our own."""
        await self._jobs.close()
        await self.hall.close()

    def _see(self, key: tuple[str, MessageId]) -> None:
        self._seen[key] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def channel(setup: Setup) -> GatewayChannel:
    """The channel as the settings want it; what the plug-in registry calls."""
    from stores import gateway_client, gateway_connections

    own, limits = gateway_settings(setup.settings), setup.settings.limits
    post = GatewayPost(lambda endpoint: gateway_client(setup, endpoint), endpoint=own.endpoint)
    hall = Hall(gateway_connections(setup), post)
    return GatewayChannel(hall, own, limits=Limits(text=limits.message_characters, upload=limits.upload_bytes))
