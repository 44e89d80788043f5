"""Folding events into a reply."""

from switchboard import (
    Artifact,
    Citation,
    Delta,
    Failed,
    Final,
    JobStarted,
    Question,
    Status,
    ToolFinished,
    ToolStarted,
    Warning,
    fold,
)


def test_the_final_text_is_the_truth() -> None:
    assert fold([Delta(text="hal"), Delta(text="f"), Final(text="whole")]).text == "whole"


def test_an_unfinished_turn_folds_into_what_there_is() -> None:
    reply = fold([Delta(text="one "), Delta(text="two")])
    assert (reply.text, reply.status) == ("one two", "partial")


def test_a_failed_turn_has_its_apology_and_incident() -> None:
    reply = fold([Delta(text="never mind"), Failed(text="Sorry.", incident="abc")])
    assert (reply.text, reply.status, reply.incident) == ("Sorry.", "failed", "abc")


def test_everything_is_kept_in_order() -> None:
    second, first = Citation(title="b", source="b", number=2), Citation(title="a", source="a", number=1)
    tool = ToolFinished(call_id="1", tool="t", status="complete")
    artifact = Artifact(name="n", media_type="m", size=1, digest="d")
    warning, question, job = Warning(text="w", code="c"), Question(text="q"), JobStarted(job_id="j", text="t")
    noise = [Status(text="s"), ToolStarted(call_id="1", tool="t")]
    reply = fold([*noise, tool, second, first, artifact, warning, question, job, Final(text="x")])
    assert reply.citations == (first, second)
    assert (reply.tools, reply.artifacts, reply.warnings) == ((tool,), (artifact,), (warning,))
    assert (reply.question, reply.job) == (question, job)


def test_events_that_come_again_change_nothing() -> None:
    events = [
        ToolFinished(call_id="1", tool="t", status="complete", seq=1),
        Citation(title="a", source="a", number=1, seq=2),
        Warning(text="w", code="c", seq=3),
        Artifact(name="n", media_type="m", size=1, digest="d", seq=4),
    ]
    again = [
        ToolFinished(call_id="1", tool="t", status="complete", seq=5),
        Warning(text="w", code="c", seq=6),
        Artifact(name="n", media_type="m", size=1, digest="d", seq=7),
        Final(text="x", seq=8),
    ]
    reply = fold([*events, *again])
    assert (len(reply.tools), len(reply.warnings), len(reply.artifacts)) == (1, 1, 1)
