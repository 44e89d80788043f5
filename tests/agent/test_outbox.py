"""The rules of the outbox, one by one."""

from dataclasses import replace

import pytest

from agent import inbox, outbox
from switchboard import MessageId
from switchboard.storage import Inbox
from tests.agent.one_outbox import BUSY, HOLD, REFUSED, SETTINGS, name, shelf_of


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
