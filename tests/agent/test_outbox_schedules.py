"""The rules of the outbox against random schedules with simulated time."""

from dataclasses import replace

from hypothesis import settings as schedule_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent import inbox, outbox
from switchboard import MessageId, Receipt
from switchboard.storage import Outgoing
from tests.agent.one_outbox import BUSY, HOLD, REFUSED, SETTINGS, Shelf, name


class Schedules(RuleBasedStateMachine):
    """Workers that send, stall, die, come back and report late, while replies come and an operator meddles."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.attempts: list[Outgoing] = []
        self.replied: list[MessageId] = []
        self.delivered: set[MessageId] = set()
        self.discarded: set[MessageId] = set()
        self.refused: set[MessageId] = set()

    @rule()
    def a_turn_ends(self) -> None:
        self.shelf.reply(len(self.replied))
        self.replied.append(name(len(self.replied)))

    @rule(seconds=st.sampled_from([0.5, 5.0, 61.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.shelf.now += seconds

    @rule()
    def somebody_takes(self) -> None:
        if self.shelf.write(outbox.lost(self.shelf.inbox, self.shelf.now, SETTINGS.give_up_seconds)):
            return
        live = [each for each in self.shelf.inbox.outbox if not each.dead]
        if outgoing := self.shelf.take():
            assert outgoing.message_id == live[0].message_id
            held = [each for each in self.attempts if each.due_at > self.shelf.now and self.is_open(each)]
            assert held == []
            self.attempts.append(outgoing)

    def is_open(self, attempt: Outgoing) -> bool:
        """Whether nobody has heard of the attempt's end, so that it may be sending still."""
        current = outbox.find(self.shelf.inbox, attempt.message_id)
        return current is not None and current.fence == attempt.fence and not current.why

    @precondition(lambda self: self.attempts)
    @rule(data=st.data(), twice=st.booleans())
    def somebody_is_confirmed(self, data: st.DataObject, twice: bool) -> None:
        attempt = data.draw(st.sampled_from(self.attempts))
        if not twice:
            self.attempts.remove(attempt)
        number = int(attempt.message_id[1:])
        if self.shelf.write(inbox.deliver(self.shelf.snapshot(number))):
            assert attempt.message_id not in self.delivered
            self.delivered.add(attempt.message_id)

    @precondition(lambda self: self.attempts)
    @rule(
        data=st.data(),
        receipt=st.sampled_from([BUSY, REFUSED, replace(BUSY, retry_after=300.0), replace(BUSY, sent=1)]),
        jitter=st.floats(0, 1, exclude_max=True),
    )
    def somebody_fails(self, data: st.DataObject, receipt: Receipt, jitter: float) -> None:
        attempt = data.draw(st.sampled_from(self.attempts))
        self.attempts.remove(attempt)
        if self.shelf.fail(attempt, receipt, jitter):
            after = outbox.find(self.shelf.inbox, attempt.message_id)
            assert after is not None
            if receipt.retry_after is None:
                self.refused.add(attempt.message_id)
            elif not after.dead:
                assert after.due_at >= self.shelf.now + receipt.retry_after
                assert after.sent >= attempt.sent

    @precondition(lambda self: self.attempts)
    @rule(data=st.data())
    def somebody_dies(self, data: st.DataObject) -> None:
        self.attempts.remove(data.draw(st.sampled_from(self.attempts)))

    @rule(data=st.data())
    def an_operator_retries(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from([None, *self.replied]))
        if self.shelf.write(outbox.retry(self.shelf.inbox, which, self.shelf.now)):
            self.refused -= {which} if which else set(self.replied)

    @precondition(lambda self: self.replied)
    @rule(data=st.data())
    def an_operator_discards(self, data: st.DataObject) -> None:
        which = data.draw(st.sampled_from(self.replied))
        if self.shelf.write(outbox.discard(self.shelf.inbox, which)):
            self.discarded.add(which)

    @invariant()
    def nothing_is_gone_without_a_receipt_or_a_discard(self) -> None:
        there = {each.message_id for each in self.shelf.inbox.outbox}
        assert there == set(self.replied) - self.delivered - self.discarded

    @invariant()
    def replies_stay_in_order(self) -> None:
        there = [each.message_id for each in self.shelf.inbox.outbox]
        assert there == [each for each in self.replied if each in there]

    @invariant()
    def what_is_dead_was_refused_or_is_old(self) -> None:
        for each in self.shelf.inbox.outbox:
            patience = self.shelf.now + 300.0 - each.since  # what a platform may have asked for counts as well
            if each.dead:
                assert each.message_id in self.refused or patience >= SETTINGS.give_up_seconds

    @invariant()
    def at_most_one_is_being_sent(self) -> None:
        sending = [each for each in self.shelf.inbox.outbox if outbox.being_sent(each, self.shelf.now)]
        assert len(sending) <= 1

    def teardown(self) -> None:
        """Whatever happened: once the platform is well and all is retried, everything is delivered, in order."""
        self.shelf.now += HOLD
        self.shelf.write(outbox.retry(self.shelf.inbox, None, self.shelf.now))
        self.shelf.now += HOLD
        waiting = [each.message_id for each in self.shelf.inbox.outbox if not each.dead]
        sent = []
        while outgoing := self.shelf.take():
            sent.append(outgoing.message_id)
            self.shelf.write(inbox.deliver(self.shelf.snapshot(int(outgoing.message_id[1:]))))
        assert sent == waiting
        assert self.shelf.inbox.outbox == ()


TestSchedules = Schedules.TestCase
TestSchedules.settings = schedule_settings(max_examples=100, stateful_step_count=40, deadline=None)
