"""Taking messages from a queue: each is offered, and held in the queue until its turn has ended, wherever that runs.

The queue hands out nothing of a conversation while an earlier message of it is held, so what is received here comes in
order; the inbox keeps it so. A worker that dies renews no hold: its messages come again, to another, whose offer finds
what is there: nothing, a turn whose lease runs out, or the reply. So nothing is answered twice, and nobody waits for
more than the longer of hold and lease.
"""

import asyncio
import logging
import math
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from agent import texts
from switchboard.assistant import Offer
from switchboard.boundary import attempt
from switchboard.errors import BadInput, Refused, SwitchboardError, TooMuch
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId
from switchboard.messages import Message
from switchboard.queues import Delivery, MessageQueue
from switchboard.settings import Settings

log = logging.getLogger("switchboard.agent")


class Answering(Protocol):
    """The part of a `switchboard.assistant.Assistant` that answers."""

    async def offer(self, message: Message) -> Offer:
        """See `switchboard.assistant.Assistant.offer`."""
        ...

    def events(self, conversation: Conversation, message_id: MessageId, *, after: int = 0) -> AsyncIterator[Event]:
        """See `switchboard.assistant.Assistant.events`."""
        ...


Refusal: TypeAlias = Callable[[Message, SwitchboardError], Awaitable[None]]

MOST_AT_ONCE = 10
"""Messages that are asked for at once."""
LONGEST_PAUSE = 300.0
BUSY_SECONDS = 5.0
"""After so many seconds a busy conversation may be free."""
SERVER_FAULT = 500
"""From this status on it is not the message that is wrong."""
GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was received of one conversation, in order.

    Attributes:
        held: Those of it that the queue is to keep from others.
    """

    deliveries: Sequence[Delivery]
    held: list[Delivery]


class Consuming:
    """Answers what is in a queue, conversations side by side.

    Args:
        refused: Tells the person that a message was not taken, and why. What it raises, or a process that dies after
            it, brings the message again.
        early: Whether a message is to leave the queue once the store has it. Then the next of its conversation comes
            while it is being answered, and can steer or interrupt it. The price is that its turn, if the process dies,
            waits until somebody recovers what is pending, or writes again.
        parallel: Most messages in hand.
        hold_seconds: For how long the queue keeps a message from others without a sign of life from here.
        wait_seconds: How long the queue is asked to wait for messages; closing takes as long.
        pause: What passes the time.
    """

    def __init__(
        self,
        queue: MessageQueue,
        assistant: Answering,
        *,
        refused: Refusal,
        early: Callable[[Message], bool] = lambda _: False,
        parallel: int = 16,
        hold_seconds: int = 60,
        wait_seconds: float = 5.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._queue = queue
        self._assistant = assistant
        self._refused = refused
        self._early = early
        self._parallel = parallel
        self._hold = hold_seconds
        self._wait = wait_seconds
        self._pause = pause
        self._lines: dict[asyncio.Task[None], Line] = {}
        self._closing = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take messages, until `close`."""
        self._loop = asyncio.create_task(self._consume())

    async def close(self, grace: float = GRACE_SECONDS) -> None:
        """Take nothing more; what is still in hand after so many seconds is given back to the queue."""
        self._closing.set()
        if self._loop is not None:
            await self._loop
        if self._lines:
            await asyncio.wait(self._lines, timeout=grace)
        left = dict(self._lines)
        await _cancelled(left)
        for line in left.values():
            await self._give_back(line.held, 0)

    async def handle(self, deliveries: Sequence[Delivery], *, seconds: float) -> list[Delivery]:
        """Answer what was delivered, by a queue that calls a function and removes what that has answered.

        Args:
            seconds: What time there is.

        Returns:
            Those that are to come again. They have been given back.
        """
        tasks = {asyncio.create_task(self._held(line)): line for line in lines(deliveries)}
        if tasks:
            await asyncio.wait(tasks, timeout=max(0.0, seconds))
        late = {task: line for task, line in tasks.items() if not task.done()}
        await _cancelled(late)
        again: list[Delivery] = []
        for task, line in tasks.items():
            if task in late:
                await self._give_back(line.held, 0)
                again += line.held
            elif (failed := task.result()) is None:
                again += line.held
            else:
                await self._give_back(failed)
                again += failed
        return again

    async def _consume(self) -> None:
        faults = 0
        while not self._closing.is_set():
            room = self._parallel - sum(len(line.deliveries) for line in self._lines.values())
            if room <= 0:
                await self._unless_closing(asyncio.wait(self._lines, return_when=asyncio.FIRST_COMPLETED))
                continue
            found = await attempt(
                self._queue.receive(limit=min(room, MOST_AT_ONCE), wait_seconds=self._wait, hold_seconds=self._hold)
            )
            if isinstance(found, Exception):
                faults += 1
                log.warning("the queue of messages does not answer: %s", found)
                await self._unless_closing(self._pause(_pause_after(faults)))
                continue
            faults = 0
            for line in lines(found):
                task = asyncio.create_task(self._serve(line))
                self._lines[task] = line
                task.add_done_callback(self._lines.pop)

    async def _unless_closing(self, waiting: Awaitable[object]) -> None:
        tasks = {asyncio.ensure_future(waiting), asyncio.create_task(self._closing.wait())}
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await _cancelled(tasks)

    async def _serve(self, line: Line) -> None:
        """See a line to its end, and tell the queue."""
        failed = await self._held(line)
        if failed is None:
            return
        ended = [delivery for delivery in line.held if delivery not in failed]
        left = await attempt(self._queue.done(ended)) if ended else []
        if left:
            why = left if isinstance(left, Exception) else f"{len(left)} are no longer held"
            log.warning("messages that were answered could not be removed from the queue, and come again: %s", why)
        await self._give_back(failed)

    async def _held(self, line: Line) -> list[Delivery] | None:
        """Answer a line while it is held. Returns what is to come again, ``None`` if others have the line by now."""
        answering, keeping = asyncio.create_task(self._answer(line)), asyncio.create_task(self._keep(line))
        try:
            await asyncio.wait({answering, keeping}, return_when=asyncio.FIRST_COMPLETED)
            return answering.result() if answering.done() else None
        finally:
            await _cancelled({answering, keeping})

    async def _keep(self, line: Line) -> None:
        """Hold deliveries for as long as it takes. Ends when one has passed into other hands."""
        while True:
            await self._pause(self._hold / 3)
            for delivery in list(line.held):
                held = await attempt(self._queue.extend(delivery, self._hold))
                if isinstance(held, Exception):
                    log.warning("a message could not be held for longer, will try again: %s", held)
                elif not held and delivery in line.held:
                    log.warning("a message came again elsewhere while it was being answered")
                    return

    async def _answer(self, line: Line) -> list[Delivery]:
        """Offer a conversation's messages in order and wait for the ends of their turns. Returns those that failed.

        Where one could not be offered, those behind it are not, or they would overtake it.
        """
        following: dict[asyncio.Task[Exception | None], Delivery] = {}
        failed: list[Delivery] = []
        for place, delivery in enumerate(line.deliveries):
            taken = await attempt(self._taken(delivery.message))
            if isinstance(taken, Exception):
                _report(delivery, taken)
                failed += line.deliveries[place:]
                break
            if taken:
                following[asyncio.create_task(attempt(self._ended(delivery.message)))] = delivery
                if self._early(delivery.message):
                    await self._let_go(line, delivery)
        try:
            for task, delivery in following.items():
                if isinstance(outcome := await task, Exception):
                    _report(delivery, outcome)
                    failed.append(delivery)
        finally:
            await _cancelled(following)
        return failed

    async def _let_go(self, line: Line, delivery: Delivery) -> None:
        """Take a message out of the queue before its turn has ended; where that fails, it is held as the others are."""
        line.held.remove(delivery)
        left = await attempt(self._queue.done([delivery]))
        if left:
            line.held.append(delivery)

    async def _taken(self, message: Message) -> bool:
        """Whether the message has a turn, or else the person knows why not."""
        try:
            offer = await self._assistant.offer(message)
            if offer.state == "rejected":
                raise TooMuch(texts.WAITING_FULL, retry_after=BUSY_SECONDS)
        except (BadInput, Refused) as error:
            if isinstance(error, BadInput) and error.status >= SERVER_FAULT:
                raise
            await self._refused(message, error)
            return False
        return True

    async def _ended(self, message: Message) -> None:
        """Wait for the end of a message's turn, whoever runs it; what was forgotten meanwhile has none."""
        try:
            async for _ in self._assistant.events(message.conversation, message.id):
                pass
        except BadInput:
            log.info("a conversation was forgotten while a message of it was being answered")

    async def _give_back(self, deliveries: Sequence[Delivery], seconds: int | None = None) -> None:
        """Let deliveries come again, by default the later the more often they came; else when the hold is over."""
        for delivery in deliveries:
            pause = math.ceil(_pause_after(delivery.attempts)) if seconds is None else seconds
            given = await attempt(self._queue.extend(delivery, pause))
            if isinstance(given, Exception):
                log.warning("a message could not be given back, and comes again later: %s", given)


def leaving_early(settings: Settings) -> Callable[[Message], bool]:
    """What `Consuming` takes for ``early``: messages on channels where the next may steer or interrupt them."""
    return lambda message: settings.turn.busy_for(message.conversation.channel) in ("steer", "interrupt")


def lines(deliveries: Sequence[Delivery]) -> list[Line]:
    """Deliveries by conversation, each in order."""
    found: dict[Conversation, list[Delivery]] = {}
    for delivery in deliveries:
        found.setdefault(delivery.message.conversation, []).append(delivery)
    return [Line(deliveries=tuple(line), held=line) for line in found.values()]


def _pause_after(attempts: int) -> float:
    """Seconds, doubled each time; some less, so that what failed together does not come together."""
    return random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, 2.0 ** min(attempts, 10))  # noqa: S311 - jitter


def _report(delivery: Delivery, error: Exception) -> None:
    known = isinstance(error, SwitchboardError)
    log.warning(
        "a message could not be answered at attempt %d and comes again (%s)",
        delivery.attempts,
        error if known else type(error).__name__,
        exc_info=None if known else error,
    )


async def _cancelled(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel what has not ended, and wait until it has let go."""
    pending = [task for task in tasks if not task.done()]
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
