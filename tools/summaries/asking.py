"""One call of a chat model, tried until it works or it is known that it will not."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchboard import BackendError
from switchboard.boundary import attempt
from switchboard.tracing import traced
from tools.summaries.pace import Pace
from tools.summaries.trouble import Trouble, trouble

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

_CUT = frozenset({"length", "max_tokens", "max_output_tokens"})
"""How providers say that an answer broke off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model answered, and what that took, as its provider counts.

    Attributes:
        cut: Whether it broke off because it was too long.
    """

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    cut: bool = False


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
        self,
        prompt: str,
        *,
        purpose: str,
        keep: Callable[[Answer], Awaitable[None]],
        unless: Callable[[], Trouble | None],
    ) -> Answer | Trouble:
        """The answer to a prompt, or what went wrong with it.

        Args:
            prompt: The whole of it.
            purpose: The prompt's name and version, for the trace.
            keep: Keeps the answer, in its place among the calls: there is never more in hand than that may be lost.
            unless: Asked just before each call: what makes it useless by now, if anything does.
        """
        last = Trouble(kind="failed")
        for number in range(1, self.attempts + 1):
            async with self.pace.place():
                if useless := unless():
                    return useless
                outcome = await attempt(self._call(prompt, purpose))
                if isinstance(outcome, Answer):
                    await keep(outcome)
                    self.pace.went_well()
                    return outcome
                last = trouble(outcome)
                log.warning("%s: %s (%s), attempt %d", self.name, last.kind, type(outcome).__name__, number)
                if last.may_pass:
                    self.pace.slow_down(number, last.retry_after)
                else:
                    return last
        return last

    async def _call(self, prompt: str, purpose: str) -> Answer:
        with traced("model", model=self.name, purpose=purpose) as span:
            message = await self.model.ainvoke(prompt)
            usage: Mapping[str, Any] = message.usage_metadata or {}
            answer = Answer(
                text=str(message.text),
                input_tokens=int(usage.get("input_tokens", 0)),
                output_tokens=int(usage.get("output_tokens", 0)),
                cut=_stopped_by(message.response_metadata) in _CUT,
            )
            span.set(input_tokens=answer.input_tokens, output_tokens=answer.output_tokens)
        return answer


def failure(found: Trouble) -> BackendError:
    """The error where nothing came of asking at all."""
    return BackendError(service="chat_model", operation="summarize", code=found.kind, retryable=found.may_pass)


def _stopped_by(metadata: dict[str, Any]) -> str:
    """Why the model stopped, in its provider's words."""
    names = ("finish_reason", "stop_reason", "stopReason")
    return next((str(metadata[name]).lower() for name in names if metadata.get(name)), "")
