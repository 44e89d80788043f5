"""The rules of the inbox, one by one and then against random schedules with simulated time."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent import inbox
from agent.inbox import Busy, Decision
from switchboard import Conversation, Fenced, Message, MessageId, Principal, Reply
from switchboard.storage import Change, Inbox, Lease, Snapshot, Turn

HERE = Conversation(tenant="t", channel="c", room="r")
LEASE = 30.0


def message(name: str, text: str = "hi") -> Message:
    return Message(id=MessageId(name), conversation=HERE, principal=Principal(id="p"), text=text)


@dataclass
class Shelf:
    """A store of one conversation, with time that a test moves."""

    inbox: Inbox = field(default_factory=Inbox)
    turns: dict[MessageId, Turn] | None = None
    now: float = 1000.0

    def snapshot(self, name: str) -> Snapshot:
        return Snapshot(inbox=self.inbox, turn=(self.turns or {}).get(MessageId(name)))

    def write(self, change: Change | None) -> bool:
        if change is None or change.follows != self.inbox.version:
            return False
        self.inbox = change.inbox
        self.turns = {**(self.turns or {}), **{turn.message.id: turn for turn in change.turns}}
        return True

    def offer(self, name: str, *, worker: str = "w", busy: Busy = "queue", text: str = "hi") -> Decision:
        decision = inbox.offer(
            self.snapshot(name), message(name, text), now=self.now, worker=worker, lease_seconds=LEASE, busy=busy
        )
        self.write(decision.change)
        return decision

    def claim(self, *, worker: str = "w") -> tuple[Lease, Turn] | None:
        name = inbox.next_message(self.inbox, self.now)
        if name is None:
            return None
        claimed = inbox.claim(self.snapshot(name), now=self.now, worker=worker, lease_seconds=LEASE)
        if claimed is None or not self.write(claimed[0]):
            return None
        return claimed[1], claimed[2]

    def finish(self, lease: Lease, text: str = "re") -> None:
        reply = Reply(text=text, status="complete")
        snapshot = self.snapshot(lease.message_id)
        assert self.write(inbox.finish(snapshot, lease, reply, now=self.now, memory=None))

    @property
    def lease(self) -> Lease:
        assert self.inbox.lease is not None
        return self.inbox.lease

    def turn(self, name: str) -> Turn:
        turn = self.snapshot(name).turn
        assert turn is not None
        return turn


def test_a_new_message_starts_at_once() -> None:
    shelf = Shelf()
    assert shelf.offer("a").state == "new"
    assert (shelf.turn("a").state, shelf.turn("a").attempts) == ("running", 1)
    assert (shelf.lease.message_id, shelf.lease.worker, shelf.lease.expires_at) == ("a", "w", 1030.0)


@pytest.mark.parametrize("finished", [False, True])
def test_a_message_that_comes_again_writes_nothing(finished: bool) -> None:
    shelf = Shelf()
    shelf.offer("a")
    if finished:
        shelf.finish(shelf.lease)
    again = shelf.offer("a")
    assert (again.state, again.change) == ("done" if finished else "running", None)


def test_the_same_id_with_another_text_keeps_the_first() -> None:
    shelf = Shelf()
    shelf.offer("a", text="first")
    shelf.offer("a", text="second")
    assert shelf.turn("a").message.text == "first"


def test_a_message_for_a_busy_conversation_waits_in_order() -> None:
    shelf = Shelf()
    shelf.offer("a")
    assert [shelf.offer(name).ahead for name in "bc"] == [1, 2]
    assert shelf.offer("c").ahead == 2
    shelf.finish(shelf.lease)
    claimed = shelf.claim()
    assert claimed is not None
    assert claimed[1].message.id == "b"
    assert [shelf.turn(name).number for name in "abc"] == [0, 1, 2]


def test_a_message_that_arrives_between_the_end_and_the_next_claim_is_not_lost() -> None:
    shelf = Shelf()
    shelf.offer("a")
    snapshot, lease = shelf.snapshot("a"), shelf.lease
    shelf.offer("b")
    late = inbox.finish(snapshot, lease, Reply(text="", status="complete"), now=shelf.now, memory=None)
    assert not shelf.write(late)
    shelf.finish(lease)
    assert shelf.claim() is not None


def test_a_message_that_comes_while_others_wait_goes_behind_them() -> None:
    shelf = Shelf()
    shelf.offer("a")
    shelf.offer("b")
    shelf.finish(shelf.lease)
    assert shelf.offer("c").state == "queued"
    claimed = shelf.claim()
    assert claimed is not None
    assert claimed[1].message.id == "b"


def test_a_busy_conversation_can_turn_messages_away() -> None:
    shelf = Shelf()
    shelf.offer("a")
    decision = shelf.offer("b", busy="reject")
    assert (decision.state, decision.change) == ("rejected", None)
    shelf.now += LEASE + 1
    assert shelf.offer("b", busy="reject").state == "queued"


def test_a_new_message_can_interrupt() -> None:
    shelf = Shelf()
    shelf.offer("a")
    assert shelf.offer("b", busy="interrupt").interrupts == "a"
    assert inbox.must_stop(shelf.inbox, shelf.lease)


def test_nobody_takes_over_a_lease_that_is_renewed() -> None:
    shelf = Shelf()
    shelf.offer("a")
    for _ in range(60):
        shelf.now += LEASE / 3
        change, _ = inbox.renew(shelf.inbox, shelf.lease, now=shelf.now, lease_seconds=LEASE)
        assert shelf.write(change)
        assert shelf.claim(worker="other") is None


def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_fenced_off() -> None:
    shelf = Shelf()
    shelf.offer("a")
    old = shelf.lease
    shelf.now += LEASE
    claimed = shelf.claim(worker="other")
    assert claimed is not None
    lease, turn = claimed
    assert (lease.fence > old.fence, turn.attempts) == (True, 2)
    with pytest.raises(Fenced):
        inbox.renew(shelf.inbox, old, now=shelf.now, lease_seconds=LEASE)
    with pytest.raises(Fenced):
        inbox.finish(shelf.snapshot("a"), old, Reply(text="", status="complete"), now=shelf.now, memory=None)


def test_the_message_of_a_dead_worker_goes_before_those_that_wait() -> None:
    shelf = Shelf()
    shelf.offer("a")
    shelf.offer("b")
    shelf.now += LEASE
    assert inbox.next_message(shelf.inbox, shelf.now) == "a"


def test_a_turn_of_a_deleted_conversation_can_not_end() -> None:
    shelf = Shelf()
    shelf.offer("a")
    with pytest.raises(Fenced):
        inbox.finish(
            Snapshot(inbox=Inbox()), shelf.lease, Reply(text="", status="complete"), now=shelf.now, memory=None
        )


def test_a_fence_grows_even_where_the_clock_of_the_next_worker_is_behind() -> None:
    shelf = Shelf()
    shelf.offer("a")
    before = shelf.lease.fence
    shelf.finish(shelf.lease)
    shelf.now -= 30
    shelf.offer("b")
    assert shelf.lease.fence > before


def test_a_worker_of_a_deleted_conversation_can_write_nothing_to_its_successor() -> None:
    shelf = Shelf()
    shelf.offer("a")
    old = shelf.lease
    begun_anew = Shelf(now=shelf.now + 0.001)
    begun_anew.offer("a")
    with pytest.raises(Fenced):
        inbox.renew(begun_anew.inbox, old, now=begun_anew.now, lease_seconds=LEASE)
    with pytest.raises(Fenced):
        inbox.finish(begun_anew.snapshot("a"), old, Reply(text="", status="complete"), now=begun_anew.now, memory=None)


def test_a_running_turn_is_told_to_stop() -> None:
    shelf = Shelf()
    shelf.offer("a")
    shelf.write(inbox.stop(shelf.snapshot("a"), now=shelf.now))
    assert inbox.must_stop(shelf.inbox, shelf.lease)
    shelf.finish(shelf.lease)
    assert shelf.inbox.stop is None


def test_a_waiting_turn_is_stopped_without_being_run() -> None:
    shelf = Shelf()
    shelf.offer("a")
    shelf.offer("b")
    shelf.write(inbox.stop(shelf.snapshot("b"), now=shelf.now))
    reply = shelf.turn("b").reply
    assert reply is not None
    assert (reply.status, shelf.inbox.queue) == ("stopped", ())


@pytest.mark.parametrize("name", ["a", "unknown"])
def test_a_stop_for_a_turn_that_is_over_or_unknown_writes_nothing(name: str) -> None:
    shelf = Shelf()
    shelf.offer("a")
    shelf.finish(shelf.lease)
    assert inbox.stop(shelf.snapshot(name), now=shelf.now) is None


def test_a_receipt_is_noted_once() -> None:
    shelf = Shelf()
    shelf.offer("a")
    assert inbox.deliver(shelf.snapshot("a")) is None
    shelf.finish(shelf.lease)
    assert shelf.write(inbox.deliver(shelf.snapshot("a")))
    assert inbox.deliver(shelf.snapshot("a")) is None


def test_behind_a_platform_that_is_dead_for_long_replies_are_dead_letters_at_once() -> None:
    """An inbox is written whole: without an end to its outbox, each message would cost more than the one before."""
    shelf = Shelf()
    for number in range(inbox.MOST_OUTGOING + 1):
        decision = inbox.offer(
            shelf.snapshot(f"m{number}"),
            replace(message(f"m{number}"), push=True),
            now=shelf.now,
            worker="w",
            lease_seconds=LEASE,
            busy="queue",
        )
        assert shelf.write(decision.change)
        shelf.finish(shelf.lease)
    assert [each.dead for each in shelf.inbox.outbox[-2:]] == [False, True]


class Schedules(RuleBasedStateMachine):
    """Workers that claim, stall, die, come back and write late, while messages come, come again and are stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.held: list[Lease] = []
        self.offered: list[str] = []
        self.answers: dict[MessageId, str] = {}

    @rule(name=st.sampled_from([f"m{number}" for number in range(8)]), busy=st.sampled_from(["queue", "interrupt"]))
    def offer(self, name: str, busy: Busy) -> None:
        decision = self.shelf.offer(name, busy=busy)
        if decision.change is not None:
            assert name not in self.offered
            self.offered.append(name)
        if decision.state == "new":
            self.held.append(self.shelf.lease)

    @rule()
    def claim(self) -> None:
        if claimed := self.shelf.claim():
            self.held.append(claimed[0])

    @rule(seconds=st.sampled_from([1.0, 10.0, 31.0]))
    def time_passes(self, seconds: float) -> None:
        self.shelf.now += seconds

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def somebody_renews(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.held))
        try:
            change, longer = inbox.renew(self.shelf.inbox, lease, now=self.shelf.now, lease_seconds=LEASE)
        except Fenced:
            self.held.remove(lease)
            return
        assert self.shelf.write(change)
        self.held[self.held.index(lease)] = longer

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def somebody_finishes(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.held))
        self.held.remove(lease)
        text = f"by {lease.fence}"
        reply = Reply(text=text, status="complete")
        try:
            change = inbox.finish(self.shelf.snapshot(lease.message_id), lease, reply, now=self.shelf.now, memory=None)
        except Fenced:
            return
        assert self.shelf.write(change)
        assert lease.message_id not in self.answers
        self.answers[lease.message_id] = text

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def somebody_dies(self, data: st.DataObject) -> None:
        self.held.remove(data.draw(st.sampled_from(self.held)))

    @precondition(lambda self: self.offered)
    @rule(data=st.data())
    def a_person_stops(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.offered))
        waiting = MessageId(name) in self.shelf.inbox.queue
        if self.shelf.write(inbox.stop(self.shelf.snapshot(name), now=self.shelf.now)) and waiting:
            self.answers[MessageId(name)] = ""

    @invariant()
    def every_message_has_a_place_and_at_most_one_answer(self) -> None:
        for number, name in enumerate(self.offered):
            turn = self.shelf.turn(name)
            assert turn.number == number
            assert (turn.state == "done") == (turn.message.id in self.answers)
            if turn.reply is not None:
                assert turn.reply.text == self.answers[turn.message.id]
            if turn.state == "queued":
                assert turn.message.id in self.shelf.inbox.queue
            if turn.state == "running":
                assert self.shelf.lease.message_id == turn.message.id

    @invariant()
    def only_one_holder_is_not_fenced_off(self) -> None:
        fences = [lease.fence for lease in self.held]
        assert len(set(fences)) == len(fences)
        assert all(fence <= self.shelf.inbox.fence for fence in fences)

    def teardown(self) -> None:
        """Whatever happened: with one live worker everything ends, in order."""
        for _ in range(2 * len(self.offered) + 1):
            self.shelf.now += LEASE + 1
            claimed = self.shelf.claim(worker="last")
            if claimed is None:
                break
            self.shelf.finish(claimed[0])
        assert all(self.shelf.turn(name).state == "done" for name in self.offered)
        assert (self.shelf.inbox.queue, self.shelf.inbox.lease) == ((), None)


TestSchedules = Schedules.TestCase
TestSchedules.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_change_is_one_version_on() -> None:
    decision = Shelf().offer("a")
    assert decision.change is not None
    assert replace(decision.change.inbox, version=0).version == 0
    assert decision.change.inbox.version == 1_000_000_000
