"""Workers in processes of their own that answer messages on one store and are killed at random, and the proof after it.

The driver does what a queue does: it delivers some messages twice, and again what a killed worker had not acknowledged.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import TypeAlias

from langchain_core.messages import BaseMessage, HumanMessage

from agent.assistant import SwitchboardAssistant
from stores.aws import AwsClient
from stores.dynamodb import DynamoConversationStore, DynamoJobStore, Table
from stores.sqlite import SqliteConversationStore
from switchboard import MessageId, Receipt, ToolContext, ToolResult, tool
from switchboard.settings import load
from switchboard.storage import ConversationStore
from switchboard.testing.models import Call, ScriptedChatModel, Step
from switchboard.testing.running import follow, running, said
from switchboard.testing.samples import a_conversation
from tests.forks import FORKS, uncounted

WORKERS = 4
AT_ONCE = 8
PATIENCE = 60.0
"""Seconds without an acknowledgement after which something is stuck."""
CALLS_PER_TURN = 2
"""One that calls the tool, one that answers."""
SETTINGS = {
    "SWITCHBOARD_TURN__LEASE_SECONDS": "4",
    "SWITCHBOARD_TURN__ATTEMPTS": "20",
    "SWITCHBOARD_LIMITS__MESSAGES_PER_MINUTE": "0",
}

Backends: TypeAlias = dict[str, object]
Deliveries: TypeAlias = tuple[Callable[[], Backends], Path, tuple[str, ...]]


def on_sqlite(file: Path) -> Backends:
    """Conversations in a file."""
    return {"conversations": SqliteConversationStore(file)}


def on_dynamodb(endpoint: str, region: str, table: str) -> Backends:
    """Conversations and jobs in a table of a server on this machine."""
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
    kept = Table(AwsClient("dynamodb", region=region, endpoint=endpoint), table)
    return {"conversations": DynamoConversationStore(kept), "jobs": DynamoJobStore(kept)}


@tool
async def look(context: ToolContext) -> ToolResult:
    """Look."""
    return ToolResult(text="Seen.")


def names_of(messages: int, rooms: int) -> list[str]:
    """Names of messages that go round the rooms: ``room:number``."""
    return [f"{number % rooms}:{number}" for number in range(messages)]


def kill_at_random(
    backends: Callable[[], Backends], names: Sequence[str], *, kills: int, seed: int, log: Path
) -> set[int]:
    """Let workers answer the messages, and kill one whenever so many deliveries, a random number, were acknowledged.

    Args:
        backends: Gives a process its stores. It is sent there, so it must be found in a module, or be a partial of one.
        log: The file in which the workers note each call of the model.

    Returns:
        The numbers of the processes that were killed.
    """
    random, killed = Random(seed), set()
    left: list[list[str]] = [[] for _ in range(WORKERS)]
    for name in names:  # nearly a third of the messages are delivered to two workers
        for worker in random.sample(range(WORKERS), 2 if random.random() < 0.3 else 1):
            left[worker].append(name)
    moments = set(random.sample(range(1, sum(map(len, left))), kills))
    with uncounted(), _Crew(lambda worker: (backends, log, tuple(left[worker]))) as crew:
        for done, (worker, name) in enumerate(crew.acknowledgements(), start=1):
            left[worker].remove(name)
            if done in moments:
                killed.add(crew.replace(random.choice([worker for worker in range(WORKERS) if left[worker]])))
    assert (left, len(killed)) == ([[]] * WORKERS, kills)
    return killed


async def assert_each_answered_once(
    store: ConversationStore, names: Sequence[str], killed: set[int], log: Path
) -> None:
    """Nothing is lost, doubled, mixed up, out of order or stuck; only over the killed was anything paid twice."""
    found = await store.list_conversations(tenant="local", limit=len(names))
    transcripts = [await store.transcript(each.conversation, limit=len(names)) for each in found]
    assert sorted(turn.message.id for transcript in transcripts for turn in transcript) == sorted(names)
    assert list(await store.pending(tenant="local")) == []
    calls = [(int(process), name) for process, name in map(str.split, log.read_text().splitlines())]
    for each, transcript in zip(found, transcripts, strict=True):
        assert [turn.number for turn in transcript] == list(range(len(transcript)))
        for turn in transcript:
            assert turn.message.id.partition(":")[0] == each.conversation.room
            assert (turn.state, turn.delivered) == ("done", True)
            assert turn.reply is not None
            assert (turn.reply.text, turn.reply.status) == (f"Re {turn.message.id}", "complete")
        place = {turn.message.id: turn.number for turn in transcript}
        called = [place[MessageId(name)] for _, name in calls if name in place]
        assert called == sorted(called)
    by_message: dict[str, Counter[int]] = {name: Counter() for name in names}
    for process, name in calls:
        by_message[name][process] += 1
    for counted in by_message.values():
        *before, last = counted
        assert counted[last] == CALLS_PER_TURN
        assert set(before) <= killed
        assert all(counted[process] <= CALLS_PER_TURN for process in before)


class _Crew:
    """The workers at work, each with the line on which it acknowledges."""

    def __init__(self, deliveries: Callable[[int], Deliveries]) -> None:
        self._deliveries = deliveries
        self._crew = [self._begin(worker) for worker in range(WORKERS)]

    def __enter__(self) -> "_Crew":
        return self

    def __exit__(self, *error: object) -> None:
        for worker in range(WORKERS):
            self._end(worker)

    def acknowledgements(self) -> Iterator[tuple[int, str]]:
        """Who has acknowledged what, until all workers have come to their end."""
        while lines := {line: worker for worker, (_, line) in enumerate(self._crew) if not line.closed}:
            heard = wait(list(lines), timeout=PATIENCE)
            assert heard, "no worker acknowledges anything any more"
            line = next(line for line in lines if line in heard)
            try:
                yield lines[line], line.recv()
            except EOFError:
                process, _ = self._crew[lines[line]]
                process.join()
                assert process.exitcode == 0
                line.close()

    def replace(self, worker: int) -> int:
        """End a worker as a power cut would and begin another in its place. Returns the number of the one killed."""
        number = self._end(worker)
        self._crew[worker] = self._begin(worker)
        return number

    def _begin(self, worker: int) -> tuple[ForkServerProcess, Connection]:
        here, there = FORKS.Pipe(duplex=False)
        process = FORKS.Process(target=_work, args=(*self._deliveries(worker), there))
        process.start()
        there.close()
        return process, here

    def _end(self, worker: int) -> int:
        process, line = self._crew[worker]
        process.kill()
        process.join()
        line.close()
        assert process.pid is not None
        return process.pid


def _work(backends: Callable[[], Backends], log: Path, names: Sequence[str], line: Connection) -> None:
    """What a worker does: take its messages, a few at a time, and acknowledge each once its reply is delivered."""
    calls = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    limit = asyncio.Semaphore(AT_ONCE)

    def answer(messages: Sequence[BaseMessage]) -> Step:
        question = [message.content for message in messages if isinstance(message, HumanMessage)][-1]
        os.write(calls, f"{os.getpid()} {question}\n".encode())  # one write: a kill leaves all of it or nothing
        return Call("look") if messages[-1].content == question else f"Re {question}"

    async def deliver(assistant: SwitchboardAssistant, name: str) -> None:
        message = said(name, id=name, conversation=a_conversation(name.partition(":")[0], tenant="local"))
        async with limit:
            await assistant.offer(message)
            await follow(assistant, message)
            await assistant.confirm(message, Receipt(delivered=True))
        line.send(name)

    async def work() -> None:
        model = ScriptedChatModel(repeat(answer))
        async with running(model, tools=(look,), given=backends(), settings=load(None, SETTINGS)) as assistant:
            await assistant.recover()
            await asyncio.gather(*(deliver(assistant, name) for name in names))

    asyncio.run(work())
