"""Every error that crosses a boundary, each with fields; the sentence is built in ``__str__``.

SwitchboardError
├── ToolRetry         the model can mend its call and try again
├── ToolFailed        the tool could not do it; the person is told
├── Refused           access or moderation says no
├── Late              the deadline passed
├── DeliveryFailed    the platform did not take the reply
├── BackendError      a service or a store failed
│   └── Fenced        a newer worker owns the conversation; this one must stop
├── Unreadable        a file can't be read, and why
├── BadInput          what came in is malformed or over a limit
│   ├── BadKey        not a conversation key
│   └── TooMuch       it is more than this person may send now; says when to try again
└── ConfigError       the settings are wrong; says which line and how to mend it

A person only ever sees ``user_text``: one short sentence and what to do next. Exception text stays in the log, under
the incident id.
"""

from typing import ClassVar


class SwitchboardError(Exception):
    """The root. ``user_text`` is what a person may read; ``retryable`` says whether the same call may work later."""

    user_text: str = "Something went wrong on our side. Please try again."
    retryable: bool = False


class ToolRetry(SwitchboardError):
    """The model called a tool wrongly; ``hint`` tells it how to do better."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint

    def __str__(self) -> str:
        return f"The call can be mended: {self.hint}"


class ToolFailed(SwitchboardError):
    """The tool could not do what was asked; ``user_text`` is fit for the person."""

    def __init__(self, user_text: str, *, retryable: bool = False) -> None:
        super().__init__(user_text)
        self.user_text = user_text
        self.retryable = retryable


class Refused(SwitchboardError):
    """Access or moderation says no; ``policy`` names the rule for the log."""

    def __init__(self, user_text: str, *, policy: str) -> None:
        super().__init__(user_text)
        self.user_text = user_text
        self.policy = policy

    def __str__(self) -> str:
        return f"Refused by {self.policy}: {self.user_text}"


class Late(SwitchboardError):
    """``what`` did not end within ``seconds``."""

    user_text = "That took too long and was stopped. Please try again, or ask for less at once."
    retryable = True

    def __init__(self, *, what: str, seconds: float) -> None:
        super().__init__(what, seconds)
        self.what = what
        self.seconds = seconds

    def __str__(self) -> str:
        return f"{self.what} did not end within {self.seconds:g} s"


class DeliveryFailed(SwitchboardError):
    """The platform did not take a reply."""

    def __init__(self, *, channel: str, why: str, retryable: bool, retry_after: float | None = None) -> None:
        super().__init__(channel, why)
        self.channel = channel
        self.why = why
        self.retryable = retryable
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.channel} did not take the reply: {self.why}"


class BackendError(SwitchboardError):
    """A service or a store failed: ``operation`` on ``service`` answered ``code``."""

    user_text = "A part of the assistant is not available right now. Please try again in a minute."

    def __init__(self, *, service: str, operation: str, code: str, retryable: bool = False) -> None:
        super().__init__(service, operation, code)
        self.service = service
        self.operation = operation
        self.code = code
        self.retryable = retryable
        if code == "full":
            self.user_text = "The disk that keeps your conversations and files is full. Free some space and try again."

    def __str__(self) -> str:
        return f"{self.service}.{self.operation} failed: {self.code}"


class Fenced(BackendError):
    """A newer worker owns the conversation; whatever this one does from now on must not be written."""

    def __init__(self, *, operation: str) -> None:
        super().__init__(service="conversations", operation=operation, code="fenced")


class Unreadable(SwitchboardError):
    """A file can't be read. ``reason`` is a short clause for people, such as ``it is protected by a password``."""

    def __init__(self, *, name: str, reason: str, code: str) -> None:
        super().__init__(name, reason, code)
        self.name = name
        self.reason = reason
        self.code = code

    def __str__(self) -> str:
        return f"{self.name} can't be read: {self.reason}."

    @property
    def user_text(self) -> str:  # type: ignore[override]
        """The sentence itself: a file's faults are the person's to know."""
        return str(self)


class BadInput(SwitchboardError):
    """What came in is malformed or over a limit; ``status`` is the HTTP status that says the same."""

    code: ClassVar[str] = "bad_input"

    def __init__(self, user_text: str, *, status: int = 400) -> None:
        super().__init__(user_text)
        self.user_text = user_text
        self.status = status


class BadKey(BadInput):
    """The string is not a conversation key."""

    def __init__(self, *, key: str) -> None:
        super().__init__("That conversation does not exist. Start a new one.", status=404)
        self.key = key


class TooMuch(BadInput):
    """More than somebody may send for now; ``retry_after`` is in how many seconds it is worth trying again."""

    code: ClassVar[str] = "too_much"
    retryable = True

    def __init__(self, user_text: str, *, retry_after: float) -> None:
        super().__init__(user_text, status=429)
        self.retry_after = retry_after


class ConfigError(SwitchboardError):
    """The settings are wrong: ``problem``, where, and the ``fix``."""

    def __init__(self, problem: str, *, fix: str, where: str = "") -> None:
        super().__init__(problem, fix, where)
        self.problem = problem
        self.fix = fix
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.problem} {self.fix}"
