"""Whatever is done to them in whatever order, the SQLite store and the one in memory say the same."""

import asyncio
import itertools
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from stores.memory import MemoryConversationStore
from stores.sqlite import SqliteConversationStore
from switchboard.errors import Fenced
from switchboard.events import Delta
from switchboard.identity import MessageId
from switchboard.storage import Change, Inbox, Lease, Turn
from switchboard.testing.samples import FULL_REPLY, a_conversation, a_message

T = TypeVar("T")
PLACES = [a_conversation(), a_conversation("a/b"), a_conversation(tenant="other")]
IDS = [MessageId(name) for name in ("m0", "m1", "", "\ud800")]
TIMES = st.sampled_from([0.0, 1.0, 2.5, 1e9])

turns = st.builds(
    lambda number, name, who, text, at, done: Turn(
        number=number,
        message=a_message(name, principal=who, text=text, received_at=at),
        state="done" if done else "running",
        reply=FULL_REPLY if done else None,
        finished_at=at if done else 0.0,
    ),
    number=st.integers(0, 5),
    name=st.sampled_from(IDS),
    who=st.sampled_from(["ann", "bob"]),
    text=st.text(max_size=5),
    at=TIMES,
    done=st.booleans(),
).map(lambda turn: replace(turn, number=IDS.index(turn.message.id)))
leases = st.none() | st.builds(
    Lease, message_id=st.sampled_from(IDS), worker=st.just("w"), fence=st.integers(0, 3), expires_at=TIMES
)
events = st.lists(st.builds(Delta, text=st.text(max_size=3), seq=st.integers(1, 5)), max_size=4)


class Stores(RuleBasedStateMachine):
    """Does the same to both stores and compares what they say."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "switchboard.sqlite"
        self._memory = MemoryConversationStore()
        self._sqlite = SqliteConversationStore(self._path)

    def both(self, ask: Any) -> Any:
        """The answer of both stores, which must be one."""
        ours, models = (self._run(self._answer(ask(store))) for store in (self._sqlite, self._memory))
        assert ours == models
        return models

    @rule(
        place=st.sampled_from(PLACES),
        step=st.sampled_from([1, 1, 1, 0, 2]),
        lease=leases,
        queue=st.lists(st.sampled_from(IDS), max_size=2).map(tuple),
        turns=st.lists(turns, max_size=3, unique_by=lambda turn: turn.number).map(tuple),
        memory=st.none() | st.binary(max_size=4),
        forget=st.lists(st.sampled_from(IDS), max_size=2).map(tuple),
    )
    def commit(self, place: Any, step: int, lease: Any, queue: Any, turns: Any, memory: Any, forget: Any) -> None:
        now = self._run(self._memory.read(place)).inbox
        lease = lease and replace(lease, fence=now.fence + lease.fence)
        fence = lease.fence if lease else now.fence
        inbox = Inbox(version=now.version + step, fence=fence, lease=lease, queue=queue)
        change = Change(follows=inbox.version - 1, inbox=inbox, turns=turns, memory=memory, forget_events=forget)
        assert self.both(lambda store: store.commit(place, change)) is (step == 1)

    @rule(place=st.sampled_from(PLACES), name=st.sampled_from(IDS), fence=st.integers(0, 3), events=events)
    def append(self, place: Any, name: Any, fence: int, events: Any) -> None:
        self.both(lambda store: store.append_events(place, name, fence, events))

    @rule(place=st.sampled_from(PLACES))
    def append_as_the_holder(self, place: Any) -> None:
        inbox = self._run(self._memory.read(place)).inbox
        if inbox.lease:
            event = Delta(text="held", seq=inbox.version)
            answer = self.both(lambda store: store.append_events(place, inbox.lease.message_id, inbox.fence, [event]))
            assert answer is None

    @rule(place=st.sampled_from(PLACES))
    def delete(self, place: Any) -> None:
        self.both(lambda store: store.delete(place))

    @rule()
    def reopen(self) -> None:
        self._run(self._sqlite.close())
        self._sqlite = SqliteConversationStore(self._path)

    @rule(place=st.sampled_from(PLACES), limit=st.integers(-1, 4), before=st.none() | st.integers(-1, 5))
    def page(self, place: Any, limit: int, before: int | None) -> None:
        self.both(lambda store: store.transcript(place, limit=limit, before=before))

    @rule(place=st.sampled_from(PLACES), name=st.sampled_from(IDS), after=st.integers(-1, 6))
    def resume(self, place: Any, name: Any, after: int) -> None:
        self.both(lambda store: store.events(place, name, after))

    @invariant()
    def all_is_the_same(self) -> None:
        for place in PLACES:
            self.both(lambda store, place=place: store.memory(place))
            self.both(lambda store, place=place: store.transcript(place))
            for name in IDS:
                self.both(lambda store, place=place, name=name: store.read(place, name))
                self.both(lambda store, place=place, name=name: store.events(place, name))
        for tenant, who, limit in itertools.product(("tenant", "other"), (None, "ann", "bob"), (1, 9)):
            self.both(
                lambda store, tenant=tenant, who=who, limit=limit: store.list_conversations(
                    tenant=tenant, principal=who, limit=limit
                )
            )
        self.both(lambda store: store.pending(tenant="tenant"))

    def teardown(self) -> None:
        self._run(self._sqlite.close())
        self._loop.close()
        self._folder.cleanup()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    @staticmethod
    async def _answer(work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await work
        except Fenced:
            return Fenced


TestSqliteAgainstMemory = Stores.TestCase
TestSqliteAgainstMemory.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
