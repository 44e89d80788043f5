"""The commands of the chat: one function each, found by name."""

import difflib
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from channels.terminal import texts
from channels.terminal.clean import one_line, web_link
from channels.terminal.jobs import progress
from channels.terminal.names import new_name
from channels.terminal.opened import locate, view
from channels.terminal.parts import Note, Place, describe
from channels.terminal.uploads import attach
from switchboard import BadInput
from switchboard.assistant import JobNews
from switchboard.storage import ConversationSummary

if TYPE_CHECKING:
    from channels.terminal.chat import Chat

Command: TypeAlias = Callable[["Chat", str], Awaitable[bool]]
"""Given the chat and what follows the name; returns whether the chat goes on."""

_COMMAND = re.compile(r"/([a-z]*)(?:\s+(.*))?", re.DOTALL)


def is_command(text: str) -> bool:
    """Whether this is meant for us and not for the assistant. A path such as ``/etc/hosts`` is not."""
    return _COMMAND.fullmatch(text.strip()) is not None


async def obey(chat: "Chat", text: str) -> bool:
    """Run a command. Returns whether the chat goes on.

    Raises:
        BadInput: There is no such command, or it can't be done; says why.
    """
    name, _, rest = text.strip().partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        close = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
        raise BadInput(texts.unknown_command(name, close[0] if close else ""))
    return await command[0](chat, rest.strip())


async def _attach(chat: "Chat", rest: str) -> bool:
    if not rest:
        chat.pending = []
        chat.say(Note(texts.FORGOT, style="dim"))
        return True
    attachment = await attach(
        _unquoted(rest), blobs=chat.assistant.blobs, conversation=chat.conversation, limit=chat.upload_limit
    )
    chat.pending.append(attachment)
    chat.say(Note(texts.attached(attachment.name, texts.size(attachment.size)), style="dim"))
    return True


async def _new(chat: "Chat", rest: str) -> bool:
    await chat.enter(new_name(chat.clock()))
    chat.say(Note(texts.NEW, style="dim"))
    return True


async def _conversations(chat: "Chat", rest: str) -> bool:
    if rest:
        await chat.enter(_chosen(chat, rest).conversation.thread)
        return True
    chat.listed = await chat.conversations()
    if not chat.listed:
        chat.say(Note(texts.NO_CONVERSATIONS, style="dim"))
    for number, summary in enumerate(chat.listed, start=1):
        when = datetime.fromtimestamp(summary.updated_at).astimezone()
        first = one_line(summary.first_text)
        line = f"{number:>3}  {when:%d %b %H:%M}  {summary.conversation.thread}  {first[:60]}"
        chat.say(Note(line, style="bold" if summary.conversation == chat.conversation else "none"))
    return True


async def _open(chat: "Chat", rest: str) -> bool:
    citations = chat.last.citations if chat.last else ()
    if not citations:
        raise BadInput(texts.NO_CITATIONS)
    number = rest or "1" if len(citations) == 1 else rest
    citation = next((citation for citation in citations if str(citation.number) == number), None)
    if citation is None:
        raise BadInput(texts.no_such_source(one_line(rest), [citation.number for citation in citations]))
    address = web_link(citation.link)
    if address:
        view(address)
    else:
        address, path = await locate(
            chat.assistant,
            citation.document,
            page=citation.page,
            principal=chat.principal,
            conversation=chat.conversation.key,
            opened=chat.opened,
        )
        view(address, path)
    chat.say(Place(describe(citation), address, citation.quote))
    return True


async def _jobs(chat: "Chat", rest: str) -> bool:
    chat.listed_jobs = await chat.assistant.jobs(chat.conversation)
    if not chat.listed_jobs:
        chat.say(Note(texts.NO_JOBS, style="dim"))
    for number, job in enumerate(chat.listed_jobs, start=1):
        when = datetime.fromtimestamp(job.created_at).astimezone()
        done, total = job.progress
        far = progress(JobNews(state=job.state, text=job.text, done=done, total=total))
        chat.say(Note(f"{number:>3}  {when:%d %b %H:%M}  {job.state:<9}  {far}  {job.id}", style="none"))
    return True


async def _cancel(chat: "Chat", rest: str) -> bool:
    job = next((job for number, job in enumerate(chat.listed_jobs, start=1) if rest == str(number)), None)
    if job is None:
        raise BadInput(texts.NO_JOB)
    asked = await chat.assistant.cancel_job(job.conversation, job.id)
    chat.say(Note(texts.CANCELLING if asked else texts.ENDED_ALREADY, style="dim"))
    return True


async def _help(chat: "Chat", rest: str) -> bool:
    chat.aside.print(texts.HELP)
    return True


async def _quit(chat: "Chat", rest: str) -> bool:
    return False


def _chosen(chat: "Chat", number: str) -> ConversationSummary:
    for position, summary in enumerate(chat.listed, start=1):
        if number == str(position):
            return summary
    raise BadInput(texts.no_such_conversation(one_line(number), len(chat.listed)))


def _unquoted(path: str) -> str:
    """A path as people paste it: in quotes, or with escaped blanks, as terminals write one that is dropped on them."""
    if len(path) > 1 and path[0] == path[-1] and path[0] in "\"'":
        return path[1:-1]
    return path.replace("\\ ", " ")


COMMANDS: dict[str, tuple[Command, str]] = {
    "/attach": (_attach, "add a file to your next message"),
    "/open": (_open, "open a source of the last answer"),
    "/new": (_new, "start a new conversation"),
    "/conversations": (_conversations, "list your conversations, or go on with one"),
    "/jobs": (_jobs, "list the work that goes on beside this conversation"),
    "/cancel": (_cancel, "end a job"),
    "/help": (_help, "what there is"),
    "/quit": (_quit, "leave"),
}


def meanings() -> dict[str, str]:
    """Every command with what it does, for completion."""
    return {name: meaning for name, (_, meaning) in COMMANDS.items()}
