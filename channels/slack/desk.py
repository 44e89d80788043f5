"""What is done about what Slack tells: questions are handed over, asides get a thread, tabs and panes are filled."""

import logging
from dataclasses import dataclass

from channels.slack import texts, views
from channels.slack.addresses import conversation, place_of
from channels.slack.api import SlackFailed
from channels.slack.clerk import Clerk
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
from switchboard import Message, MessageId

log = logging.getLogger("switchboard.channels")

TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(Clerk):
    """Takes what Slack tells, each thing safely more than once."""

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

    async def entitle(self, message: Message) -> None:
        """Give a chat in the pane its title: how its first question begins."""
        place, title = place_of(message.conversation), " ".join(message.text.split())
        if not (place.thread and place.channel.startswith("D") and title):
            return
        if len(await self.house.transcript(message.conversation, limit=2)) == 1:
            where = {"channel_id": place.channel, "thread_ts": place.thread}
            call = self.channel.api.call(place.team, "assistant.threads.setTitle", title=title[:TITLE], **where)
            await self.tried(call)

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
