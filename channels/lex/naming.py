"""Which message an utterance is: the rule by which Lex's repeats meet and a person's repeats don't. Pure.

Lex gives no id to an utterance. It may call the function twice for one, within seconds and with the same event but for
request ids; and clients send the text again when they have waited long enough. A person may say the same words again
and mean it. So:

- An id is a digest of bot, alias, locale, session, person and words (and, for an intent with slots, of these), and the
  *place*: how many answers the signed session state has counted. Lex repeats a call with the state from before the
  answer, so a repeat has the same place, however late it comes; after an answer the same words have another place.
- Without a state (the first call of a session; a client that does not keep session attributes), the place is the time,
  in steps of ten seconds.
- Where that makes the words a new message, but the conversation's last one has the same words, and its answer is still
  to come (the turn runs, or went on as a job whose result was not seen) or it came less than five seconds ago and was
  not answered with a question, then it is that one, sent again by a client that waited no longer.

Limits: the same words said on purpose within five seconds get the same answer again; without a state, sometimes those
within ten. Two first calls for one utterance, so close that neither sees the other, and on either side of a step, are
two messages. People who share a session are told apart by their token only.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from channels.lex.call import Call
from channels.lex.state import State
from switchboard import Conversation, Message, MessageId
from switchboard.storage import Turn

STEP_SECONDS = 10
REPEAT_SECONDS = 5.0


def message_id(call: Call, conversation: Conversation, text: str, state: State | None, *, now: float) -> MessageId:
    """The id of the message that a call brings; ``now`` is in seconds since the epoch."""
    said = json.dumps([conversation.key, call.locale, call.words, text])
    place = f"{state.visit}.{state.count}" if state else f"t{int(now // STEP_SECONDS)}"
    return MessageId(f"{hashlib.sha256(said.encode()).hexdigest()[:24]}.{place}")


def recognised(message: Message, turns: Sequence[Turn], state: State | None, *, now: float) -> Message:
    """The message under the id that it has, where it was known already; see the module.

    Args:
        message: As parsed.
        turns: The conversation's newest turns, oldest first.
        state: As it came with the call, if it did.
        now: Seconds since the epoch.
    """
    said = [turn for turn in turns if not turn.message.job]
    if not said or any(turn.message.id == message.id for turn in said):
        return message
    last = said[-1]
    same = last.message.id.partition(".")[0] == message.id.partition(".")[0]
    asked_back = last.reply is not None and last.reply.question is not None
    fresh = now - last.message.received_at < REPEAT_SECONDS and not asked_back
    return replace(message, id=last.message.id) if same and (fresh or _is_awaited(last, turns, state)) else message


def _is_awaited(turn: Turn, turns: Sequence[Turn], state: State | None) -> bool:
    """Whether the answer is still to come: from the turn, or from the job as which it goes on."""
    if turn.reply is None or turn.reply.job is None:
        return turn.state != "done"
    job, shown = turn.reply.job.job_id, state.shown if state else ()
    results = [each for each in turns if each.message.job == job]
    return not any(each.delivered or each.message.id in shown for each in results)


def next_state(
    state: State | None, *, now: float, shown: Sequence[str] = (), direct: bool = False, after: int = 0
) -> State:
    """The state after an answer."""
    visit = state.visit if state else f"{int(now * 1000):x}"
    count = (state.count if state else 0) + 1
    return State(visit=visit, count=count, shown=tuple(shown), direct=direct, after=after)
