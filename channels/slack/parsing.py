"""From a verified payload of Slack's to what it tells. Pure; interactions are next door in ``interactions.py``."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from channels.slack import texts
from channels.slack.addresses import conversation, post_id
from channels.slack.attached import read_file
from channels.slack.incoming import Alarm, Asked, Challenge, Deleted, HomeOpened, Incoming, PaneOpened, Place
from channels.slack.interactions import interaction
from channels.slack.people import person
from channels.slack.reading import MALFORMED, Payload, at, id_at, text_at, ts_at, typed
from switchboard import Attachment, BadInput, Message, MessageId, Principal

if TYPE_CHECKING:
    from channels.slack.settings import SlackSettings

ANSWERED = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Subtypes of posts that people write; ``bot_message`` is answered if that bot is."""
NOT_SAID = "X"
"""Whose member somebody is, in a channel that is shared with another organisation, where Slack does not say."""
MOST_FIELDS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A payload that Slack has signed, or sent through its socket.

    Attributes:
        received_at: Seconds since the epoch.
    """

    payload: Payload
    received_at: float = 0.0


def decode(body: bytes, content_type: str) -> Payload:
    """The payload in a request's body: JSON, JSON in a form, or a form.

    Raises:
        BadInput: It is none of these.
    """
    try:
        text = body.decode("utf-8")
        if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
            payload = json.loads(fields["payload"]) if "payload" in fields else fields
        else:
            payload = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(MALFORMED) from None
    if not isinstance(payload, dict):
        raise BadInput(MALFORMED)
    return payload


def read(delivery: Delivery, settings: "SlackSettings", *, tenant: str) -> Incoming | None:
    """What a payload tells, or ``None`` if it is nothing to us.

    Raises:
        BadInput: It is malformed.
    """
    payload = delivery.payload
    match text_at(payload, "type"):
        case "url_verification":
            return Challenge(text=text_at(payload, "challenge"))
        case "event_callback":
            return _event(delivery, settings, tenant)
        case "app_rate_limited":
            return Alarm(text=texts.RATE_LIMITED.format(team=id_at(payload, "team_id")))
        case _:
            return interaction(payload, settings)


def _event(delivery: Delivery, settings: "SlackSettings", tenant: str) -> Incoming | None:
    payload, event = delivery.payload, at(delivery.payload, "event")
    team = id_at(payload, "team_id") if text_at(payload, "team_id") else id_at(payload, "enterprise_id")
    match text_at(event, "type"):
        case "message" | "app_mention":
            return _Posts(delivery=delivery, settings=settings, tenant=tenant, team=team).told(event)
        case "assistant_thread_started":
            thread = at(event, "assistant_thread")
            place = Place(team=team, channel=id_at(thread, "channel_id"), thread=ts_at(thread, "thread_ts"))
            return PaneOpened(place=place, principal=person(settings, team, id_at(thread, "user_id")))
        case "app_home_opened" if text_at(event, "tab") in ("", "home"):
            user = id_at(event, "user")
            return HomeOpened(team=team, user=user, principal=person(settings, team, user))
        case "app_uninstalled" | "tokens_revoked" as lost:
            return Alarm(text=texts.UNINSTALLED.format(team=team, event=lost))
        case _:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posts:
    """Reads the events that tell of posts in one workspace."""

    delivery: Delivery
    settings: "SlackSettings"
    tenant: str
    team: str

    def told(self, event: object) -> Asked | Deleted | None:
        """A post, its edition or its deletion."""
        match text_at(event, "subtype"):
            case "message_changed" if text_at(event, "message", "subtype") == "tombstone":
                # What is left of a deleted post that has replies; only the post before it says whose it was.
                return self._deleted(event, ts_at(event, "message", "ts"))
            case "message_changed":
                return self._changed(event)
            case "message_deleted":
                return self._deleted(event, ts_at(event, "deleted_ts"))
            case subtype if subtype in ANSWERED or (subtype == "bot_message" and self.settings.bots):
                return self._asked(event, event)
            case _:
                return None

    def _asked(self, event: object, post: object) -> Asked | None:
        """What a post says to us. ``event`` tells of it, and where."""
        bot = text_at(post, "bot_id")
        if self._is_own(post) or at(event, "hidden") is True or (bot and bot not in self.settings.bots):
            return None
        channel, ts = id_at(event, "channel"), ts_at(post, "ts")
        direct, place = self._where(event, post, channel, ts)
        own = self._own_user()
        called = text_at(event, "type") == "app_mention" or (own and f"<@{own}" in text_at(post, "text"))
        overheard = not direct and not called
        if overheard and (place.thread == ts or self.settings.threads != "follow"):
            return None
        message = Message(
            id=post_id(self.team, channel, ts),
            conversation=conversation(self.tenant, place),
            principal=self._author(post, bot),
            text=typed(text_at(post, "text"), own=own),
            attachments=tuple(_attachments(post)),
            received_at=self.delivery.received_at,
            push=True,
        )
        return Asked(message=message, overheard=overheard, bot=bool(bot))

    def _changed(self, event: object) -> Asked | None:
        """An edition by its author: not of ours, and not that Slack has unfurled a link."""
        post = at(event, "message")
        edited = at(post, "edited", "ts")
        same = text_at(post, "text") == text_at(event, "previous_message", "text")
        if self.settings.edits != "answer" or not edited or same or text_at(post, "subtype") not in ANSWERED:
            return None
        asked = self._asked(event if at(event, "hidden") is not True else {**_members(event), "hidden": False}, post)
        if asked is None:
            return None
        before = asked.message.id
        edition = Message(
            id=MessageId(f"{before}/{ts_at(post, 'edited', 'ts')}"),
            conversation=asked.message.conversation,
            principal=asked.message.principal,
            text=asked.message.text,
            attachments=asked.message.attachments,
            reply_to=before,
            received_at=asked.message.received_at,
            push=True,
        )
        return Asked(message=edition, overheard=asked.overheard, bot=asked.bot, edits=before)

    def _deleted(self, event: object, ts: str) -> Deleted | None:
        before = at(event, "previous_message")
        if self._is_own(before) or text_at(before, "bot_id"):
            return None
        channel = id_at(event, "channel")
        _, place = self._where(event, before, channel, ts)
        return Deleted(conversation=conversation(self.tenant, place), message_id=post_id(self.team, channel, ts))

    def _where(self, event: object, post: object, channel: str, ts: str) -> tuple[bool, Place]:
        """Whether a post is in direct messages, and where: a thread, or direct messages outside of threads."""
        direct = text_at(event, "channel_type") == "im" or channel.startswith("D")
        thread = ts_at(post, "thread_ts") if at(post, "thread_ts") else ts
        # What begins a thread in direct messages began none when it was said.
        return direct, Place(team=self.team, channel=channel, thread="" if direct and thread == ts else thread)

    def _author(self, post: object, bot: str) -> Principal:
        if bot:
            return person(self.settings, self.team, id_at(post, "bot_id"))
        named = next((name for name in ("user_team", "source_team", "team") if text_at(post, name)), "")
        shared = at(self.delivery.payload, "is_ext_shared_channel") is True
        home = id_at(post, named) if named else NOT_SAID if shared else self.team
        ours = text_at(self.delivery.payload, "enterprise_id")
        return person(self.settings, self.team if home == ours else home, id_at(post, "user"))

    def _own_user(self) -> str:
        """Our own user, as the event says for whom it came."""
        authorizations = at(self.delivery.payload, "authorizations")
        listed = authorizations if isinstance(authorizations, list) else []
        return next((text_at(one, "user_id") for one in listed if at(one, "is_bot") is True), "")

    def _is_own(self, post: object) -> bool:
        app = text_at(self.delivery.payload, "api_app_id")
        own = self._own_user()
        by_us = bool(app) and app in (text_at(post, "app_id"), text_at(post, "bot_profile", "app_id"))
        return by_us or text_at(post, "user") in ({own} - {""} | {"USLACKBOT"})


def _members(event: object) -> Payload:
    return event if isinstance(event, dict) else {}


def _attachments(post: object) -> list[Attachment]:
    files = at(post, "files")
    return [read_file(file) for file in files if at(file, "id")] if isinstance(files, list) else []
