"""The rules by which stored replies reach a platform, as pure functions over a conversation's outbox.

A reply that has to be sent waits, is being sent, or was given up:

    waits ──take──► being sent ──inbox.deliver──► gone from the outbox, the turn is delivered
      ▲                │  │ └─failed, for good──► dead ──retry──► waits
      └──failed, pause─┘  └─ its worker died: once the hold is over, take again; after too long, dead

Each function takes the inbox and the time and gives the `Change` to write, as in ``agent/inbox.py``. Only the first
reply that is not dead is ever taken, so that those of a conversation go out in order. A worker that takes a reply holds
it until ``due_at``; sending is bounded in time by less than that, so that no two send at once. What an attempt says of
its failure is heard only while its fence is the newest; that it succeeded is always heard.
"""

from collections.abc import Callable
from dataclasses import replace

from agent.inbox import changed
from switchboard.identity import MessageId
from switchboard.limits import Receipt
from switchboard.settings import OutboxSettings
from switchboard.storage import Change, Inbox, Outgoing

MOST_DEAD = 100
"""Dead letters that one conversation keeps, the newest: an inbox is written whole, so it has to stay small."""
LONGEST_WHY = 300
_MOST_DOUBLINGS = 60
LOST = "whoever sent it was gone before there was a receipt"


def being_sent(outgoing: Outgoing, now: float) -> bool:
    """Whether a worker holds it. Taking it leaves ``why`` empty, failing never does."""
    return outgoing.attempts > 0 and not outgoing.why and not outgoing.dead and outgoing.due_at > now


def take(inbox: Inbox, now: float, hold_seconds: float) -> tuple[Change, Outgoing] | None:
    """Begin an attempt at the reply whose turn it is; ``None`` if there is none, or it is not due."""
    first = next((each for each in inbox.outbox if not each.dead), None)
    if first is None or first.due_at > now:
        return None
    fence = max(first.fence + 1, int(now * 1_000_000))  # also unlike those of a conversation deleted and begun anew
    taken = replace(first, due_at=now + hold_seconds, attempts=first.attempts + 1, fence=fence, why="")
    return _with(inbox, taken), taken


def failed(
    inbox: Inbox, outgoing: Outgoing, receipt: Receipt, now: float, settings: OutboxSettings, *, jitter: float
) -> Change | None:
    """Note that an attempt failed: the reply waits for the next one, or is dead.

    It is dead when the platform will not take it (``receipt.retry_after`` is ``None``), when it has waited for
    ``give_up_seconds``, or when the platform asks for more patience than is left.

    Args:
        outgoing: The attempt, as taken.
        receipt: Its ``sent`` counts the parts of this attempt that were confirmed.
        jitter: From 0 up to 1; the pause is between half and all of what the settings say.

    Returns:
        The change, or ``None`` if the attempt is not the newest, or the reply is no longer there.
    """
    current = find(inbox, outgoing.message_id)
    if current is None or current.fence != outgoing.fence or current.dead:
        return None
    why = " ".join(receipt.why.split())[:LONGEST_WHY] or "no reason was given"
    sent = outgoing.sent + max(0, receipt.sent)  # counted from the attempt, so that noting it twice changes nothing
    noted = replace(current, attempts=outgoing.attempts, sent=sent, why=why)
    left = current.since + settings.give_up_seconds - now
    if left <= 0 or receipt.retry_after is None or not receipt.retry_after <= left:
        return _with(inbox, replace(noted, dead=True))
    doubled = settings.first_pause * 2.0 ** min(max(0, noted.attempts - 1), _MOST_DOUBLINGS)
    pause = min(doubled, settings.longest_pause) * (1 + jitter) / 2
    return _with(inbox, replace(noted, due_at=now + max(pause, receipt.retry_after)))


def lost(inbox: Inbox, now: float, give_up_seconds: float) -> Change | None:
    """Give up a reply that is due and over which workers have died for too long; ``None`` if there is none."""
    first = next((each for each in inbox.outbox if not each.dead), None)
    if first is None or first.due_at > now or not first.attempts or first.why or now - first.since <= give_up_seconds:
        return None
    return _with(inbox, replace(first, dead=True, why=LOST))


def retry(inbox: Inbox, message_id: MessageId | None, now: float) -> Change | None:
    """Have replies that failed, dead ones too, sent as soon as may be; one that is being sent is left alone.

    A dead one is given as much time again as a new one. It keeps its place, and waits while another is being sent.

    Args:
        message_id: The one; ``None`` for all.

    Returns:
        The change, or ``None`` if there is nothing to retry.
    """
    free_at = max((each.due_at for each in inbox.outbox if being_sent(each, now)), default=now)

    def again(each: Outgoing) -> Outgoing:
        if not each.why or not _meant(each, message_id):
            return each
        return replace(each, dead=False, since=now if each.dead else each.since, due_at=free_at)

    return _mapped(inbox, again)


def discard(inbox: Inbox, message_id: MessageId | None) -> Change | None:
    """Send them no more; the replies stay in the transcript, as not delivered. ``None`` if there is nothing to discard.

    Args:
        message_id: The one; ``None`` for all.
    """
    return _mapped(inbox, lambda each: None if _meant(each, message_id) else each)


def find(inbox: Inbox, message_id: MessageId) -> Outgoing | None:
    """The reply to a message, if it is in the outbox."""
    return next((each for each in inbox.outbox if each.message_id == message_id), None)


def _meant(outgoing: Outgoing, message_id: MessageId | None) -> bool:
    return message_id is None or outgoing.message_id == message_id


def _with(inbox: Inbox, outgoing: Outgoing) -> Change:
    """The change by which one reply of the outbox becomes this; of too many dead ones, the oldest go."""
    entries = [outgoing if each.message_id == outgoing.message_id else each for each in inbox.outbox]
    too_many = [each.message_id for each in entries if each.dead][:-MOST_DEAD]
    return changed(inbox, outbox=tuple(each for each in entries if each.message_id not in too_many))


def _mapped(inbox: Inbox, function: Callable[[Outgoing], Outgoing | None]) -> Change | None:
    entries = tuple(after for each in inbox.outbox if (after := function(each)) is not None)
    return None if entries == inbox.outbox else changed(inbox, outbox=entries)
