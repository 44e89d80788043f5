"""What is done about what Slack tells: questions are handed over, asides get a thread, tabs and panes are filled."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from channels.slack import texts, views
from channels.slack.addresses import conversation, place_of
from channels.slack.api import SlackFailed
from channels.slack.channel import SlackChannel
from channels.slack.files import Files
from channels.slack.incoming import (
    Alarm,
    Aside,
    Asked,
    AskForm,
    Challenge,
    Commented,
    Deleted,
    HomeOpened,
    Incoming,
    PaneOpened,
    Place,
    Pressed,
)
from channels.slack.posting import NOTE
from channels.slack.pressing import commented, pressed
from channels.slack.runs import escape
from switchboard import (
    BadInput,
    BlobStore,
    Catalogue,
    Conversation,
    Message,
    MessageId,
    Offer,
    Principal,
    Refused,
    Turn,
)
from switchboard.storage import Feedback

log = logging.getLogger("switchboard.channels")

TITLE = 60


class House(Protocol):
    """What the desk needs of whoever answers: an `Assistant`, or a queue and what stands beside it."""

    @property
    def blobs(self) -> BlobStore:
        """Where files go before the message that they came with is offered."""
        ...

    async def offer(self, message: Message) -> Offer:
        """See `Assistant.offer`."""
        ...

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """See `Assistant.stop`."""
        ...

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """See `Assistant.cancel_job`."""
        ...

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """See `Assistant.transcript`."""
        ...

    async def turn(self, conversation: Conversation, message_id: MessageId) -> Turn | None:
        """See `Assistant.turn`."""
        ...

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """See `Assistant.rate`."""
        ...

    async def catalogue(self, principal: Principal) -> Catalogue:
        """See `Assistant.catalogue`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Takes what Slack tells, each thing safely more than once.

    Attributes:
        follow: Called with each message that is being answered, to show how that goes.
        clock: Seconds since the epoch.
    """

    channel: SlackChannel
    house: House
    follow: Callable[[Message], None] = lambda message: None
    clock: Callable[[], float] = time.time

    async def take(self, told: Incoming) -> str:
        """Do what is to be done. Returns what is said at once to whoever did it, where there is a place for that.

        Raises:
            SwitchboardError: It was not done; the same may be tried again.
        """
        match told:
            case Asked():
                await self._asked(told)
            case Deleted():
                await self.house.stop(told.conversation, told.message_id)
            case Aside():
                return await self._aside(told)
            case AskForm():
                await self.tried(
                    self.channel.api.call(told.team, "views.open", trigger_id=told.trigger, view=views.form())
                )
            case PaneOpened():
                await self._pane(told)
            case HomeOpened():
                view = views.home(await self.house.catalogue(told.principal))
                await self.tried(self.channel.api.call(told.team, "views.publish", user_id=told.user, view=view))
            case Challenge():
                return told.text
            case Pressed():
                await pressed(told, self)
            case Commented():
                await commented(told, self)
            case Alarm():
                log.error("%s", told.text)
        return ""

    async def hand_over(self, message: Message) -> bool:
        """Have a message answered, or say why not. Returns whether it was taken. Raises as ``take``."""
        if message.attachments:
            files = Files(self.channel.settings, self.channel.api, limit=self.channel.limits.upload)
            message, faults = await files.fetched(message, self.house.blobs)
            for fault in faults:
                await self.tell(message, fault)
            if not message.text and not message.attachments and faults:
                return False
        if not message.text and not message.attachments:
            await self.tell(message, texts.EMPTY)
            return False
        try:
            offer = await self.house.offer(message)
        except (BadInput, Refused) as error:
            await self.tell(message, error.user_text)
            return False
        if offer.state == "rejected":
            await self.tell(message, texts.BUSY)
            return False
        if offer.state != "done":
            self.follow(message)
        return True

    async def entitle(self, message: Message) -> None:
        """Give a chat in the pane its title: how its first question begins."""
        place, title = place_of(message.conversation), " ".join(message.text.split())
        if not (place.thread and place.channel.startswith("D") and title):
            return
        if len(await self.house.transcript(message.conversation, limit=2)) == 1:
            where = {"channel_id": place.channel, "thread_ts": place.thread}
            call = self.channel.api.call(place.team, "assistant.threads.setTitle", title=title[:TITLE], **where)
            await self.tried(call)

    async def tell(self, message: Message, text: str) -> None:
        """Say something to the sender of a message alone."""
        place, user = place_of(message.conversation), message.principal.id.partition(":")[2]
        await self.whisper(place, user, text)

    async def whisper(self, place: Place, user: str, text: str) -> None:
        """Say something in a place to one person alone; bots are told nothing."""
        if user.startswith("B"):
            return
        thread = {"thread_ts": place.thread} if place.thread else {}
        await self.tried(
            self.channel.api.call(
                place.team, "chat.postEphemeral", channel=place.channel, user=user, text=escape(text), **thread
            )
        )

    async def _asked(self, asked: Asked) -> None:
        message = asked.message
        if asked.overheard and not await self.house.transcript(message.conversation, limit=1):
            return
        if asked.bot and await self._loops(message):
            log.warning("two bots talk with each other in %s; not answered", message.conversation.key)
            return
        if asked.edits is not None:
            await self.house.stop(message.conversation, asked.edits)
        await self.hand_over(message)

    async def _loops(self, message: Message) -> bool:
        """Whether bots alone have talked with us for too long."""
        most = self.channel.settings.bot_turns
        turns = await self.house.transcript(message.conversation, limit=most)
        talkers = [turn.message.principal.id.partition(":")[2] for turn in turns if turn.message.id != message.id]
        return len(talkers) >= most and all(talker.startswith("B") for talker in talkers)

    async def _aside(self, aside: Aside) -> str:
        """Put the question into the direct messages of whoever asked, and have it answered there."""
        if not aside.text:
            return texts.NOTHING_ASKED.format(command=escape(aside.command)) if aside.command else ""
        api = self.channel.api
        try:
            opened = await api.call(aside.team, "conversations.open", users=aside.user)
            room = str((opened.get("channel") or {}).get("id", ""))
            question = views.question(aside.text)
            told = {"event_type": NOTE, "event_payload": {"message": aside.key}}
            said = await api.call(aside.team, "chat.postMessage", channel=room, metadata=told, **question)
        except SlackFailed as failure:
            log.warning("a question could not be put into direct messages: %s", failure)
            return texts.UNAVAILABLE
        place = Place(team=aside.team, channel=room, thread=str(said.get("ts", "")))
        message = Message(
            id=MessageId(f"{aside.team}/aside/{aside.key}"),
            conversation=conversation(self.channel.tenant, place),
            principal=aside.principal,
            text=aside.text,
            push=True,
        )
        await self.hand_over(message)
        return texts.ANSWER_HERE if aside.command else ""

    async def _pane(self, opened: PaneOpened) -> None:
        """Suggest what to ask."""
        catalogue = await self.house.catalogue(opened.principal)
        prompts = [{"title": text[:TITLE], "message": text} for text in catalogue.suggestions[:4]]
        if prompts:
            where = {"channel_id": opened.place.channel, "thread_ts": opened.place.thread}
            call = self.channel.api.call(
                opened.place.team,
                "assistant.threads.setSuggestedPrompts",
                title=texts.PANE_TITLE,
                prompts=prompts,
                **where,
            )
            await self.tried(call)

    async def tried(self, call: Awaitable[object]) -> bool:
        """Make a call whose failure costs a convenience and no answer. Returns whether it was done."""
        try:
            await call
        except SlackFailed as failure:
            log.info("%s", failure)
            return False
        return True
