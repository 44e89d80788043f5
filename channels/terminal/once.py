"""One question, one reply, one exit code: the terminal for scripts."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from channels.terminal import texts
from channels.terminal.answering import Left, answer
from channels.terminal.channel import TerminalChannel, Typed
from channels.terminal.jobs import awaited
from channels.terminal.links import Links
from channels.terminal.names import ONCE, check_name, new_name
from channels.terminal.opened import Opened
from channels.terminal.screens import JsonScreen, PlainScreen, Screen
from channels.terminal.uploads import attach
from switchboard import BadInput, Principal
from switchboard.assistant import Assistant
from switchboard.events import ReplyStatus

if TYPE_CHECKING:
    from rich.console import Console

EXIT_CODES: Mapping[ReplyStatus, int] = {"complete": 0, "partial": 0, "failed": 1, "stopped": 130}
STOPPED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to ask.

    Attributes:
        files: Paths, as given.
        thread: Name of the conversation; empty for one of its own.
        json: Whether to print events and reply as JSON lines.
    """

    text: str
    files: Sequence[str] = ()
    thread: str = ""
    json: bool = False


async def once(
    ask: Ask,
    *,
    assistant: Assistant,
    channel: TerminalChannel,
    principal: Principal,
    aside: "Console",
    opened: Opened,
    upload_limit: int,
    clock: Callable[[], float] = time.time,
) -> int:
    """Ask, print the reply to the channel's console, and return the exit code.

    Raises:
        BadInput: There is nothing to ask, or a file can't be attached.
    """
    thread = check_name(ask.thread) if ask.thread else ONCE + new_name(clock())
    conversation = channel.conversation(principal, thread)
    files = [
        await attach(name, blobs=assistant.blobs, conversation=conversation, limit=upload_limit) for name in ask.files
    ]
    written = Typed(
        id=uuid4().hex,
        principal=principal,
        thread=thread,
        text=ask.text,
        attachments=tuple(files),
        received_at=clock(),
    )
    messages = channel.parse(written)
    if not messages:
        raise BadInput(texts.NOTHING_ASKED)
    message = messages[0]
    links = Links(conversation=conversation.key if ask.thread or files else "")

    def screen() -> Screen:
        return JsonScreen(channel, links=links) if ask.json else PlainScreen(channel, aside=aside)

    try:
        reply = await answer(assistant, message, screen(), opened=opened)
    except Left:
        return STOPPED
    try:
        reply = await awaited(assistant, conversation, reply, screen, opened=opened)
    except Left:
        for job in await assistant.jobs(conversation):
            if job.message_id == message.id and job.due_at:
                aside.print(texts.goes_on(job.id))
        return STOPPED
    return EXIT_CODES[reply.status]
