"""One message on its way: offered, followed to its end on a screen, confirmed; and what Ctrl-C does meanwhile."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from channels.terminal import texts
from channels.terminal.opened import Opened
from channels.terminal.screens import Screen
from switchboard import BadInput, Event, Message, Receipt, Reply, Status, fold
from switchboard.assistant import Assistant
from switchboard.events import ends_turn


class Left(Exception):
    """Ctrl-C was pressed a second time: the person wants to leave, not to wait for the stop."""


async def answer(assistant: Assistant, message: Message, screen: Screen, *, opened: Opened) -> Reply:
    """Have a message answered on a screen.

    Raises:
        BadInput: The message is not acceptable, or the conversation is busy and its policy is to say so.
        Left: The person did not want to wait.
        OSError: Nobody reads the output any more. The turn is stopped, and the assistant knows by the receipt.
    """
    try:
        with screen:
            events = await _follow(assistant, message, screen)
        reply = await opened.artifacts(fold(events), blobs=assistant.blobs, owner=message.conversation.key)
        screen.finish(reply)
    except OSError as error:
        await assistant.stop(message.conversation, message.id)
        await assistant.confirm(message, Receipt(delivered=False, why=f"standard output: {type(error).__name__}"))
        raise
    await assistant.confirm(message, Receipt(delivered=True, platform_id=message.id))
    return reply


async def _follow(assistant: Assistant, message: Message, screen: Screen) -> list[Event]:
    """The turn's events. The first Ctrl-C asks for a stop and waits for what there is; the second leaves."""
    me = asyncio.current_task()
    stops: list[asyncio.Task[bool]] = []
    left = False

    def interrupt() -> None:
        nonlocal left
        if stops and me:
            left = True
            me.cancel()
        else:
            stops.append(asyncio.ensure_future(assistant.stop(message.conversation, message.id)))
            screen.show(Status(text=texts.STOPPING))

    try:
        with on_interrupt(interrupt):
            events = await _events(assistant, message, screen)
            await asyncio.gather(*stops, return_exceptions=True)
            return events
    except asyncio.CancelledError:
        for stop in stops:
            stop.cancel()
        if not left or me is None:
            raise
        me.uncancel()
        raise Left from None


async def _events(assistant: Assistant, message: Message, screen: Screen) -> list[Event]:
    offer = await assistant.offer(message)
    if offer.state == "rejected":
        raise BadInput(texts.BUSY, status=409)
    if offer.state == "queued":
        screen.show(Status(text=texts.WAITING))
    events: list[Event] = []
    while True:
        seen = len(events)
        async for event in assistant.events(message.conversation, message.id, after=events[-1].seq if events else 0):
            events.append(event)
            screen.show(event)
        if len(events) == seen or ends_turn(events[-1]):
            return events
        await assistant.offer(message)  # the turn was handed over; it goes on with whoever takes it


@contextmanager
def on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C calls ``act`` in the event loop, and means again afterwards what it meant before."""
    loop = asyncio.get_running_loop()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: loop.call_soon_threadsafe(act))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)
