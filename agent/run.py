"""One turn while it runs: what its nodes share, and the answer so far as it is shown."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from langchain_core.messages import AnyMessage

from agent import texts
from agent.acting import Outcome
from agent.citing import Citing
from switchboard.events import Citation, Delta, Event, Final, Question, Warning
from switchboard.messages import Attachment, Message
from switchboard.tools import Tool, ToolContext
from switchboard.tracing import trace_id


async def nothing_told() -> Sequence[Message]:
    """Where nobody can tell a running turn anything."""
    return ()


@dataclass(slots=True, kw_only=True)
class Run:
    """One turn while it runs.

    Attributes:
        emit: Records and shows an event.
        context: Makes the context of a tool call from its id, its deadline and the conversation's files.
        deadline: Seconds on ``time.monotonic``.
        told: Gives the messages that came meanwhile and are to be taken into account.
        clock: Seconds since the epoch.
        may_ask: Whether the person can be asked to agree to something; not once the turn goes on as a job.
        asked: Whether the turn ends with a question.
        produced: The turn's own messages so far, from which a stopped turn's memory is made.
        text: The answer so far, as it is shown; ``unsettled`` is what the model has said that is in no message yet.
        citing: All that tools have found, and what of it the answer uses.
    """

    message: Message
    tools: Sequence[Tool]
    emit: Callable[[Event], None]
    context: Callable[[str, float, tuple[Attachment, ...]], ToolContext]
    deadline: float
    system: str
    window_turns: int
    max_steps: int
    deadlines: dict[str, float] = field(default_factory=dict)
    told: Callable[[], Awaitable[Sequence[Message]]] = nothing_told
    clock: Callable[[], float] = time.time
    may_ask: bool = True
    produced: list[AnyMessage] = field(default_factory=list)
    text: str = ""
    unsettled: str = ""
    citing: Citing = field(default_factory=Citing)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    asked: bool = False
    steps: int = 0
    tokens: tuple[int, int] = (0, 0)

    def say(self, text: str) -> None:
        """Give more of the answer, each citation before the text that first uses it."""
        self.unsettled += text
        self._show(*self.citing.feed(text))

    def say_more(self, text: str) -> None:
        """Give more of the answer, as a paragraph of its own."""
        if self.text and not self.text.endswith("\n"):
            self.say("\n\n")
        self.say(text)

    def said(self) -> None:
        """Give what was held back of the answer, as the model has paused or ended."""
        self._show(*self.citing.end())

    def _show(self, citations: Sequence[Citation], text: str) -> None:
        for citation in citations:
            self.emit(citation)
        if text:
            self.text += text
            self.emit(Delta(text=text))

    def ask(self, question: Question) -> None:
        """End the turn with a question."""
        self.asked = True
        self.emit(question)

    def final(self) -> Final:
        """The end of the turn, as the events before it make it."""
        self.said()
        lacking = [outcome for outcome in self.outcomes.values() if outcome.status != "complete"]
        for outcome in lacking:
            if outcome.missing:
                self.emit(Warning(text=texts.missing(outcome.missing), code="partial"))
        return Final(
            text=self.text.strip() or ("" if self.asked else texts.NO_ANSWER),
            status="partial" if lacking else "complete",
            input_tokens=self.tokens[0],
            output_tokens=self.tokens[1],
            trace_id=trace_id(),
        )
