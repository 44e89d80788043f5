"""What a person is told when something fails, and what the log is told; an incident id joins the two."""

import logging
import secrets
from dataclasses import dataclass

from channels.websocket import texts
from channels.websocket.protocol import BadFrame, Problem
from switchboard import BackendError, BadInput, Late, Refused, SwitchboardError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """``status`` is for HTTP; ``incident`` is empty when the client can mend it alone and nothing was logged."""

    code: str
    text: str
    status: int
    incident: str = ""

    def problem(self, about: str = "") -> Problem:
        """The same as a frame."""
        return Problem(code=self.code, text=self.text, incident=self.incident, id=about)


def describe(error: Exception) -> Failure:
    """Sort an error, and log it if somebody on our side should look at it. Exception text goes to the log only."""
    match error:
        case BadFrame():
            return Failure(code=error.frame_code, text=error.user_text, status=error.status)
        case BadInput():
            code = {404: "unknown", 413: "too_large"}.get(error.status, error.code)
            return Failure(code=code, text=error.user_text, status=error.status)
        case Refused():
            return Failure(code="refused", text=error.user_text, status=403)
    incident = secrets.token_hex(4)
    log.error("incident %s", incident, exc_info=error)
    match error:
        case BackendError(code="full"):
            return Failure(code="full", text=texts.NO_ROOM, status=507, incident=incident)
        case BackendError():
            return Failure(code="unavailable", text=error.user_text, status=503, incident=incident)
        case Late():
            return Failure(code="late", text=error.user_text, status=504, incident=incident)
        case SwitchboardError():
            return Failure(code="failed", text=error.user_text, status=500, incident=incident)
        case _:
            return Failure(code="failed", text=texts.UNEXPECTED, status=500, incident=incident)
