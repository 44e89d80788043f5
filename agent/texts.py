"""Everything that the agent itself says to a person: one short sentence and what to do next."""

import json
import re
from collections.abc import Mapping, Sequence

from switchboard.visible import visible

EMPTY = "Your message is empty. Type a question, or attach a file and say what you want to know."
NO_ANSWER = "I have no answer to that. Please put the question another way."
STOPPED_TOOL = "cancelled: the person stopped the turn"
TOOL_GOES_ON = "Something under way could not be stopped and may still come to its end; no more is shown of it."
GOES_ON = "This takes a while. I am still working on it, and the answer comes here when it is ready."
UNKNOWN_JOB = "That work is not known here. Ask again for what you need."
RESULT_IS_GONE = "The result of that work is no longer there. Please ask again."
RESULT_FOR_MODEL = "[The work that went on has ended. This is its result, as the person sees it:]"
BAD_ARGUMENTS = "The arguments of that call are not a JSON object. Please send it again."
OPTION_YES, OPTION_NO = "Yes", "No"
YES = frozenset({"yes", "y", "yes please", "ok", "okay", "go ahead", "do it", "ja", "oui", "sí", "si"})
NO = frozenset({"no", "n", "no thanks", "don't", "cancel", "nein", "non"})
HELD = "Not run yet: the person is asked to agree first."
DENIED = "The person did not agree, so this was not done."
ASK_AGAIN = "Not done: a person has to agree to this first, and nobody can be asked now. Please ask for it again."
STEERED = "I have taken this into account in the answer that was under way."
RESERVED_ID = "That message's id is not allowed. Please send it again."
WAITING_FULL = "Too many messages are waiting in this conversation. Please wait for an answer first."
UNKNOWN_MESSAGE = "That message is not known here. Please send it again."
CLOSING = "The assistant is shutting down. Please try again in a minute."


def failed(incident: str) -> str:
    """For anything unexpected."""
    return f"Something went wrong on our side. Please try again; if it happens again, give the incident id {incident}."


def with_incident(sentence: str, incident: str) -> str:
    """A known failure, with the id that finds it in the log."""
    return f"{sentence} (Incident {incident}.)"


def id_too_long(size: int, limit: int) -> str:
    """For an id that no platform makes."""
    return f"That message's id has {size:,} bytes; the limit is {limit:,}. Please send it again with a shorter one."


def too_long(characters: int, limit: int) -> str:
    """For a message over the limit."""
    return f"Your message has {characters:,} characters; the limit is {limit:,}. Send it as a file instead."


def comment_too_long(characters: int, limit: int) -> str:
    """For a comment on a reply over the limit."""
    return f"Your comment has {characters:,} characters; the limit is {limit:,}. Please shorten it."


def too_many_attachments(count: int, limit: int) -> str:
    """For too many files at once."""
    return f"You attached {count} files; the limit is {limit} with one message. Send the rest with another message."


def attachment_missing(name: str) -> str:
    """For a file that was never uploaded, or not to this conversation."""
    return f"The file {name or 'attached'} did not arrive. Please attach it again."


def gave_up(attempts: int) -> str:
    """For a message over which workers died again and again."""
    return f"I tried {attempts} times and could not finish this. Please ask in another way."


def late(seconds: float) -> str:
    """For a turn that did not end in time."""
    return f"I stopped after {seconds:,.0f} seconds. Please ask for less at once."


def tool_late(name: str, seconds: float) -> str:
    """For a tool that did not end in time; the model reads it too."""
    return f"{name} did not end within {seconds:.0f} seconds"


def missing(parts: tuple[str, ...]) -> str:
    """For a partial result."""
    return "This is incomplete: " + "; ".join(parts) + "."


JOB_CANCELLED = "The work was cancelled. Ask again if you still need it."


def job_gave_up(attempts: int, incident: str) -> str:
    """For a job over which workers died again and again."""
    return f"I tried {attempts} times and could not finish the work. Please ask again. (Incident {incident}.)"


HELP_SUGGESTION = "What can you do?"


def may_i(calls: Sequence[str]) -> str:
    """Asks for a yes before something is done."""
    return "May I do this?\n\n" + "\n".join(f"- {call}" for call in calls)


def call(tool: str, arguments: Mapping[str, object]) -> str:
    """A tool call as a person reads it, one line of Markdown. What stands in it can't become markup."""
    named = ", ".join(f"{name}: {_code(value)}" for name, value in arguments.items())
    return f"{tool.replace('_', ' ')}{f' ({named})' if named else ''}"


def _code(value: object) -> str:
    text = visible(" ".join((value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).split()))
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text[:1] in ("`", "") or text[-1:] == "`" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def suggestion(title: str, heading: str) -> str:
    """A question to try, about a document."""
    return f"What does “{title}” say about “{heading}”?" if heading else f"What is in “{title}”?"


def too_many_messages(count: int, seconds: int) -> str:
    """For more messages than a person may send."""
    sent, wait = _count(count, "message"), _count(seconds, "second")
    return f"You have sent {sent} within a minute; please wait {wait}."


def too_many_turns(count: int, seconds: float) -> str:
    """For more questions at a time than a person may have answered."""
    running = f"{count:,} of your messages are" if count > 1 else "A message of yours is"
    return f"{running} still being answered; please wait for that, or try again in {_count(round(seconds), 'second')}."


def too_busy(seconds: float) -> str:
    """For more turns at a time than the installation takes."""
    return f"Many people are asking something right now; please try again in {_count(round(seconds), 'second')}."


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' if number != 1 else ''}"
