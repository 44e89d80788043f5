"""A call of the function on its way to its answer: what is due from earlier, the turn, and what of it fits.

A call waits for at most 30 seconds. The message's deadline is a little before that: a turn that will not make it goes
on as a job, and its last event says so in time. A message that still waits for its turn by then is told the same here.
Either way the result goes with the answer to whatever the person says next; see `channels.lex.due`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from channels.lex import texts
from channels.lex.channel import Heard, Invocation, LexChannel
from channels.lex.composing import Section, compose, late_section
from channels.lex.dialog import Ask, Step, next_step
from channels.lex.due import GRACE_SECONDS, due
from channels.lex.limits import FULFILMENT_SECONDS
from channels.lex.naming import recognised
from channels.lex.rendering import Style, text_messages
from channels.lex.responses import Response, respond
from channels.lex.state import MOST_SHOWN, State
from switchboard import BadInput, JobStarted, Message, MessageId, Receipt, Reply, SwitchboardError, fold
from switchboard.assistant import Assistant
from switchboard.storage import Turn

log = logging.getLogger("switchboard.lex")

RECENT = 30
"""How many turns of the conversation are looked through for what is due."""
RETURN_SECONDS = 0.7
"""What an answer needs from the function to Lex."""
SHORTEST_SECONDS = 0.2
RESULT_SECONDS = 8.0
"""How long it is waited for a result that the person asks to be shown."""
DELIVERED = Receipt(delivered=True)
STILL_WORKING = Reply(text=texts.STILL_WORKING, status="complete", job=JobStarted(job_id="", text=texts.STILL_WORKING))
NOT_FOR_US = Step(action="ElicitIntent")


class Fulfilment:
    """Answers the calls of a bot.

    Args:
        channel: How calls are read and replies rendered.
        assistant: Who answers.
        clock: Seconds since the epoch.
    """

    def __init__(self, channel: LexChannel, assistant: Assistant, clock: Callable[[], float] = time.time) -> None:
        self._channel = channel
        self._assistant = assistant
        self._clock = clock

    async def close(self) -> None:
        """Let go of the assistant."""
        await self._assistant.close()

    async def answer(self, event: object, *, seconds: float) -> Response:
        """The answer to a call, valid whatever the call is.

        Args:
            event: As Lex sent it.
            seconds: Time that is left for it.
        """
        now = self._clock()
        waits = min(seconds, FULFILMENT_SECONDS) - RETURN_SECONDS
        deadline = now + max(waits - GRACE_SECONDS, SHORTEST_SECONDS)
        invocation = Invocation(event=event, received_at=now, deadline=deadline)
        try:
            heard = self._channel.hear(invocation)
        except BadInput as error:
            return respond(None, NOT_FOR_US, text_messages(error.user_text, Style()), {})
        step = next_step(heard.call, self._channel.settings, self._channel.tools)
        if isinstance(step, Step):
            style = self._channel.style(heard.call)
            return respond(heard.call, step, text_messages(step.text, style), heard.call.attributes)
        try:
            if not isinstance(step, Ask) and step.name == "result":
                return await self._show_result(heard, until=now + min(waits, RESULT_SECONDS))
            if not isinstance(step, Ask) and heard.state is not None and heard.state.after:
                return self._answered(heard, await self._told(heard, heard.state), start=heard.state.after)
            ask = step if isinstance(step, Ask) else Ask(text=heard.call.words)
            return await self._ask(heard, self._channel.message(heard, ask, invocation), until=now + waits)
        except SwitchboardError as error:
            log.warning("a call could not be answered: %s", error, exc_info=not isinstance(error, BadInput))
            return self._answered(heard, [Section(reply=Reply(text=error.user_text, status="failed"))])

    def _answered(self, heard: Heard, sections: Sequence[Section], *, start: int = 0) -> Response:
        return compose(self._channel, heard, sections, start=start, now=self._clock())

    async def _ask(self, heard: Heard, message: Message, *, until: float) -> Response:
        """Have a message answered; what is due from earlier comes first."""
        turns = await self._assistant.transcript(message.conversation, limit=RECENT)
        message = recognised(message, turns, heard.state, now=message.received_at)
        late = await self._settle(turns, message.id, heard.state)
        brought = {section.id for section in late}
        if any(turn.message.reply_to == message.id and turn.message.id in brought for turn in turns):
            return self._answered(heard, late)  # said again by somebody who waited no longer: this is the answer
        offer = await self._assistant.offer(message)
        if offer.state == "rejected":
            return self._answered(heard, [Section(reply=Reply(text=texts.BUSY, status="complete")), *late])
        reply = await self._reply(message, until)
        if reply is None:
            return self._answered(heard, [Section(reply=STILL_WORKING), *late])
        return self._answered(heard, [*late, Section(reply=reply, id=message.id, direct=True)])

    async def _show_result(self, heard: Heard, *, until: float) -> Response:
        """Show what has come meanwhile; where nothing has, wait a little for it."""
        late = await self._late(heard)
        pending = False
        if not late and (pending := await self._wait(heard, until)):
            late = await self._late(heard)
        nothing = STILL_WORKING if pending else Reply(text=texts.NO_RESULT, status="complete")
        return self._answered(heard, late or [Section(reply=nothing)])

    async def _late(self, heard: Heard) -> list[Section]:
        turns = await self._assistant.transcript(heard.conversation, limit=RECENT)
        return await self._settle(turns, None, heard.state)

    async def _wait(self, heard: Heard, until: float) -> bool:
        """Wait until something that is under way has come to its end. Returns whether there was anything."""
        conversation, pending = heard.conversation, False
        turns = await self._assistant.transcript(conversation, limit=RECENT)
        waiting = next((turn.message.id for turn in turns if turn.state != "done"), None)
        try:
            async with asyncio.timeout(max(0.0, until - self._clock())):
                job = next((job for job in await self._assistant.jobs(conversation) if job.due_at), None)
                if pending := waiting is not None or job is not None:
                    if waiting is None and job is not None:
                        async for news in self._assistant.watch_job(conversation, job.id):
                            waiting = news.result
                    if waiting is not None:
                        await self._followed(heard, waiting)
        except TimeoutError:
            pass
        return pending

    async def _told(self, heard: Heard, state: State) -> list[Section]:
        """What the last answer was made of."""
        turns = await self._assistant.transcript(heard.conversation, limit=RECENT)
        sections = []
        for place, name in enumerate(state.shown, start=1):
            turn = next((turn for turn in turns if turn.message.id == name), None)
            if turn is None or (state.direct and place == len(state.shown)):
                reply = await self._followed(heard, MessageId(name))
                sections.append(Section(reply=reply, id=name, direct=state.direct))
            else:
                sections.append(late_section(turn, turns))
        return sections

    async def _settle(self, turns: Sequence[Turn], asked: MessageId | None, state: State | None) -> list[Section]:
        """Confirm what has arrived. Returns what was late and goes with this answer."""
        sorted_ = due(turns, asked, state)
        for turn in sorted_.arrived:
            await self._assistant.confirm(turn.message, DELIVERED)
        return [late_section(turn, turns) for turn in sorted_.late[: MOST_SHOWN - 1]]

    async def _reply(self, message: Message, until: float) -> Reply | None:
        """The reply to a message; ``None`` if there is none in time."""
        try:
            async with asyncio.timeout(max(0.0, until - self._clock())):
                return fold([each async for each in self._assistant.events(message.conversation, message.id)])
        except TimeoutError:
            return None

    async def _followed(self, heard: Heard, message_id: MessageId) -> Reply:
        return fold([event async for event in self._assistant.events(heard.conversation, message_id)])
