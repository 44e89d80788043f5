"""Names of things, there and back: of a post, of a conversation, and of what a button is about. Pure."""

from channels.slack.incoming import Place
from channels.slack.reading import is_ts
from switchboard import BadInput, Conversation, Message, MessageId

CHANNEL = "slack"


def post_id(team: str, channel: str, ts: str) -> MessageId:
    """The identity of a post: the same for each event that tells of it, and for each delivery."""
    return MessageId(f"{team}/{channel}/{ts}")


def posted_at(message_id: MessageId) -> str:
    """The ``ts`` of a message's post; empty if it has none, such as a command or the result of a job."""
    pieces = message_id.split("/")
    return pieces[2] if len(pieces) > 2 and is_ts(pieces[2]) else ""


def conversation(tenant: str, place: Place) -> Conversation:
    """A thread, or a direct message outside of threads."""
    return Conversation(tenant=tenant, channel=CHANNEL, room=f"{place.team}/{place.channel}", thread=place.thread)


def place_of(conversation: Conversation) -> Place:
    """Where a conversation takes place.

    Raises:
        BadInput: It is not one of Slack's.
    """
    team, slash, channel = conversation.room.partition("/")
    if conversation.channel != CHANNEL or not (team and slash and channel):
        raise BadInput("That is not a conversation in Slack.", status=404)
    return Place(team=team, channel=channel, thread=conversation.thread)


def subject(message: Message, number: int) -> str:
    """What a button is about, for its ``block_id``: who asked, which message, and which post of the reply it is in."""
    return f"{number}|{message.principal.id}|{message.id}"[:255]


def read_subject(subject: str) -> tuple[int, str, MessageId]:
    """The post's number, the id of the principal who asked, and the message."""
    number, _, about = subject.partition("|")
    asker, _, message_id = about.partition("|")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0, asker, MessageId(message_id)
