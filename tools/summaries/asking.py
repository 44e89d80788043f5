"""One call of a chat model, tried until it works or it is known that it will not."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from switchboard import BackendError, ToolFailed
from switchboard.boundary import attempt
from switchboard.tracing import traced
from tools.summaries import texts
from tools.summaries.pace import Pace
from tools.summaries.trouble import Trouble, trouble

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

log = logging.getLogger(__name__)

EMPTY_TRIES = 2
"""Calls of which the last is the one that is taken at its word when it answers nothing."""

_CUT = frozenset({"length", "max_tokens", "max_output_tokens"})
"""How providers say that an answer broke off."""

_REFUSED = frozenset({"content_filter", "content_filtered", "guardrail_intervened", "refusal", "safety"})
"""How they say that it was kept back."""

_DECLINES = re.compile(
    r"(?:i(?:['’]m| am) (?:very )?sorry|sorry|i (?:can(?:['’]t|not)|won['’]t)|i(?:['’]m| am) (?:not able|unable)"
    r"|as an ai|es tut mir leid|ich kann (?:das|dies|dabei)|je suis désolé|désolé|je ne peux pas|lo siento|no puedo)\b",
    re.IGNORECASE,
)
_LONGEST_EXCUSE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model answered, and what that took, as its provider counts.

    Attributes:
        cut: Whether it broke off because it was too long.
        refused: Whether the model declined, or its provider kept the answer back.
    """

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    cut: bool = False
    refused: bool = False


class Ledger(Protocol):
    """Notes what is asked and what comes of it, so that nothing that was paid for is lost or left unsaid."""

    async def begins(self, prompt: str) -> None:
        """A call is about to be made."""
        ...

    async def keep(self, prompt: str, answer: Answer) -> None:
        """It was answered."""
        ...

    def ends(self, prompt: str, unused: Answer | None = None) -> None:
        """It failed, or was answered by what is of no use."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A chat model and how it is asked.

    Attributes:
        name: For the log and for people, such as ``bedrock:some-model``.
        attempts: How often a call is made that fails in a way that may pass.
    """

    model: "BaseChatModel"
    name: str
    pace: Pace
    attempts: int

    async def ask(
        self, prompt: str, *, purpose: str, ledger: Ledger, unless: Callable[[], Trouble | None]
    ) -> Answer | Trouble:
        """The answer to a prompt, or what went wrong with it.

        Args:
            prompt: The whole of it.
            purpose: The prompt's name and version, for the trace.
            ledger: Keeps the answer, in its place among the calls: there is never more in hand than that may be lost.
            unless: Asked just before each call: what makes it useless by now, if anything does.
        """
        last = Trouble(kind="failed")
        for number in range(1, self.attempts + 1):
            async with self.pace.place():
                if useless := unless():
                    return useless
                await ledger.begins(prompt)
                outcome = await attempt(self._call(prompt, purpose))
                if isinstance(outcome, Answer) and not (useless := _useless(outcome)):
                    await ledger.keep(prompt, outcome)
                    self.pace.went_well()
                    return outcome
                unused = outcome if isinstance(outcome, Answer) else None
                last = useless or last if isinstance(outcome, Answer) else trouble(outcome)
                ledger.ends(prompt, unused)
                log.warning("%s: %s (%s), attempt %d", self.name, last.kind, type(outcome).__name__, number)
                if last.may_pass:
                    self.pace.slow_down(number, last.retry_after)
                elif last.kind != "empty" or number >= EMPTY_TRIES:
                    return last
        return last

    async def _call(self, prompt: str, purpose: str) -> Answer:
        with traced("model", model=self.name, purpose=purpose) as span:
            message: AIMessage = await self.model.ainvoke(prompt)
            usage: Mapping[str, Any] = message.usage_metadata or {}
            answer = Answer(
                text=str(message.text),
                input_tokens=int(usage.get("input_tokens", 0)),
                output_tokens=int(usage.get("output_tokens", 0)),
                cut=_stopped_by(message.response_metadata) in _CUT,
                refused=_is_refused(message),
            )
            span.set(input_tokens=answer.input_tokens, output_tokens=answer.output_tokens)
        return answer


def failure(found: Trouble) -> BackendError | ToolFailed:
    """The error where nothing came of asking at all."""
    if found.kind in ("refused", "empty"):
        return ToolFailed(texts.DECLINED)
    return BackendError(service="chat_model", operation="summarize", code=found.kind, retryable=found.may_pass)


def _useless(answer: Answer) -> Trouble | None:
    """What is wrong with an answer that came, if anything is."""
    if answer.refused:
        return Trouble(kind="refused")
    return None if answer.text.strip() else Trouble(kind="empty")


def _is_refused(message: "AIMessage") -> bool:
    """Whether a model declined: its provider says so, or it says so itself, shortly and with nothing else."""
    if _stopped_by(message.response_metadata) in _REFUSED or message.additional_kwargs.get("refusal"):
        return True
    text = str(message.text).strip()
    return len(text) <= _LONGEST_EXCUSE and "[p" not in text and _DECLINES.match(text) is not None


def _stopped_by(metadata: dict[str, Any]) -> str:
    """Why the model stopped, in its provider's words."""
    names = ("finish_reason", "stop_reason", "stopReason")
    return next((str(metadata[name]).lower() for name in names if metadata.get(name)), "")
