"""The real assistant on stores in memory, for tests of tools, channels and of the agent itself.

async with running(["Sixteen weeks."]) as assistant:
    reply = await ask(assistant, "How long is parental leave?")
"""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from agent.assistant import SwitchboardAssistant, build
from stores.memory import MemoryBlobStore, MemoryConversationStore, MemoryJobStore
from switchboard.channels import Channel
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.jobs import JobKind
from switchboard.messages import Attachment, Message
from switchboard.plugins import Setup
from switchboard.reply import Reply, fold
from switchboard.settings import Settings, load
from switchboard.testing.models import ScriptedChatModel, Step
from switchboard.tools import Tool

SOMEWHERE = Conversation(tenant="local", channel="test", room="room")
SOMEBODY = Principal(id="somebody", verified=True)
QUICK = {"SWITCHBOARD_TURN__DEADLINE_SECONDS": "20", "SWITCHBOARD_LIMITS__MESSAGES_PER_MINUTE": "0"}
"""Settings for tests, as variables: a turn ends soon, and nobody sends too much."""
_numbers = count(1)


@asynccontextmanager
async def running(
    script: Iterable[Step] | ScriptedChatModel,
    *,
    tools: Sequence[Tool] = (),
    given: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    clock: Callable[[], float] = time.time,
    channels: Mapping[str, Channel[Any, Any]] | None = None,
    job_kinds: Sequence[JobKind] = (),
    works: bool = False,
) -> AsyncIterator[SwitchboardAssistant]:
    """An assistant whose chat model plays a script.

    Args:
        script: The steps, or a model of your own.
        tools: The only tools it has.
        given: Backends by role, instead of those in memory.
        settings: Instead of `QUICK`.
        clock: Seconds since the epoch, by which leases run out.
        channels: Those through which it sends replies that have to be pushed, by name.
        job_kinds: The only kinds of jobs it has.
        works: Whether it takes jobs and sends what is due by itself.
    """
    parts: dict[str, Any] = {
        "chat_model": script if isinstance(script, ScriptedChatModel) else ScriptedChatModel(script),
        "conversations": MemoryConversationStore(),
        "jobs": MemoryJobStore(),
        "blobs": MemoryBlobStore(),
        "tools": tools,
        "job_kinds": job_kinds,
        **(given or {}),
    }
    settings = settings or load(None, QUICK)
    assistant = build(settings, Setup(settings, given=parts), clock, channels)
    if works:
        assistant.work()
    try:
        yield assistant
    finally:
        await assistant.close()


def said(
    text: str,
    *,
    id: str = "",
    conversation: Conversation = SOMEWHERE,
    principal: Principal = SOMEBODY,
    attachments: tuple[Attachment, ...] = (),
    deadline: float | None = None,
) -> Message:
    """A message; each has an id of its own unless one is given."""
    return Message(
        id=MessageId(id or f"message-{next(_numbers)}"),
        conversation=conversation,
        principal=principal,
        text=text,
        attachments=attachments,
        received_at=time.time(),
        deadline=deadline,
    )


async def follow(assistant: SwitchboardAssistant, message: Message, after: int = 0) -> list[Event]:
    """The events of a message's turn, to its end."""
    return [event async for event in assistant.events(message.conversation, message.id, after=after)]


async def ask(assistant: SwitchboardAssistant, message: Message | str) -> Reply:
    """Offer a message and wait for its reply."""
    message = said(message) if isinstance(message, str) else message
    await assistant.offer(message)
    return fold(await follow(assistant, message))
