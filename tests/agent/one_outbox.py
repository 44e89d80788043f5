"""A store of one conversation with replies that have to be sent, and time that a test moves."""

from dataclasses import dataclass, field

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
