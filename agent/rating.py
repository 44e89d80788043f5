"""What people think of replies, written beside them; whoever answers and whoever only takes messages in do it alike."""

from agent import inbox, texts
from switchboard.errors import BadInput
from switchboard.identity import Conversation, MessageId
from switchboard.storage import ConversationStore, Feedback

LONGEST_COMMENT = 2_000
"""Characters."""


async def rate(
    conversations: ConversationStore, conversation: Conversation, message_id: MessageId, feedback: Feedback
) -> bool:
    """Keep what a person thinks of a reply; see `switchboard.assistant.Assistant.rate`."""
    if len(feedback.comment) > LONGEST_COMMENT:
        raise BadInput(texts.comment_too_long(len(feedback.comment), LONGEST_COMMENT), status=413)
    while True:
        snapshot = await conversations.read(conversation, message_id)
        change = inbox.rate(snapshot, feedback)
        if change is None:
            return False
        if await conversations.commit(conversation, change):
            return True
