"""The rules by which a conversation's messages get their turns, as pure functions over what a store holds.

A message is new, queued, running or done:

    offer ──► queued ──claim──► running ──finish──► done
      └──(nobody is answering)──►┘   ▲
                                     └─ claim again, when the lease ran out: same message, next fence

Each function takes a snapshot and the time and gives the `Change` to write. The store writes it only if the
conversation is still at the version that was read; otherwise the caller reads again and asks again. A crash between any
two writes leaves one of the four states, and each has its way on: a lease that is not renewed runs out and the message
is claimed again, under a higher fence, so that whoever held it before can write nothing more.

Where clocks may differ, whoever is not the holder takes a lease for lost only so much later (``skew``).
"""

from dataclasses import dataclass, replace
from typing import Literal

from switchboard.errors import Fenced
from switchboard.identity import MessageId
from switchboard.messages import Message
from switchboard.reply import Reply
from switchboard.storage import Change, Feedback, Inbox, Lease, Outgoing, Snapshot, Turn

Busy = Literal["queue", "steer", "interrupt", "reject"]
MOST_OUTGOING = 200
"""Replies of one conversation that wait to be sent; those after them are dead letters from the start."""
MOST_FEEDBACK = 50
"""People whose opinion of one reply is kept, the newest: a turn is written whole."""
State = Literal["new", "queued", "running", "done", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of an offer.

    Attributes:
        state: As in `switchboard.assistant.Offer`.
        change: What to write first, or ``None`` if there is nothing to write.
        ahead: Messages that are answered before this one.
        interrupts: The running message that is to be stopped in its favour.
    """

    state: State
    change: Change | None = None
    ahead: int = 0
    interrupts: MessageId | None = None


def offer(
    snapshot: Snapshot,
    message: Message,
    *,
    now: float,
    worker: str,
    lease_seconds: float,
    busy: Busy,
    skew: float = 0.0,
    most_waiting: float = 1_000,
) -> Decision:
    """Take in a message: it is known, or it starts, or it waits, or it is turned away."""
    inbox, known = snapshot.inbox, snapshot.turn
    if known is not None:
        return _known(inbox, known)
    turn = Turn(number=inbox.turns, message=message, state="queued")
    if inbox.lease is None and not inbox.queue:
        accepted = replace(inbox, turns=inbox.turns + 1)
        lease = _next_lease(accepted, message.id, worker, now, lease_seconds)
        change = changed(accepted, turn, lease=lease, fence=lease.fence, version=_next_version(inbox, now))
        return Decision(state="new", change=replace(change, turns=(replace(turn, state="running", attempts=1),)))
    if len(inbox.queue) >= most_waiting or (busy == "reject" and _alive(inbox, now - skew)):
        return Decision(state="rejected", ahead=_ahead(inbox))
    running = inbox.lease.message_id if inbox.lease and busy == "interrupt" else None
    change = changed(inbox, turn, turns=inbox.turns + 1, queue=(*inbox.queue, message.id), stop=running or inbox.stop)
    return Decision(state="queued", change=change, ahead=_ahead(inbox), interrupts=running)


def next_message(inbox: Inbox, now: float, skew: float = 0.0) -> MessageId | None:
    """The message that may be claimed now: one whose worker is gone, or the first that waits."""
    if inbox.lease is not None:
        return None if _alive(inbox, now - skew) else inbox.lease.message_id
    return inbox.queue[0] if inbox.queue else None


def claim(
    snapshot: Snapshot, *, now: float, worker: str, lease_seconds: float, skew: float = 0.0
) -> tuple[Change, Lease, Turn] | None:
    """Start the turn of ``snapshot.turn`` if it is the one that `next_message` names, otherwise ``None``."""
    inbox, turn = snapshot.inbox, snapshot.turn
    if turn is None or turn.state == "done" or next_message(inbox, now, skew) != turn.message.id:
        return None
    lease = _next_lease(inbox, turn.message.id, worker, now, lease_seconds)
    started = replace(turn, state="running", attempts=turn.attempts + 1)
    queue = tuple(waiting for waiting in inbox.queue if waiting != turn.message.id)
    return changed(inbox, started, lease=lease, fence=lease.fence, queue=queue), lease, started


def renew(inbox: Inbox, lease: Lease, *, now: float, lease_seconds: float) -> tuple[Change, Lease]:
    """A sign of life.

    Raises:
        Fenced: Somebody else has taken over.
    """
    held(inbox, lease, "renew")
    longer = replace(lease, expires_at=now + lease_seconds)
    return changed(inbox, lease=longer), longer


def finish(
    snapshot: Snapshot,
    lease: Lease,
    reply: Reply,
    *,
    now: float,
    memory: bytes | None,
    held_until: float | None = None,
) -> Change:
    """Store the reply and let go of the conversation, in one write.

    Args:
        held_until: Until when whoever stores it will send it, too, if that is asked for and no other waits to be sent.

    Raises:
        Fenced: Somebody else has taken over.
    """
    held(snapshot.inbox, lease, "finish")
    if snapshot.turn is None:
        raise Fenced(operation="finish")  # the conversation was deleted meanwhile
    done = replace(snapshot.turn, state="done", reply=reply, finished_at=now)
    outbox = _with(snapshot.inbox.outbox, done.message, now, held_until)
    change = changed(snapshot.inbox, done, lease=None, stop=None, outbox=outbox)
    return replace(change, memory=memory, forget_events=(lease.message_id,))


def stop(snapshot: Snapshot, *, now: float) -> Change | None:
    """Ask for a turn to stop: a running one is told, a waiting one ends here. ``None`` if it is neither."""
    inbox, turn = snapshot.inbox, snapshot.turn
    if turn is None or turn.state == "done":
        return None
    message_id = turn.message.id
    if message_id in inbox.queue:
        done = replace(turn, state="done", reply=Reply(text="", status="stopped"), finished_at=now)
        return changed(inbox, done, queue=tuple(waiting for waiting in inbox.queue if waiting != message_id))
    return changed(inbox, stop=message_id)


def steer(snapshot: Snapshot, running: Turn, lease: Lease, reply: Reply, *, now: float) -> Change | None:
    """Tell the message of ``snapshot.turn`` to the running turn, whose answer is then to take it into account.

    Only the first that waits can be told, and only by the same person: a turn acts with its own person's rights.

    Args:
        snapshot: Of the message that waits.
        running: The turn that is told, as stored.
        reply: What the message gets for its own reply.

    Returns:
        The change, or ``None`` if the message has to wait.

    Raises:
        Fenced: Somebody else has taken over.
    """
    inbox, told = snapshot.inbox, snapshot.turn
    held(inbox, lease, "steer")
    if told is None or inbox.queue[:1] != (told.message.id,) or told.message.job:
        return None
    if told.message.principal != running.message.principal:
        return None
    done = replace(told, state="done", reply=reply, finished_at=now)
    steered = replace(running, steered_by=(*running.steered_by, told.message.id))
    return changed(inbox, steered, done, queue=inbox.queue[1:], outbox=_with(inbox.outbox, told.message, now))


def deliver(snapshot: Snapshot) -> Change | None:
    """Note that the platform has confirmed the reply. ``None`` if there is nothing to note."""
    turn = snapshot.turn
    if turn is None or turn.state != "done" or turn.delivered:
        return None
    outbox = tuple(each for each in snapshot.inbox.outbox if each.message_id != turn.message.id)
    return changed(snapshot.inbox, replace(turn, delivered=True), outbox=outbox)


def rate(snapshot: Snapshot, feedback: Feedback) -> Change | None:
    """Keep what a person thinks of a reply, instead of what they thought before. ``None`` without a reply."""
    turn = snapshot.turn
    if turn is None or turn.state != "done":
        return None
    others = tuple(each for each in turn.feedback if each.principal != feedback.principal)
    return changed(snapshot.inbox, replace(turn, feedback=(*others, feedback)[-MOST_FEEDBACK:]))


def must_stop(inbox: Inbox, lease: Lease) -> bool:
    """Whether somebody asked for the leased turn to stop."""
    return inbox.stop == lease.message_id


def _known(inbox: Inbox, turn: Turn) -> Decision:
    if turn.state != "queued":
        return Decision(state=turn.state)
    return Decision(state="queued", ahead=inbox.queue.index(turn.message.id) + (inbox.lease is not None))


def _alive(inbox: Inbox, now: float) -> bool:
    return inbox.lease is not None and inbox.lease.expires_at > now


def _ahead(inbox: Inbox) -> int:
    return len(inbox.queue) + (inbox.lease is not None)


def _next_lease(inbox: Inbox, message_id: MessageId, worker: str, now: float, lease_seconds: float) -> Lease:
    """A lease whose fence no other has, not even one of a conversation that was deleted and begun anew: the time in µs.

    Where the clock is behind the last lease's, the fence is counted on from that.
    """
    fence = max(inbox.fence + 1, int(now * 1_000_000))
    return Lease(message_id=message_id, worker=worker, fence=fence, expires_at=now + lease_seconds)


def held(inbox: Inbox, lease: Lease, operation: str) -> None:
    """Check that the lease is still the conversation's.

    Raises:
        Fenced: Somebody else has taken over.
    """
    if inbox.lease is None or inbox.lease.fence != lease.fence:
        raise Fenced(operation=operation)


def _with(
    outbox: tuple[Outgoing, ...], message: Message, now: float, held_until: float | None = None
) -> tuple[Outgoing, ...]:
    """The outbox with the message's reply at its end, if that has to be sent.

    An inbox is written whole and has to stay small: behind a platform that is dead for long, a reply waits no more.
    """
    if not message.push:
        return outbox
    if held_until is not None and all(each.dead for each in outbox):
        fence = int(now * 1_000_000)
        return (*outbox, Outgoing(message_id=message.id, since=now, due_at=held_until, fence=fence, attempts=1))
    is_full = len(outbox) >= MOST_OUTGOING
    why = "too many replies wait before it" if is_full else ""
    return (*outbox, Outgoing(message_id=message.id, since=now, due_at=now, dead=is_full, why=why))


def _next_version(inbox: Inbox, now: float) -> int:
    """One more; a new conversation begins with the time in µs, so that none of a deleted one comes again."""
    return inbox.version + 1 if inbox.version else max(1, int(now * 1_000_000))


def changed(inbox: Inbox, *turns: Turn, **fields: object) -> Change:
    """The change by which an inbox becomes one with these fields, and turns are written with it."""
    after = {"version": inbox.version + 1, **fields}
    return Change(follows=inbox.version, inbox=replace(inbox, **after), turns=turns)  # type: ignore[arg-type]
