"""Which earlier replies go with an answer, and which are known to have arrived. Pure.

A Lex reply is fetched: it goes with the answer to the call that asked for it, or, when it came too late for that (a
job's result, a turn that had to wait), with the answer to whatever the person says next. The function never learns
that its answer arrived. The next call tells: the signed state that came with the answer comes back, and names what was
in it. Until then the reply is not delivered, and a repeated call gets the same answer.

A client may not keep session attributes. Then what was answered is taken for delivered once the person has gone on.
What was late is shown with the answer to the next message and taken for delivered with the one after it; where a state
comes back that never names it, it is shown once more before that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from channels.lex.state import State
from switchboard import MessageId
from switchboard.storage import Turn

GRACE_SECONDS = 1.8
"""How long after its deadline a reply still goes with its own call; see `channels.lex.answering`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What to do about earlier turns: ``arrived`` are to be confirmed, ``late`` go with this answer, oldest first."""

    arrived: tuple[Turn, ...]
    late: tuple[Turn, ...]


def due(turns: Sequence[Turn], asked: MessageId | None, state: State | None) -> Due:
    """Sort the newest turns.

    Args:
        turns: Oldest first.
        asked: The message that is being answered, if it is one for the assistant.
        state: As it came with the call, if it did.
    """
    shown = frozenset(state.shown if state else ())
    arrived, late = [], []
    for turn in turns:
        if turn.state != "done" or turn.delivered or turn.reply is None or turn.message.id == asked:
            continue
        if turn.message.id in shown or not is_late(turn) or _seen(turn, turns, asked) >= (2 if state else 1):
            arrived.append(turn)
        else:
            late.append(turn)
    return Due(arrived=tuple(arrived), late=tuple(late))


def is_late(turn: Turn) -> bool:
    """Whether a reply came too late for the call that asked for it."""
    deadline = turn.message.deadline
    return bool(turn.message.job) or (deadline is not None and turn.finished_at > deadline + GRACE_SECONDS)


def _seen(turn: Turn, turns: Sequence[Turn], asked: MessageId | None) -> int:
    """With how many answers to other messages a late reply has gone."""
    return sum(
        1
        for other in turns
        if other.state == "done"
        and other.message.id not in (asked, turn.message.id)
        and other.message.received_at >= turn.finished_at
        and not is_late(other)
    )
