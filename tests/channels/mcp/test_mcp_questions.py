"""Questions that wait for an answer: whose they are, for how long, and how many."""

from channels.mcp.questions import MOST, SECONDS, Questions


def test_an_answer_is_its_own_persons_for_the_very_call_and_counts_once() -> None:
    questions = Questions()
    token = questions.ask("ann", "call")
    assert not questions.was_asked("bob", token, "call")
    assert questions.was_asked("ann", token, "call"), "what somebody else tried took the question away"
    assert not questions.was_asked("ann", token, "call")
    assert not questions.was_asked("ann", questions.ask("ann", "call"), "another call")


def test_an_answer_that_is_late_counts_no_more() -> None:
    now = [0.0]
    questions = Questions(now=lambda: now[0])
    token = questions.ask("ann", "call")
    now[0] = SECONDS
    assert not questions.was_asked("ann", token, "call")


def test_of_too_many_questions_the_persons_own_oldest_is_forgotten_and_nobody_elses() -> None:
    questions = Questions()
    others = questions.ask("bob", "call")
    first, second, *_, last = [questions.ask("ann", "call") for _ in range(MOST + 1)]
    assert [questions.was_asked("ann", each, "call") for each in (first, second, last)] == [False, True, True]
    assert questions.was_asked("bob", others, "call")


def test_people_who_never_answer_are_forgotten() -> None:
    now = [0.0]
    questions = Questions(now=lambda: now[0])
    for number in range(50):
        questions.ask(f"person-{number}", "call")
    now[0] = SECONDS
    questions.ask("ann", "call")
    assert list(questions._waiting) == ["ann"]
