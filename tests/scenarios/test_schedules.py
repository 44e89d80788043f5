"""Random schedules of inbox and store together, in simulated time: workers with clocks of their own that read, decide,
and write later or never, while messages come, come again, steer, are stopped, and receipts arrive in any order.

What is read and what is written are two steps, so a crash, a stall or another worker's write can fall between any two.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent import inbox
from agent.inbox import Busy
from stores.dynamodb import DynamoConversationStore
from stores.memory import MemoryConversationStore
from stores.sqlite import SqliteConversationStore
from switchboard import Conversation, Fenced, Message, MessageId, Principal, Reply
from switchboard.storage import Change, ConversationStore, Lease
from tests.aws import a_world

LEASE, SKEW = 30.0, 30.0
WORKERS = {"slow": -15.0, "right": 0.0, "fast": 15.0}
"""By how much each worker's clock is off, in seconds: no two differ by more than the skew that is allowed."""
PLACES = (
    Conversation(tenant="t", channel="c", room="a/b", thread=""),
    Conversation(tenant="t", channel="c", room="a", thread="b"),
    Conversation(tenant="t/c", channel="", room="a%2Fb"),
)
"""Conversations whose names would be the same, put together carelessly."""
NAMES = [MessageId(f"m{number}") for number in range(5)]
BUSY: list[Busy] = ["queue", "steer", "interrupt", "reject"]


@dataclass
class Written:
    """What a worker has decided and not yet written, with what is to be noted once it is."""

    place: Conversation
    change: Change
    note: Callable[[], None]


@dataclass
class Told:
    """What is known of one conversation from the writes that succeeded."""

    accepted: list[MessageId] = field(default_factory=list)
    answers: dict[MessageId, str] = field(default_factory=dict)
    renewed_at: float = 0.0
    started: list[MessageId] = field(default_factory=list)


class Schedules(RuleBasedStateMachine):
    """Any number of workers on one store."""

    make: ClassVar[Callable[[Path], ConversationStore]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.store = type(self).make(Path(self.folder.name))
        self.now = 1_000_000.0
        self.told = {place: Told() for place in PLACES}
        self.pending: list[Written] = []
        self.held: list[tuple[Conversation, str, Lease]] = []

    def wait(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def clock(self, worker: str) -> float:
        return self.now + WORKERS[worker]

    @rule(
        place=st.sampled_from(PLACES),
        name=st.sampled_from(NAMES),
        worker=st.sampled_from(list(WORKERS)),
        busy=st.sampled_from(BUSY),
        push=st.booleans(),
    )
    def somebody_is_offered_a_message(
        self, place: Conversation, name: MessageId, worker: str, busy: Busy, push: bool
    ) -> None:
        snapshot = self.wait(self.store.read(place, name))
        message = Message(id=name, conversation=place, principal=Principal(id="p"), text=f"{name}", push=push)
        decision = inbox.offer(
            snapshot, message, now=self.clock(worker), worker=worker, lease_seconds=LEASE, busy=busy, skew=SKEW
        )
        if decision.change is None:
            return
        told, lease, at = self.told[place], decision.change.inbox.lease, self.now

        def note() -> None:
            assert name not in told.accepted, "a message was accepted twice"
            told.accepted.append(name)
            if decision.state == "new":
                self.starts(place, worker, lease, at, took_over=False)

        self.pending.append(Written(place, decision.change, note))

    @rule(place=st.sampled_from(PLACES), worker=st.sampled_from(list(WORKERS)))
    def somebody_wants_to_claim(self, place: Conversation, worker: str) -> None:
        before = self.wait(self.store.read(place)).inbox
        name = inbox.next_message(before, self.clock(worker), SKEW)
        if name is None:
            return
        snapshot = self.wait(self.store.read(place, name))
        claimed = inbox.claim(snapshot, now=self.clock(worker), worker=worker, lease_seconds=LEASE, skew=SKEW)
        if claimed is None:
            return
        change, lease, _ = claimed
        took_over, at = snapshot.inbox.lease is not None, self.now
        self.pending.append(Written(place, change, lambda: self.starts(place, worker, lease, at, took_over=took_over)))

    def starts(self, place: Conversation, worker: str, lease: Lease | None, at: float, *, took_over: bool) -> None:
        assert lease is not None
        told = self.told[place]
        if took_over:
            assert at - told.renewed_at >= LEASE, "a living worker's turn was taken"
            assert told.started[-1] == lease.message_id, "another message went before the one that was begun"
        told.renewed_at = at
        told.started.append(lease.message_id)
        self.held.append((place, worker, lease))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def somebody_renews(self, data: st.DataObject) -> None:
        place, worker, lease = self.take(data)
        state = self.wait(self.store.read(place)).inbox
        try:
            change, longer = inbox.renew(state, lease, now=self.clock(worker), lease_seconds=LEASE)
        except Fenced:
            return
        at = self.now
        self.held.append((place, worker, longer))
        self.pending.append(Written(place, change, lambda: setattr(self.told[place], "renewed_at", at)))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), crashes=st.booleans())
    def somebody_has_the_answer(self, data: st.DataObject, crashes: bool) -> None:
        place, worker, lease = self.take(data)
        snapshot = self.wait(self.store.read(place, lease.message_id))
        reply = Reply(text=f"{place.key} {lease.message_id} by {lease.fence}", status="complete")
        try:
            change = inbox.finish(snapshot, lease, reply, now=self.clock(worker), memory=None)
        except Fenced:
            return
        if not crashes:
            self.held.append((place, worker, lease))  # it may try again: its write may be lost
        self.pending.append(Written(place, change, lambda: self.answered(place, lease.message_id, reply.text)))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def somebody_tells_a_message_to_the_running_turn(self, data: st.DataObject) -> None:
        place, worker, lease = self.take(data)
        self.held.append((place, worker, lease))
        waiting = self.wait(self.store.read(place)).inbox.queue[:1]
        if not waiting:
            return
        snapshot = self.wait(self.store.read(place, waiting[0]))
        running = self.wait(self.store.turn(place, lease.message_id))
        try:
            reply = Reply(text="told", status="complete")
            change = inbox.steer(snapshot, running, lease, reply, now=self.clock(worker))
        except Fenced:
            return
        if change is not None:
            self.pending.append(Written(place, change, lambda: self.answered(place, waiting[0], "told")))

    @rule(place=st.sampled_from(PLACES), name=st.sampled_from(NAMES))
    def a_person_stops(self, place: Conversation, name: MessageId) -> None:
        snapshot = self.wait(self.store.read(place, name))
        change = inbox.stop(snapshot, now=self.now)
        if change is not None:
            ends = any(turn.state == "done" for turn in change.turns)
            note = (lambda: self.answered(place, name, "")) if ends else (lambda: None)
            self.pending.append(Written(place, change, note))

    @rule(place=st.sampled_from(PLACES), name=st.sampled_from(NAMES))
    def a_receipt_comes(self, place: Conversation, name: MessageId) -> None:
        change = inbox.deliver(self.wait(self.store.read(place, name)))
        if change is not None:
            self.pending.append(Written(place, change, lambda: None))

    @precondition(lambda self: self.pending)
    @rule(data=st.data(), is_lost=st.booleans())
    def a_write_arrives_or_its_worker_has_died(self, data: st.DataObject, is_lost: bool) -> None:
        written = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
        if not is_lost and self.wait(self.store.commit(written.place, written.change)):
            written.note()

    @precondition(lambda self: self.pending)
    @rule()
    def the_newest_write_arrives(self) -> None:
        written = self.pending.pop()
        if self.wait(self.store.commit(written.place, written.change)):
            written.note()

    @rule(seconds=st.sampled_from([1.0, 10.0, 31.0, 91.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    def take(self, data: st.DataObject) -> tuple[Conversation, str, Lease]:
        return self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))

    def answered(self, place: Conversation, name: MessageId, text: str) -> None:
        told = self.told[place]
        assert name not in told.answers, "a message was answered twice"
        told.answers[name] = text

    @invariant()
    def every_message_has_one_place_and_at_most_one_answer_and_none_of_another_conversation(self) -> None:
        for place, told in self.told.items():
            turns = self.wait(self.store.transcript(place))
            assert [turn.message.id for turn in turns] == told.accepted
            assert [turn.number for turn in turns] == list(range(len(turns)))
            assert all(turn.message.conversation == place for turn in turns)
            state = self.wait(self.store.read(place)).inbox
            for turn in turns:
                answer = turn.reply.text if turn.reply else None
                assert answer == told.answers.get(turn.message.id)
                assert (turn.state == "queued") == (turn.message.id in state.queue)
                assert (turn.state == "running") == (
                    state.lease is not None and state.lease.message_id == turn.message.id
                )
                in_outbox = [each for each in state.outbox if each.message_id == turn.message.id]
                ran = turn.message.id in told.started or answer == "told"
                owed = turn.message.push and turn.state == "done" and ran and not turn.delivered
                assert len(in_outbox) == int(owed), "a reply that has to be sent is there once, until its receipt"

    @invariant()
    def messages_are_begun_in_the_order_in_which_they_came(self) -> None:
        for told in self.told.values():
            first_starts = list(dict.fromkeys(told.started))
            assert first_starts == sorted(first_starts, key=told.accepted.index)

    def teardown(self) -> None:
        """Whatever happened: with one live worker every message comes to its end."""
        self.pending.clear()
        for place, told in self.told.items():
            for _ in told.accepted:
                self.now += LEASE + 2 * SKEW + 1
                self.somebody_wants_to_claim(place, "right")
                if not self.pending:
                    break
                self.the_newest_write_arrives()
                here, worker, lease = self.held.pop()
                snapshot = self.wait(self.store.read(here, lease.message_id))
                change = inbox.finish(
                    snapshot, lease, Reply(text="at last", status="complete"), now=self.clock(worker), memory=None
                )
                assert self.wait(self.store.commit(here, change))
            turns = self.wait(self.store.transcript(place))
            assert all(turn.state == "done" for turn in turns)
        self.wait(self.store.close())
        self.loop.close()
        self.folder.cleanup()


class OnMemory(Schedules):
    make = staticmethod(lambda folder: MemoryConversationStore())


class OnSqlite(Schedules):
    make = staticmethod(lambda folder: SqliteConversationStore(folder / "s.sqlite"))


class OnDynamo(Schedules):
    make: ClassVar[Callable[[Path], ConversationStore]]


def test_any_schedule_on_the_store_in_memory() -> None:
    run(OnMemory, examples=200, steps=50)


def test_any_schedule_on_sqlite() -> None:
    run(OnSqlite, examples=20, steps=40)


def test_any_schedule_on_dynamodb() -> None:
    with a_world() as world:
        OnDynamo.make = staticmethod(lambda folder: DynamoConversationStore(world.table()))
        run(OnDynamo, examples=6, steps=30)


def run(machine: type[Schedules], *, examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[no-untyped-call]
