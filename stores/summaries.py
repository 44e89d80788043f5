"""What a list of conversations shows of a turn: pure, and here so that every store shows the same."""

from switchboard.storage import Turn

FIRST_TEXT = 200
"""Characters of the first message that a list shows; the list is for recognising, the transcript for reading."""


def used_at(turn: Turn) -> float:
    """When the conversation was last used, as far as this turn tells. Stores have no clock of their own."""
    return max(turn.message.received_at, turn.finished_at)


def first_text(turn: Turn) -> str:
    """How a conversation that begins with this turn is recognised."""
    return turn.message.text[:FIRST_TEXT]
