"""What Slack tells us, as data: what was asked, edited, deleted, opened and pressed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from switchboard import Conversation, Message, MessageId, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in Slack. ``thread`` is the ``ts`` of a thread's first post, empty outside of threads."""

    team: str
    channel: str
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Slack checks that the address is ours; it wants to hear ``text``."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody said something.

    Attributes:
        overheard: Whether it was said in a thread without a mention: to be answered only if the thread is ours.
        bot: Whether a bot said it: to be answered only as long as that is no loop.
        edits: The message that it takes the place of.
    """

    message: Message
    overheard: bool = False
    bot: bool = False
    edits: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """Somebody took back what they said."""

    conversation: Conversation
    message_id: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A question asked by a command or a shortcut, where nobody saw it: it is answered in a direct message.

    Attributes:
        key: Tells it from others, however often it is delivered.
    """

    team: str
    user: str
    principal: Principal
    text: str
    key: str
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """Somebody wants the form in which to write a question. ``trigger`` opens it, within three seconds."""

    team: str
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneOpened:
    """Somebody began a chat in the pane for assistants."""

    place: Place
    principal: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    """Somebody looks at the app's Home tab."""

    team: str
    user: str
    principal: Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed one of our buttons.

    Attributes:
        message: The post that has the button.
        subject: The ``block_id``: who was asked, and about which message; see `channels.slack.addresses`.
        trigger: Opens a form, within three seconds.
        text: What the post says to screen readers.
        blocks: What stands in the post.
    """

    place: Place
    user: str
    principal: Principal
    action: str
    value: str
    message: str
    subject: str
    trigger: str = ""
    text: str = ""
    blocks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """Somebody said in words what they think of an answer that they rated as bad."""

    place: Place
    principal: Principal
    message_id: MessageId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that whoever runs this has to know."""

    text: str


Incoming: TypeAlias = (
    Challenge | Asked | Deleted | Aside | AskForm | PaneOpened | HomeOpened | Pressed | Commented | Alarm
)
