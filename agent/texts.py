"""Everything that the agent itself says to a person: one short sentence and what to do next."""

EMPTY = "Your message is empty. Type a question, or attach a file and say what you want to know."
NO_ANSWER = "I have no answer to that. Please put the question another way."
STOPPED_TOOL = "cancelled: the person stopped the turn"
UNKNOWN_MESSAGE = "That message is not known here. Please send it again."
CLOSING = "The assistant is shutting down. Please try again in a minute."


def failed(incident: str) -> str:
    """For anything unexpected."""
    return f"Something went wrong on our side. Please try again; if it happens again, give the incident id {incident}."


def with_incident(sentence: str, incident: str) -> str:
    """A known failure, with the id that finds it in the log."""
    return f"{sentence} (Incident {incident}.)"


def too_long(characters: int, limit: int) -> str:
    """For a message over the limit."""
    return f"Your message has {characters:,} characters; the limit is {limit:,}. Send it as a file instead."


def too_many_attachments(count: int, limit: int) -> str:
    """For too many files at once."""
    return f"You attached {count} files; the limit is {limit} with one message. Send the rest with another message."


def attachment_missing(name: str) -> str:
    """For a file that was never uploaded, or not to this conversation."""
    return f"The file {name or 'attached'} did not arrive. Please attach it again."


def gave_up(attempts: int, incident: str) -> str:
    """For a message over which workers died again and again."""
    return f"I tried {attempts} times and could not finish this. Please ask in another way. (Incident {incident}.)"


def late(seconds: float) -> str:
    """For a turn that did not end in time."""
    return f"I stopped after {seconds:,.0f} seconds. Please ask for less at once."


def tool_late(name: str, seconds: float) -> str:
    """For a tool that did not end in time; the model reads it too."""
    return f"{name} did not end within {seconds:.0f} seconds"


def missing(parts: tuple[str, ...]) -> str:
    """For a partial result."""
    return "This is incomplete: " + "; ".join(parts) + "."


HELP_SUGGESTION = "What can you do?"


def suggestion(title: str, heading: str) -> str:
    """A question to try, about a document."""
    return f"What does “{title}” say about “{heading}”?" if heading else f"What is in “{title}”?"
