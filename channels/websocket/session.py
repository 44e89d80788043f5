"""One socket: says hello, takes messages, follows their turns; no slow or hostile client costs the others anything."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from channels.websocket import protocol as p
from channels.websocket import texts
from channels.websocket.failures import describe
from channels.websocket.following import Following
from channels.websocket.house import Gone, House, Wire
from channels.websocket.jobs import Jobs
from channels.websocket.rating import rated
from channels.websocket.saying import said, subject
from channels.websocket.tasks import Work
from channels.websocket.views import turn_view
from switchboard import Conversation, Event, JobStarted, Message, MessageId, Principal, Receipt
from switchboard.storage import Turn

log = logging.getLogger(__name__)

HISTORY = 50


@dataclass(frozen=True, slots=True)
class _Close:
    code: int
    reason: str


class Session:
    """A client from hello to goodbye."""

    def __init__(self, wire: Wire, principal: Principal, house: House) -> None:
        self._wire = wire
        self._principal = principal
        self._house = house
        self._outbox: asyncio.Queue[str | _Close] = asyncio.Queue(maxsize=house.settings.queue)
        self._conversation: Conversation | None = None
        self._following = Following(house.assistant, self._send, self._guarded, began=self._began)
        self._jobs = Jobs(house.assistant, self._send, self._guarded, told=self._told)
        self._welcomed = asyncio.Event()
        self._malformed = 0

    async def run(self) -> None:
        """Serve the client until it leaves, stalls or breaks the rules."""
        pumps = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._conversation is not None:
                self._house.rooms.leave(self._conversation, self)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            await self._jobs.close()
            await self._following.close()

    def announce(self, message: Message) -> None:
        """See `Window.announce`."""
        self._following.show(message, ready=self._welcomed)

    def push(self, message: Message, events: Sequence[Event]) -> None:
        """See `Window.push`."""
        self._following.push(message, events, ready=self._welcomed)

    async def _read(self) -> None:
        """Take frames one after the other, so that messages keep their order. Ends when the session has to."""
        settings = self._house.settings
        try:
            async with asyncio.timeout(settings.patience) as timer:
                while self._malformed <= settings.tolerance:
                    await self._guarded(partial(self._take, await self._wire.receive()))
                    if self._welcomed.is_set():
                        timer.reschedule(None)
            await self._goodbye(p.CLOSE_MALFORMED, "too many malformed frames")
        except TimeoutError:
            await self._goodbye(p.CLOSE_LATE, "no hello")
        except Gone:
            return

    async def _write(self) -> None:
        """Send frames in order. A client that takes none for too long is let go; it can come back and resume."""
        try:
            while True:
                item = await self._outbox.get()
                async with asyncio.timeout(self._house.settings.patience):
                    if isinstance(item, _Close):
                        await self._wire.close(item.code, item.reason)
                        return
                    await self._wire.send(item)
        except TimeoutError:
            log.info("a client stopped reading and was let go")
        except Gone:
            return

    async def _send(self, response: p.Response) -> None:
        """Put a frame in the queue; waits when it is full."""
        await self._outbox.put(p.write(response))

    async def _goodbye(self, code: int, reason: str) -> None:
        """Close once everything before has been sent; never returns, as the writer ends the session."""
        await self._outbox.put(_Close(code, reason))
        await asyncio.Event().wait()

    async def _guarded(self, work: Work, about: str = "") -> None:
        """The boundary where any failure becomes a sentence for the client, and the socket lives on."""
        try:
            await work()
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001
            if isinstance(error, p.BadFrame):
                self._malformed += error.frame_code == "malformed"
                about = about or error.about
            await self._send(describe(error).problem(about))

    async def _take(self, text: str | None) -> None:
        if text is None:
            raise p.BadFrame(texts.BINARY, code="malformed")
        request = p.read(text, bounds=self._house.bounds)
        match request:
            case p.Ping():
                await self._send(p.Pong())
            case p.Hello():
                await self._hello(request)
            case p.Chunk():
                raise p.BadFrame(texts.NO_CHUNKS, code="malformed")
            case _ if self._conversation is None:
                raise p.BadFrame(texts.HELLO_FIRST, code="malformed")
            case _:
                await self._guarded(partial(self._act, request, self._conversation), subject(request))

    async def _act(self, request: p.Request, conversation: Conversation) -> None:
        match request:
            case p.Say():
                await self._say(request, conversation)
            case p.Resume():
                await self._resume(MessageId(request.message_id), request.after, conversation)
            case p.Stop():
                await self._house.assistant.stop(conversation, MessageId(request.message_id))
            case p.CancelJob():
                await self._house.assistant.cancel_job(conversation, request.job_id)
            case p.Rate():
                house = self._house
                keep, at, principal = house.assistant.rate, house.now(), self._principal
                await self._send(await rated(request, keep, conversation=conversation, principal=principal, at=at))
            case p.Ack():
                await self._ack(MessageId(request.message_id), request.seq)
            case p.Upload():
                raise p.BadFrame(texts.NO_ADDRESS, code="refused")
            case p.Earlier():
                turns, earlier = await self._turns(conversation, before=request.before)
                await self._send(p.History(turns=tuple(map(turn_view, turns)), earlier=earlier))
            case _:
                pass

    async def _hello(self, request: p.Hello) -> None:
        if self._conversation is not None:
            raise p.BadFrame(texts.HELLO_TWICE, code="malformed")
        if request.v != p.VERSION:
            text = texts.PAGE_TOO_OLD if request.v < p.VERSION else texts.PAGE_TOO_NEW
            await self._send(p.Problem(code="version", text=text))
            await self._goodbye(p.CLOSE_VERSION, f"this server speaks version {p.VERSION}")
        visitors, principal = self._house.visitors, self._principal
        known = visitors.conversation(principal, request.conversation) if request.conversation else None
        if request.conversation and known is None:
            await self._send(p.Problem(code="unknown_conversation", text=texts.UNKNOWN_CONVERSATION))
        self._conversation = known or visitors.new_conversation(principal)
        await self._welcome(self._conversation)

    async def _welcome(self, conversation: Conversation) -> None:
        """Join, and look at the jobs, before reading the history: what happens meanwhile is shown right after it."""
        house = self._house
        house.rooms.join(conversation, self)
        jobs = [job for job in await house.assistant.jobs(conversation) if job.due_at]
        catalogue = await house.assistant.catalogue(self._principal)
        turns, earlier = await self._turns(conversation)
        await self._send(
            p.Welcome(
                v=p.VERSION,
                conversation=conversation.thread,
                history=tuple(map(turn_view, turns)),
                earlier=earlier,
                limits=house.bounds,
                suggestions=catalogue.suggestions,
                documents=catalogue.documents,
                model=catalogue.model,
                notice=catalogue.notice,
                signed_in=self._principal.verified,
            )
        )
        self._welcomed.set()
        for job in jobs:
            self._jobs.follow(job.id, job.message_id, conversation)

    async def _turns(self, conversation: Conversation, *, before: int | None = None) -> tuple[Sequence[Turn], bool]:
        """A page of turns, and whether there are more before it. Those not yet confirmed can be, from now on."""
        found = await self._house.assistant.transcript(conversation, limit=HISTORY + 1, before=before)
        turns = found[-HISTORY:]
        self._jobs.know(turn.message.id for turn in turns if turn.message.job)
        for turn in turns:
            if not turn.delivered:
                self._following.expect(turn.message, end=0 if turn.state == "done" else None)
        return turns, len(found) > HISTORY

    async def _say(self, request: p.Say, conversation: Conversation) -> None:
        house = self._house
        heard = await said(
            request,
            blobs=house.assistant.blobs,
            conversation=conversation,
            principal=self._principal,
            received_at=house.now(),
        )
        for message in house.channel.parse(heard):
            offer = await house.assistant.offer(message)
            if offer.state == "rejected":
                raise p.BadFrame(texts.BUSY, code="busy", about=message.id)
            if offer.state in ("new", "queued"):
                house.rooms.announce(message, by=self)
            await self._send(p.Accepted(id=message.id, state=offer.state, ahead=offer.ahead))
            self._following.expect(message)
            self._following.follow(message.id, conversation)

    async def _resume(self, message_id: MessageId, after: int, conversation: Conversation) -> None:
        known = self._following.expects(message_id)
        if not known and (message := await self._known(message_id, conversation)):
            self._following.expect(message)
        self._following.follow(message_id, conversation, after=after)

    async def _known(self, message_id: MessageId, conversation: Conversation) -> Message | None:
        turn = await self._house.assistant.turn(conversation, message_id)
        return None if turn is None else turn.message

    def _began(self, started: JobStarted, message_id: MessageId, conversation: Conversation) -> None:
        """A turn that the client follows has begun a job."""
        self._jobs.follow(started.job_id, message_id, conversation)

    async def _told(self, result: MessageId, conversation: Conversation) -> None:
        """A job that the client follows has its result."""
        if message := await self._known(result, conversation):
            self._following.show(message, ready=self._welcomed)

    async def _ack(self, message_id: MessageId, seq: int) -> None:
        if message := self._following.confirmed(message_id, seq):
            await self._house.assistant.confirm(message, Receipt(delivered=True, platform_id=f"{message_id}:{seq}"))
            self._house.rooms.acknowledged(message.conversation, message_id)
