"""The rules of the outbox, one by one and then against random schedules with simulated time."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import settings as schedule_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent import inbox, outbox
from switchboard import Conversation, Message, MessageId, Principal, Receipt, Reply
from switchboard.settings import OutboxSettings
from switchboard.storage import Change, Inbox, Outgoing, Snapshot, Turn

HERE = Conversation(tenant="t", channel="c", room="r")
HOLD = 60.0
SETTINGS = OutboxSettings(first_pause=1.0, longest_pause=100.0, give_up_seconds=1000.0)
BUSY = Receipt(delivered=False, why="busy", retry_after=0.0)
REFUSED = Receipt(delivered=False, why="channel_not_found")


def name(number: int) -> MessageId:
    return MessageId(f"m{number}")


@dataclass
class Shelf:
    """A store of one conversation, with time that a test moves."""

    inbox: Inbox = field(default_factory=Inbox)
    turns: dict[MessageId, Turn] = field(default_factory=dict)
    now: float = 1000.0

    def reply(self, number: int) -> None:
        """Finish a turn whose reply has to be sent."""
        message = Message(id=name(number), conversation=HERE, principal=Principal(id="p"), text="hi", push=True)
        decision = inbox.offer(
            self.snapshot(number), message, now=self.now, worker="w", lease_seconds=30.0, busy="queue"
        )
        assert self.write(decision.change)
        assert self.inbox.lease is not None
        done = Reply(text=f"re {number}", status="complete")
        assert self.write(inbox.finish(self.snapshot(number), self.inbox.lease, done, now=self.now, memory=None))

    def snapshot(self, number: int) -> Snapshot:
        return Snapshot(inbox=self.inbox, turn=self.turns.get(name(number)))

    def write(self, change: Change | None) -> bool:
        if change is None:
            return False
        assert change.follows == self.inbox.version
        self.inbox = change.inbox
        self.turns |= {turn.message.id: turn for turn in change.turns}
        return True

    def take(self) -> Outgoing | None:
        taken = outbox.take(self.inbox, self.now, HOLD)
        return taken[1] if taken and self.write(taken[0]) else None

    def taken(self) -> Outgoing:
        outgoing = self.take()
        assert outgoing is not None
        return outgoing

    def fail(self, outgoing: Outgoing, receipt: Receipt = BUSY, jitter: float = 1.0) -> bool:
        return self.write(outbox.failed(self.inbox, outgoing, receipt, self.now, SETTINGS, jitter=jitter))

    @property
    def first(self) -> Outgoing:
        return self.inbox.outbox[0]


def shelf_of(count: int) -> Shelf:
    shelf = Shelf()
    for number in range(count):
        shelf.reply(number)
    return shelf


def test_an_attempt_holds_the_reply_until_its_time_is_over() -> None:
    shelf = shelf_of(1)
    outgoing = shelf.taken()
    assert (outgoing.attempts, outgoing.due_at) == (1, shelf.now + HOLD)
    assert shelf.take() is None
    shelf.now += HOLD
    again = shelf.taken()
    assert again.attempts == 2
    assert again.fence > outgoing.fence


def test_replies_of_a_conversation_go_in_order() -> None:
    shelf = shelf_of(2)
    first = shelf.taken()
    assert shelf.take() is None
    shelf.fail(first)
    assert shelf.take() is None
    assert shelf.write(inbox.deliver(shelf.snapshot(0)))
    assert shelf.taken().message_id == name(1)


def test_an_empty_outbox_gives_nothing() -> None:
    assert outbox.take(Inbox(), 0.0, HOLD) is None


def test_pauses_double_up_to_the_longest() -> None:
    shelf = shelf_of(1)
    pauses = []
    for _ in range(9):
        shelf.fail(shelf.taken())
        pauses.append(shelf.first.due_at - shelf.now)
        shelf.now = shelf.first.due_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 100, 100]


def test_jitter_takes_up_to_half_of_a_pause() -> None:
    shelf = shelf_of(1)
    shelf.fail(shelf.taken(), jitter=0.0)
    assert shelf.first.due_at == shelf.now + 0.5


def test_after_any_number_of_attempts_there_is_a_pause() -> None:
    shelf = shelf_of(1)
    shelf.fail(replace(shelf.taken(), attempts=10_000))
    assert shelf.first.due_at == shelf.now + SETTINGS.longest_pause


def test_no_attempt_comes_earlier_than_the_platform_asked_for() -> None:
    shelf = shelf_of(1)
    shelf.fail(shelf.taken(), replace(BUSY, retry_after=77.0))
    assert shelf.first.due_at == shelf.now + 77.0


@pytest.mark.parametrize("asked", [1000.5, float("inf"), float("nan")])
def test_a_platform_that_asks_for_more_patience_than_there_is_gets_no_more(asked: float) -> None:
    shelf = shelf_of(1)
    shelf.fail(shelf.taken(), replace(BUSY, retry_after=asked))
    assert shelf.first.dead


def test_a_reply_that_the_platform_will_not_take_is_dead_and_the_next_one_goes() -> None:
    shelf = shelf_of(2)
    shelf.fail(shelf.taken(), REFUSED)
    assert (shelf.first.dead, shelf.first.why) == (True, "channel_not_found")
    assert shelf.taken().message_id == name(1)


def test_a_reply_that_failed_for_too_long_is_dead() -> None:
    shelf = shelf_of(1)
    shelf.now += SETTINGS.give_up_seconds
    shelf.fail(shelf.taken())
    assert shelf.first.dead


def test_confirmed_parts_are_counted_over_attempts() -> None:
    shelf = shelf_of(1)
    shelf.fail(shelf.taken(), replace(BUSY, sent=2))
    shelf.now += HOLD
    outgoing = shelf.taken()
    assert outgoing.sent == 2
    for _ in range(2):  # a store that does not say whether it has written is asked to write again
        shelf.fail(outgoing, replace(BUSY, sent=1))
        assert shelf.first.sent == 3


def test_what_an_older_attempt_says_of_its_failure_is_not_heard() -> None:
    shelf = shelf_of(1)
    stalled = shelf.taken()
    shelf.now += HOLD
    shelf.taken()
    assert not shelf.fail(stalled, REFUSED)


def test_an_older_attempt_that_succeeded_after_all_is_heard() -> None:
    shelf = shelf_of(1)
    shelf.taken()
    shelf.now += HOLD
    newer = shelf.taken()
    assert shelf.write(inbox.deliver(shelf.snapshot(0)))
    assert shelf.inbox.outbox == ()
    assert not shelf.fail(newer)
    assert inbox.deliver(shelf.snapshot(0)) is None


def test_a_reason_is_one_short_line() -> None:
    shelf = shelf_of(1)
    shelf.fail(shelf.taken(), replace(BUSY, why="a\r\nb " + "x" * 1000))
    assert shelf.first.why.startswith("a b xxx")
    assert len(shelf.first.why) == outbox.LONGEST_WHY


def test_a_failure_without_a_reason_gets_one() -> None:
    shelf = shelf_of(1)
    shelf.fail(shelf.taken(), replace(BUSY, why=" "))
    assert shelf.first.why


def test_a_reply_over_which_workers_die_is_given_up_in_the_end() -> None:
    shelf = shelf_of(1)
    shelf.taken()
    shelf.now += SETTINGS.give_up_seconds + 1
    assert shelf.write(outbox.lost(shelf.inbox, shelf.now, SETTINGS.give_up_seconds))
    assert (shelf.first.dead, shelf.first.why) == (True, outbox.LOST)


def test_a_reply_that_was_never_tried_is_tried_however_old_it_is() -> None:
    shelf = shelf_of(1)
    shelf.now += SETTINGS.give_up_seconds + 1
    assert outbox.lost(shelf.inbox, shelf.now, SETTINGS.give_up_seconds) is None
    assert shelf.take() is not None


def test_a_reply_that_is_being_sent_is_not_given_up() -> None:
    shelf = shelf_of(1)
    shelf.now += SETTINGS.give_up_seconds + 1
    shelf.taken()
    assert outbox.lost(shelf.inbox, shelf.now, SETTINGS.give_up_seconds) is None


def test_a_conversation_keeps_its_newest_dead_letters() -> None:
    shelf = shelf_of(outbox.MOST_DEAD + 2)
    for _ in range(outbox.MOST_DEAD + 1):
        shelf.fail(shelf.taken(), REFUSED)
    assert [each.message_id for each in shelf.inbox.outbox] == [name(number) for number in range(1, 102)]
    assert not shelf.inbox.outbox[-1].dead


def test_a_dead_letter_that_is_retried_has_its_place_and_its_time_again() -> None:
    shelf = shelf_of(2)
    shelf.fail(shelf.taken(), REFUSED)
    shelf.now += SETTINGS.give_up_seconds
    assert shelf.write(outbox.retry(shelf.inbox, None, shelf.now))
    outgoing = shelf.taken()
    assert (outgoing.message_id, outgoing.attempts, outgoing.since) == (name(0), 2, shelf.now)
    shelf.fail(outgoing)
    assert not shelf.first.dead


def test_a_pause_can_be_cut_short() -> None:
    shelf = shelf_of(1)
    shelf.fail(shelf.taken())
    assert shelf.take() is None
    since = shelf.first.since
    assert shelf.write(outbox.retry(shelf.inbox, name(0), shelf.now))
    assert shelf.taken().since == since


def test_a_retry_waits_for_what_is_being_sent() -> None:
    shelf = shelf_of(2)
    shelf.fail(shelf.taken(), REFUSED)
    sending = shelf.taken()
    assert shelf.write(outbox.retry(shelf.inbox, None, shelf.now))
    assert shelf.take() is None
    assert shelf.inbox.sends_at == sending.due_at
    shelf.now += HOLD
    assert shelf.taken().message_id == name(0)


@pytest.mark.parametrize("which", [None, name(0), name(7)])
def test_what_has_not_failed_can_not_be_retried(which: MessageId | None) -> None:
    shelf = shelf_of(1)
    assert outbox.retry(shelf.inbox, which, shelf.now) is None
    shelf.taken()
    assert outbox.retry(shelf.inbox, which, shelf.now) is None


def test_one_reply_or_all_can_be_discarded() -> None:
    shelf = shelf_of(3)
    assert shelf.write(outbox.discard(shelf.inbox, name(1)))
    assert [each.message_id for each in shelf.inbox.outbox] == [name(0), name(2)]
    assert not shelf.turns[name(1)].delivered
    assert shelf.write(outbox.discard(shelf.inbox, None))
    assert outbox.discard(shelf.inbox, None) is None


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
