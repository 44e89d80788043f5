"""An assistant that plays a script, for tests of the terminal. Run as a program, it is a chat in a terminal."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from stores.memory import MemoryBlobStore
from switchboard import (
    Citation,
    Conversation,
    Delta,
    Event,
    Failed,
    Final,
    JobStarted,
    Message,
    MessageId,
    Principal,
    Receipt,
    Status,
    ToolFinished,
    ToolStarted,
    fold,
)
from switchboard.assistant import Catalogue, JobNews, Offer, OfferState, SourceFile
from switchboard.events import ends_turn, numbered
from switchboard.storage import ConversationSummary, Job, Turn
from switchboard.testing.fake_jobs import FakeJobs

Step: TypeAlias = Event | str
"""An event; ``until stopped``, ``hand over`` (the feed ends), ``hang`` (nothing more comes), ``count`` (jobs go on)."""

PAGE = Citation(number=1, title="Leave policy", source="leave.pdf", page=3, document="doc/1", quote="Sixteen weeks.")


def said(text: str) -> list[Step]:
    """A script that answers with a text."""
    return [Delta(text=text), Final(text=text)]


gate = asyncio.Event()
"""Lets `count_slowly` come to its end."""


async def count_slowly(job: Job) -> AsyncIterator[Event]:
    """The script of every job."""
    yield Status(text="Counting", done=1, total=3)
    await gate.wait()
    yield Delta(text="One, two, **three**.")
    yield Final(text="One, two, **three**.")


class ScriptedAssistant:
    """Answers each text with its script; a text without one is said back."""

    def __init__(self, scripts: Mapping[str, Sequence[Step]] = {}, *, state: OfferState = "new") -> None:
        self.scripts = dict(scripts)
        self.state = state
        self.blobs = MemoryBlobStore()
        self.offered: list[Message] = []
        self.receipts: list[Receipt] = []
        self.stopped: list[MessageId] = []
        self.turns: dict[str, list[Turn]] = {}
        self.sources: dict[str, SourceFile] = {}
        self.source_calls: list[tuple[str, Principal, str]] = []
        self.on_offer: BaseException | None = None
        self.work = FakeJobs(count_slowly, self.offer)
        self._stop = asyncio.Event()

    async def offer(self, message: Message) -> Offer:
        if self.on_offer:
            raise self.on_offer
        self._stop.clear()
        turns = self.turns.setdefault(message.conversation.key, [])
        if message not in self.offered:
            self.offered.append(message)
        if all(turn.message.id != message.id for turn in turns):
            turns.append(Turn(number=len(turns), message=message, state="running"))
        return Offer(state=self.state)

    async def events(
        self, conversation: Conversation, message_id: MessageId, *, after: int = 0
    ) -> AsyncIterator[Event]:
        turns = self.turns[conversation.key]
        turn = next(turn for turn in turns if turn.message.id == message_id)
        shown: list[Event] = []
        steps = self.scripts.get(turn.message.text) or said(f"You said {turn.message.text}")
        if turn.message.job:
            steps = [event async for event in self.work.result(turn.message)]
        for seq, step in enumerate(steps, 1):
            if step == "until stopped":
                await self._stop.wait()
            elif step == "hang":
                await asyncio.Event().wait()
            elif step == "count":
                gate.set()
            elif step == "hand over":
                if not after:
                    return
            elif not isinstance(step, str):
                if isinstance(step, JobStarted) and not self.work.listed(conversation):
                    self.work.begin(turn.message, step)
                shown.append(numbered(step, seq))
                if seq > after:
                    yield shown[-1]
                    await asyncio.sleep(0)
        if shown and ends_turn(shown[-1]):
            done = Turn(number=turn.number, message=turn.message, state="done", reply=fold(shown))
            turns[turn.number] = done

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        self.stopped.append(message_id)
        self._stop.set()
        return True

    async def confirm(self, message: Message, receipt: Receipt) -> None:
        self.receipts.append(receipt)

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        return self.turns.get(conversation.key, [])[-limit:]

    async def conversations(
        self, principal: Principal, *, tenant: str, limit: int = 50
    ) -> Sequence[ConversationSummary]:
        found = []
        for position, (key, turns) in enumerate(self.turns.items()):
            conversation = Conversation.from_key(key)
            if turns and conversation.tenant == tenant and turns[0].message.principal.id == principal.id:
                summary = ConversationSummary(
                    conversation=conversation,
                    principals=frozenset({principal.id}),
                    turns=len(turns),
                    updated_at=float(position),
                    first_text=turns[0].message.text,
                )
                found.append(summary)
        return found[::-1]

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> SourceFile | None:
        self.source_calls.append((document, principal, conversation))
        return self.sources.get(document)

    async def catalogue(self, principal: Principal) -> Catalogue:
        return Catalogue(documents=2, suggestions=("How long is parental leave?",), model="scripted")

    async def jobs(self, conversation: Conversation) -> Sequence[Job]:
        return self.work.listed(conversation)

    def watch_job(self, conversation: Conversation, job_id: str) -> AsyncIterator[JobNews]:
        return self.work.watch(conversation, job_id)

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        return await self.work.cancel(conversation, job_id)

    async def recover(self) -> int:
        return 0

    async def close(self) -> None:
        await self.work.close()


SCRIPTS: dict[str, Sequence[Step]] = {
    "leave?": [
        ToolStarted(call_id="1", tool="search_documents", text="Searching the documents"),
        Status(text="Reading", done=1, total=2),
        ToolFinished(call_id="1", tool="search_documents", status="complete"),
        PAGE,
        Delta(text="Parental leave lasts **sixteen weeks** [1]."),
        Final(text="Parental leave lasts **sixteen weeks** [1]."),
    ],
    "long?": [
        Delta(text="The first paragraph.\n\nThe second"),
        "until stopped",
        Final(text="The first paragraph.\n\nThe second", status="stopped"),
    ],
    "stuck?": [Delta(text="So far"), "hang"],
    "broken?": [Failed(text="That did not work. Try again.", incident="abc123")],
    "refused?": [],
    "count?": [JobStarted(job_id="job-1", text="I'm on it."), Final(text="I'm on it.")],
    "done?": ["count", Final(text="It is.")],
}


async def main(folder: Path) -> int:
    from channels.terminal import TerminalChannel
    from channels.terminal.chat import Chat
    from channels.terminal.console import stdout_console
    from channels.terminal.opened import Opened
    from channels.terminal.prompts import for_streams
    from channels.terminal.slash import COMMANDS

    chat = Chat(
        assistant=ScriptedAssistant(SCRIPTS),
        channel=TerminalChannel(tenant="test"),
        principal=Principal(id="ann", verified=True),
        aside=stdout_console(),
        opened=Opened(folder / "opened"),
        upload_limit=1000,
        clock=time.time,
    )
    commands = {name: meaning for name, (_, meaning) in COMMANDS.items()}
    return await chat.run(for_streams(history=folder / "history", commands=commands))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
