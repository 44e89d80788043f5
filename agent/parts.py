"""What every turn needs, made once, and the run of one turn made of it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.counting import Counts
from agent.graph import Graph
from agent.recording import Recorder
from agent.run import Run
from switchboard.events import JobStarted
from switchboard.messages import Attachment, Message
from switchboard.settings import Settings
from switchboard.storage import BlobStore, ConversationStore, JobStore
from switchboard.tools import JobStarter, Tool, ToolContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What every turn needs, made once.

    Attributes:
        starting: Gives what begins jobs in a message's turn.
        holding: For how many seconds this process holds a message's reply to send it; ``None`` if it can't send it.
    """

    settings: Settings
    conversations: ConversationStore
    blobs: BlobStore
    jobs: JobStore
    graph: Graph
    tools: tuple[Tool, ...]
    system: Callable[[], str]
    worker: str
    starting: Callable[[Message], JobStarter]
    holding: Callable[[Message], float | None] = lambda _: None
    clock: Callable[[], float] = time.time
    counts: Counts = field(default_factory=Counts)


def make_run(parts: Parts, message: Message, recorder: Recorder, stop: asyncio.Event, deadline: float) -> Run:
    """A run of a message's turn that ends by ``deadline``, in seconds on ``time.monotonic``."""
    start_job = parts.starting(message)

    async def start(kind: str, arguments: Mapping[str, Any], *, text: str) -> JobStarted:
        started = await start_job(kind, arguments, text=text)
        recorder(started)
        return started

    def context(call_id: str, until: float, attachments: tuple[Attachment, ...]) -> ToolContext:
        return ToolContext(
            conversation=message.conversation,
            principal=message.principal,
            message_id=message.id,
            call_id=call_id,
            deadline=until,
            emit=recorder,
            cancelled=stop,
            blobs=parts.blobs,
            jobs=parts.jobs,
            attachments=attachments,
            start_job=start,
        )

    settings = parts.settings
    return Run(
        message=message,
        tools=parts.tools,
        emit=recorder,
        context=context,
        deadline=deadline,
        system=parts.system(),
        window_turns=settings.turn.window_turns,
        max_steps=settings.turn.max_steps,
        deadlines=settings.tools.deadlines,
        clock=parts.clock,
    )
