"""Lex's repeats are one message, a person's repeats are not; what was late is brought once."""

from dataclasses import replace

import pytest

from channels.lex.channel import Invocation
from channels.lex.due import GRACE_SECONDS, due
from channels.lex.naming import REPEAT_SECONDS, STEP_SECONDS, next_state, recognised
from channels.lex.state import ATTRIBUTE, State, sign
from switchboard import JobStarted, Message, Question, Reply
from switchboard.storage import Turn

from .lexing import NOW, SECRET, a_channel, says

CHANNEL = a_channel()
ANSWER = Reply(text="Sixteen weeks.", status="complete")


def message(words: str = "hello", *, at: float = NOW, state: State | None = None, session: str = "s1") -> Message:
    """What the channel makes of a call at a time, with a state that came with it."""
    conversation = CHANNEL.hear(Invocation(event=says(words, session=session), received_at=at)).conversation
    attributes = {ATTRIBUTE: sign(state, conversation, SECRET.encode())} if state else {}
    event = says(words, attributes=attributes, session=session)
    (made,) = CHANNEL.parse(Invocation(event=event, received_at=at, deadline=at + 27))
    return made


def done(said: Message, *, after: float = 1.0, reply: Reply = ANSWER, delivered: bool = False, number: int = 0) -> Turn:
    finished = said.received_at + after
    return Turn(number=number, message=said, state="done", reply=reply, delivered=delivered, finished_at=finished)


def running(said: Message) -> Turn:
    return Turn(number=0, message=said, state="running")


def result(at: float, job: str = "j") -> Turn:
    """A job's result, which came at a time."""
    said = replace(message(at=at), id=f"job:{job}", job=job, text="", deadline=None)  # type: ignore[arg-type]
    return Turn(number=1, message=said, state="done", reply=ANSWER, finished_at=at)


V1, V2 = State(visit="v", count=1), State(visit="v", count=2)


def test_a_call_that_lex_repeats_is_the_same_message_however_late() -> None:
    assert message(state=V1).id == message(state=V1, at=NOW + 2.6).id == message(state=V1, at=NOW + 90).id


def test_the_same_words_after_an_answer_are_another_message() -> None:
    assert message(state=V1).id != message(state=V2, at=NOW + 60).id


def test_after_a_session_was_lost_the_same_words_are_another_message() -> None:
    assert message().id != message(at=NOW + STEP_SECONDS).id
    assert next_state(None, now=NOW).visit != next_state(None, now=NOW + 1).visit


def test_other_words_sessions_and_locales_are_other_messages() -> None:
    assert len({message().id, message("goodbye").id, message(session="s2").id}) == 3


def test_a_first_call_repeated_over_the_edge_of_a_step_is_the_same_message() -> None:
    edge = NOW - NOW % STEP_SECONDS + STEP_SECONDS
    first, again = message(at=edge - 1), message(at=edge + 1.6)
    assert first.id != again.id
    assert recognised(again, [running(first)], None, now=edge + 1.6).id == first.id


def test_words_sent_again_while_their_turn_runs_are_the_same_message() -> None:
    first = message(state=V1)
    again = message(state=V2, at=NOW + 25)
    assert recognised(again, [running(first)], None, now=NOW + 25).id == first.id


@pytest.mark.parametrize(("seconds", "same"), [(REPEAT_SECONDS - 0.1, True), (REPEAT_SECONDS, False)])
def test_words_sent_again_at_once_by_a_client_whose_state_moved_on_are_the_same_message(
    seconds: float, same: bool
) -> None:
    first, again = message(state=V1), message(state=V2, at=NOW + seconds)
    assert (recognised(again, [done(first)], None, now=NOW + seconds).id == first.id) is same


def test_the_same_answer_to_a_second_question_is_another_message() -> None:
    asked_back = Reply(text="", status="complete", question=Question(text="Really?"))
    first, again = message("yes", state=V1), message("yes", state=V2, at=NOW + 2)
    assert recognised(again, [done(first, reply=asked_back)], None, now=NOW + 2).id == again.id


def test_words_sent_again_while_their_turn_goes_on_as_a_job_are_the_same_message_until_its_result_was_seen() -> None:
    handle = Reply(text="It goes on.", status="complete", job=JobStarted(job_id="j", text="It goes on."))
    first, again = done(message(state=V1), reply=handle), message(state=V2, at=NOW + 60)
    brought = result(NOW + 30)
    seen = replace(V2, shown=(brought.message.id,))
    for turns, state, same in (
        ([first], V2, True),
        ([first, brought], V2, True),
        ([first, brought], seen, False),
        ([first, replace(brought, delivered=True)], V2, False),
    ):
        assert (recognised(again, turns, state, now=NOW + 60).id == first.message.id) is same


def test_only_the_last_words_can_have_been_sent_again() -> None:
    first, other = message(state=V1), message("other", state=V2, at=NOW + 1)
    again = message(state=replace(V2, count=3), at=NOW + 2)
    assert recognised(again, [done(first), done(other)], None, now=NOW + 2).id == again.id


def test_what_was_shown_with_the_state_that_came_back_has_arrived() -> None:
    answered = done(message(state=V1))
    sorted_ = due([answered], None, replace(V2, shown=(answered.message.id,)))
    assert (sorted_.arrived, sorted_.late) == ((answered,), ())


def test_a_jobs_result_goes_with_the_next_answer() -> None:
    late = result(NOW + 30)
    assert due([late], message("more?", at=NOW + 60).id, V2).late == (late,)


def test_a_turn_that_ended_after_its_call_goes_with_the_next_answer() -> None:
    in_time, late = done(message()), done(message("b"), after=27 + GRACE_SECONDS + 0.1)
    assert due([in_time, late], None, None).late == (late,)


def test_a_result_is_shown_again_to_a_repeat_of_the_call_that_it_went_with() -> None:
    late = result(NOW + 30)
    asked = message("next", state=V2, at=NOW + 60)
    first, again = due([late], asked.id, V2), due([late, done(asked, number=2)], asked.id, V2)
    assert first.late == again.late == (late,)


def test_a_result_has_arrived_when_its_answers_state_comes_back() -> None:
    late = result(NOW + 30)
    state = replace(V2, shown=(late.message.id,))
    assert due([late], None, state).arrived == (late,)


def test_without_a_state_a_result_is_shown_with_one_answer() -> None:
    late, asked = result(NOW + 30), message("next", at=NOW + 60)
    assert due([late, done(asked, number=2)], message("again", at=NOW + 90).id, None).arrived[0] == late


def test_a_state_that_never_names_a_result_does_not_bring_it_for_ever() -> None:
    late, one, two = result(NOW + 30), message("one", at=NOW + 60), message("two", at=NOW + 70)
    asked = message("three", at=NOW + 90).id
    assert due([late, done(one, number=2)], asked, V2).late == (late,)
    assert due([late, done(one, number=2), done(two, number=3)], asked, V2).arrived[0] == late


def test_what_was_delivered_is_neither_shown_nor_confirmed_again() -> None:
    sorted_ = due([done(message(), delivered=True), running(message("b"))], None, None)
    assert sorted_.arrived == sorted_.late == ()
