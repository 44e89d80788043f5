"""How a turn that did not end by itself ends, and a stored outcome as events again."""

import logging
import secrets

from agent import texts
from switchboard.errors import SwitchboardError
from switchboard.events import Event, Failed, Final, numbered
from switchboard.reply import Reply
from switchboard.storage import Turn

log = logging.getLogger("switchboard.agent")


def outcome_events(turn: Turn, after: int) -> list[Event]:
    """A stored reply as events numbered above ``after``, for whoever missed the turn."""
    if turn.reply is None:
        return []
    whole = [*contents(turn.reply), ending(turn.reply)]
    return [numbered(event, number) for number, event in enumerate(whole, start=after + 1)]


def contents(reply: Reply) -> list[Event]:
    """The events that fold into a reply, all but the end, not numbered."""
    found: list[Event] = [*reply.tools, *reply.citations, *reply.artifacts, *reply.warnings]
    return found + [event for event in (reply.question, reply.job) if event is not None]


def ending(reply: Reply) -> Final | Failed:
    """The event that ends the turn of a reply."""
    if reply.status == "failed":
        return Failed(text=reply.text, incident=reply.incident)
    return Final(
        text=reply.text,
        status=reply.status,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        trace_id=reply.trace_id,
    )


def failure(what: str, error: BaseException | None = None, text: str = "") -> Failed:
    """The end of a turn that failed; the log has the rest under its incident.

    Args:
        what: For the log.
        error: What was raised, if anything was: a typed one brings its own sentence.
        text: The sentence, where no error brings it.
    """
    incident = secrets.token_hex(4)
    log.error("a turn failed (%s), incident %s", what, incident, exc_info=error)
    if isinstance(error, SwitchboardError):
        text = error.user_text
    sentence = texts.with_incident(text, incident) if text else texts.failed(incident)
    retryable = error.retryable if isinstance(error, SwitchboardError) else True
    return Failed(text=sentence, incident=incident, retryable=retryable)
