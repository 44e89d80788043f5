"""A conversation's state as its item holds it: the inbox and what a list shows, carried on from write to write."""

import math
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace

from stores.dynamodb import keys
from stores.dynamodb.items import Item, Record, pack, record_items, unpack
from stores.summaries import first_text, used_at
from switchboard.identity import Conversation
from switchboard.storage import Change, ConversationSummary, Inbox

REMEMBERED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The body of a conversation's item."""

    key: str
    inbox: Inbox
    principals: frozenset[str] = frozenset()
    updated_at: float = 0.0
    first_text: str = ""

    def after(self, change: Change) -> "State":
        """The state once a change is written."""
        first = next((turn for turn in change.turns if turn.number == 0), None)
        return replace(
            self,
            inbox=change.inbox,
            principals=self.principals | {turn.message.principal.id for turn in change.turns},
            updated_at=max([self.updated_at, *map(used_at, change.turns)]),
            first_text=self.first_text if first is None else first_text(first),
        )

    @property
    def summary(self) -> ConversationSummary:
        """The line in a list."""
        return ConversationSummary(
            conversation=Conversation.from_key(self.key),
            principals=self.principals,
            turns=self.inbox.turns,
            updated_at=self.updated_at,
            first_text=self.first_text,
        )

    @property
    def pending(self) -> bool:
        """Whether a message waits or is being answered."""
        return self.inbox.lease is not None or bool(self.inbox.queue)

    def items(self, conversation: Conversation, lifetime: Item) -> list[Item]:
        """The state as items, in the lists in which it belongs."""
        inbox = self.inbox
        tenant = keys.bounded(conversation.tenant)
        attributes: Item = {
            "version": inbox.version,
            "fence": inbox.fence,
            "stamp": secrets.token_hex(16),
            "list_1": f"used/{tenant}",
            "rank_1": keys.rank(self.updated_at, self.key, newest_first=True),
            **lifetime,
        }
        if inbox.lease is not None:
            attributes["answering"] = keys.bounded(inbox.lease.message_id)
        if self.pending:
            attributes |= {"list_2": f"pending/{tenant}", "rank_2": keys.rank(self.updated_at, self.key)}
        if inbox.outbox:
            at = math.inf if inbox.sends_at is None else inbox.sends_at
            place = keys.outbox(conversation.tenant, conversation.channel)
            attributes |= {"list_3": place, "rank_3": keys.rank(at, self.key)}
        return record_items((keys.conversation(conversation), keys.INBOX), pack(self), **attributes)


def state_of(record: Record | None) -> State | None:
    """The state that a record holds; ``None`` for none, and while the conversation is being deleted."""
    return None if record is None or "deleting" in record.item else unpack(State, record.body)


class Recent:
    """The states last seen of the conversations last used, so that a write need not read what was just read."""

    def __init__(self) -> None:
        self._states: OrderedDict[str, State] = OrderedDict()

    def at(self, key: str, version: int) -> State | None:
        """The state of that version, if it is the one last seen."""
        state = self._states.get(key)
        return state if state is not None and state.inbox.version == version else None

    def see(self, state: State) -> None:
        """Remember a state."""
        self._states[state.key] = state
        self._states.move_to_end(state.key)
        if len(self._states) > REMEMBERED:
            self._states.popitem(last=False)

    def forget(self, key: str) -> None:
        """Remember nothing of a conversation."""
        self._states.pop(key, None)
