"""A reply: what a turn's events come to once they are all there."""

from collections.abc import Iterable
from dataclasses import dataclass

from switchboard.events import (
    Artifact,
    Citation,
    Delta,
    Event,
    Failed,
    Final,
    JobStarted,
    Question,
    ReplyStatus,
    ToolFinished,
    Warning,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one message.

    Attributes:
        text: Markdown; ``[n]`` refers to the citation of that number.
        status: ``partial`` when something is missing (see warnings), ``stopped`` when the person stopped it,
            ``failed`` when ``text`` is an apology with ``incident``.
        tools: Tool calls in the order in which they ended.
        input_tokens: As the model's provider counted them; 0 where it does not.
        output_tokens: Likewise.
        trace_id: Finds the turn in logs and traces.
    """

    text: str
    status: ReplyStatus
    citations: tuple[Citation, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    warnings: tuple[Warning, ...] = ()
    question: Question | None = None
    job: JobStarted | None = None
    tools: tuple[ToolFinished, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    trace_id: str = ""
    incident: str = ""


def fold(events: Iterable[Event]) -> Reply:
    """Fold a turn's events, in order, into its reply.

    Pure. An unfinished turn folds into what there is of it; an event that comes again, after a reconnect, counts once.
    """
    text: list[str] = []
    citations: dict[int, Citation] = {}
    artifacts: dict[tuple[str, str], Artifact] = {}
    warnings: dict[tuple[str, str], Warning] = {}
    tools: dict[str, ToolFinished] = {}
    question: Question | None = None
    job: JobStarted | None = None
    end: Final | Failed | None = None
    for event in events:
        match event:
            case Delta():
                text.append(event.text)
            case Citation():
                citations[event.number] = event
            case Artifact():
                artifacts.setdefault((event.digest, event.name), event)
            case Warning():
                warnings.setdefault((event.code, event.text), event)
            case ToolFinished():
                tools.setdefault(event.call_id, event)
            case Question():
                question = event
            case JobStarted():
                job = event
            case Final() | Failed():
                end = event
            case _:
                pass
    final = end if isinstance(end, Final) else None
    failed = end if isinstance(end, Failed) else None
    return Reply(
        text=end.text if end else "".join(text),
        status=final.status if final else "failed" if failed else "partial",
        citations=tuple(citations[number] for number in sorted(citations)),
        artifacts=tuple(artifacts.values()),
        warnings=tuple(warnings.values()),
        question=question,
        job=job,
        tools=tuple(tools.values()),
        input_tokens=final.input_tokens if final else 0,
        output_tokens=final.output_tokens if final else 0,
        trace_id=final.trace_id if final else "",
        incident=failed.incident if failed else "",
    )
