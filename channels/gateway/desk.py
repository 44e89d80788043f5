"""The desk: what each frame gets, whichever process it comes to; all that is known of a client is in the stores."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from channels.gateway.arriving import Arrival, Arrivals
from channels.gateway.catalogues import Catalogues, Listing
from channels.gateway.channel import GatewayChannel, channel
from channels.gateway.front import Front
from channels.gateway.opening import LIFE
from channels.gateway.uploading import ordered, send_to
from channels.websocket import protocol as p
from channels.websocket import texts
from channels.websocket.chunks import FRAME
from channels.websocket.failures import describe
from channels.websocket.identity import Visitors
from channels.websocket.links import linked
from channels.websocket.rating import rated
from channels.websocket.saying import said, subject
from channels.websocket.settings import WebSettings
from channels.websocket.shapes import Bounds, Line, TurnView
from channels.websocket.views import new_view, progress, turn_view
from switchboard import BadInput, Catalogue, Conversation, MessageId, Principal, SwitchboardError
from switchboard.assistant import JobNews
from switchboard.connections import Connection
from switchboard.plugins import Setup
from switchboard.storage import Job
from switchboard.uploading import GivesAddresses

if TYPE_CHECKING:
    from channels.drops.orders import Orders

log = logging.getLogger("switchboard.channels")

HISTORY = 50
HISTORY_CHARACTERS = 90_000
"""Of turns in one frame; what is left out is there when asked for."""
LINE = Line(frame=FRAME, life=LIFE, quiet=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Takes the frames of clients.

    Attributes:
        visitors: Makes and checks conversation ids.
        catalogues: Asked for what a newcomer is offered, unless the settings say that.
        model: What the assistant is made of, for people.
        orders: Takes files that become summaries by themselves, made when first needed.
    """

    front: Front
    channel: GatewayChannel
    visitors: Visitors
    bounds: Bounds
    catalogues: Catalogues
    model: str = ""
    orders: "Callable[[], Orders] | None" = None

    async def take(self, connection_id: str, text: str | None) -> bool:
        """Do what a frame asks for, and tell what comes of it; ``None`` is a frame that is not text.

        Returns:
            Whether the connection is known.
        """
        arrivals = Arrivals(hall=self.channel.hall, bounds=self.bounds, secret=self.channel.settings.key)
        arrived = await arrivals.of(connection_id, text)
        if arrived is None:
            log.warning("a frame came through a connection that is not known")
            return False
        try:
            if arrived.refused is not None:
                raise arrived.refused
            if arrived.request is not None:
                await self._act(arrived.request, arrived)
        except SwitchboardError as error:
            found = error.about if isinstance(error, p.BadFrame) else ""
            about = subject(arrived.request) or found
            await self.apologise(arrived.connection, error, about=about, next=arrived.next)
        return True

    async def leave(self, connection_id: str) -> None:
        """Forget a connection that was closed. Safe to repeat.

        Where the settings say so, and nobody else reads on, what is being answered stops, even while nothing is shown.
        """
        hall = self.channel.hall
        connection = await hall.connections.get(connection_id, now=hall.clock())
        await hall.connections.remove(connection_id)
        conversation = None if connection is None else connection.conversation
        if conversation is None or self.channel.settings.when_gone != "stop":
            return
        if await hall.connections.of(conversation, now=hall.clock()):
            return
        if message_id := await self.front.running(conversation):
            await self.front.stop(conversation, message_id)

    async def apologise(self, connection: Connection, error: Exception, *, about: str = "", next: str = "") -> None:
        """Tell a client what failed, and what its next message has to show."""
        await self.channel.hall.send(connection, replace(describe(error).problem(about), next=next))

    async def _act(self, request: p.Request, arrived: Arrival) -> None:
        connection = arrived.connection
        conversation = connection.conversation
        match request:
            case p.Ping():
                await self.channel.hall.send(connection, p.Pong())
            case p.Hello():
                await self._hello(request, connection)
            case _ if conversation is None:
                raise p.BadFrame(texts.HELLO_FIRST, code="malformed")
            case p.Say():
                await self._say(request, arrived, conversation)
            case p.Resume():
                await self._resume(MessageId(request.message_id), request.after, connection, conversation)
            case p.Stop():
                await self.front.stop(conversation, MessageId(request.message_id))
            case p.CancelJob():
                await self.front.cancel_job(conversation, request.job_id)
            case p.Rate():
                keep, at, principal = self.front.rate, self.channel.hall.clock(), connection.principal
                kept = await rated(request, keep, conversation=conversation, principal=principal, at=at)
                await self.channel.hall.send(connection, kept)
            case p.Ack():
                await self.front.confirm(conversation, MessageId(request.message_id))
            case p.Upload():
                await self._upload(request, connection, conversation)
            case p.Earlier():
                turns, earlier = await self._turns(conversation, before=request.before)
                await self.channel.hall.send(connection, p.History(turns=turns, earlier=earlier))

    async def _hello(self, request: p.Hello, connection: Connection) -> None:
        hall = self.channel.hall
        if request.v != p.VERSION:
            text = texts.PAGE_TOO_OLD if request.v < p.VERSION else texts.PAGE_TOO_NEW
            await hall.send(connection, p.Problem(code="version", text=text))
            return
        if connection.conversation is not None:
            raise p.BadFrame(texts.HELLO_TWICE, code="malformed")
        principal = connection.principal
        known = self.visitors.conversation(principal, request.conversation) if request.conversation else None
        if request.conversation and known is None:
            await hall.send(connection, p.Problem(code="unknown_conversation", text=texts.UNKNOWN_CONVERSATION))
        conversation = known or self.visitors.new_conversation(principal)
        if not await hall.connections.join(connection.id, conversation, now=hall.clock()):
            raise p.BadFrame(texts.HELLO_TWICE, code="malformed")
        await self._welcome(connection, conversation)

    async def _welcome(self, connection: Connection, conversation: Conversation) -> None:
        """What there is. The connection has joined by now: what happens meanwhile comes besides."""
        offered = await self._offered(connection.principal)
        jobs = [job for job in await self.front.jobs(conversation) if job.due_at]
        turns, earlier = await self._turns(conversation)
        welcome = p.Welcome(
            v=p.VERSION,
            conversation=conversation.thread,
            history=turns,
            earlier=earlier,
            limits=self.bounds,
            suggestions=offered.suggestions,
            documents=offered.documents,
            model=self.model,
            notice=offered.notice,
            signed_in=connection.principal.verified,
            line=replace(LINE, uploads="address" if isinstance(self.front.blobs, GivesAddresses) else "server"),
        )
        news = [progress(job.id, job.message_id, _news(job)) for job in jobs]
        await self.channel.hall.send(connection, welcome, *news)

    async def _offered(self, principal: Principal) -> Catalogue:
        if suggestions := self.channel.settings.suggestions:
            return Catalogue(documents=0, suggestions=suggestions, model=self.model)
        return await self.catalogues.of(principal)

    async def _turns(
        self, conversation: Conversation, *, before: int | None = None
    ) -> tuple[tuple[TurnView, ...], bool]:
        """A page of turns that is not too large, and whether there are more before it."""
        found = await self.front.transcript(conversation, limit=HISTORY + 1, before=before)
        views: list[TurnView] = []
        size = 0
        for turn in reversed(found[-HISTORY:]):
            view = turn_view(turn)
            size += len(p.write(p.TurnBegan(turn=view)))
            if views and size > HISTORY_CHARACTERS:
                break
            views.append(view)
        return tuple(reversed(views)), len(found) > len(views)

    async def _say(self, request: p.Say, arrived: Arrival, conversation: Conversation) -> None:
        hall, connection = self.channel.hall, arrived.connection
        heard = await said(
            request,
            blobs=self.front.blobs,
            conversation=conversation,
            principal=connection.principal,
            received_at=hall.clock(),
        )
        for message in self.channel.parse(heard):
            offer = await self.front.offer(message)
            await hall.send(
                connection, p.Accepted(id=message.id, state=offer.state, ahead=offer.ahead, next=arrived.next)
            )
            if offer.state in ("running", "done"):
                await self._resume(message.id, 0, connection, conversation)
            else:
                await hall.tell(conversation, p.TurnBegan(turn=new_view(message)), but=connection.id)

    async def _upload(self, request: p.Upload, connection: Connection, conversation: Conversation) -> None:
        hall = self.channel.hall
        if request.order is None or self.orders is None:
            await hall.send(connection, await send_to(request, self.front.blobs, conversation))
            return
        answer, job = await ordered(request, self.orders, conversation, connection.principal)
        await hall.send(connection, answer)
        await hall.tell(conversation, progress(job.id, job.message_id, _news(job)))

    async def _resume(
        self, message_id: MessageId, after: int, connection: Connection, conversation: Conversation
    ) -> None:
        """Send what was missed and is stored by now; the rest comes from whoever answers."""
        try:
            events = await self.front.replay(conversation, message_id, after=after)
        except BadInput as error:
            raise p.BadFrame(error.user_text, code="unknown", about=message_id) from error
        if events:
            shown = tuple(linked(event, conversation) for event in events)
            await self.channel.hall.send(connection, p.HappenedSince(message_id=message_id, events=shown))


def _news(job: Job) -> JobNews:
    return JobNews(state=job.state, text=job.text, done=job.progress[0], total=job.progress[1])


def desk(setup: Setup, front: Front, listing: Listing) -> Desk:
    """The desk as the settings want it.

    Args:
        listing: Looks into the library, for whoever says hello.

    Raises:
        ConfigError: Something is missing or wrong in them.
    """
    made = channel(setup)
    limits = setup.settings.limits
    web = WebSettings(secret=made.settings.key, tenant=setup.settings.tenant)
    return Desk(
        front=front,
        channel=made,
        visitors=Visitors(web, channel=made.name),
        bounds=Bounds(text=limits.message_characters, upload=limits.upload_bytes, attachments=limits.attachments),
        catalogues=Catalogues(listing, clock=made.hall.clock),
        model=setup.settings.backends.chat_model,
        orders=lambda: _orders(setup),
    )


def _orders(setup: Setup) -> "Orders":
    from channels.drops.making import orders  # reading and summarising come with it, which no other frame needs

    return orders(setup)
