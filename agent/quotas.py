"""How much a person may send, and how many turns may run at a time: what is counted, and what is said when it is over.

The assistant asks before it stores a message, so that what is refused leaves no trace and may be sent again:

    await quotas.admit(message, now=now)            unknown messages only; raises TooMuch
    places = await quotas.begin(message, now=now)   before the write that starts its turn; raises TooMuch
    await places.renew(now=now)                     with the turn's lease
    await places.give()                             when the turn has ended

A turn that starts later, from the queue or after a crash, was taken in before and is not refused: it has ``resume``
instead of ``begin``. One message holds one place, whoever asks for it; so who finds that its turn runs elsewhere leaves
the place alone, and one that nobody renews comes free with the lease.

When the store does not answer, nobody is refused. A quota protects what is behind it from too much; it is no matter of
access, and a fault of the counting must not cost anybody an answer.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from agent import texts
from switchboard.errors import BackendError, TooMuch
from switchboard.messages import Message
from switchboard.quotas import QuotaStore, quota_key
from switchboard.settings import LimitSettings, TurnSettings

log = logging.getLogger("switchboard.agent")

T = TypeVar("T")

WINDOW_SECONDS = 60.0
TURN_PAUSE = 5.0
"""After so many seconds it is worth asking again whether a turn has ended; nobody knows when one will."""
PATIENCE = 2.0
"""Seconds for which a message waits for the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Something that is counted, how many places there are, and what a person reads when none is left."""

    key: str
    most: int
    sentence: str


class Quotas:
    """The quotas of one installation. A limit of zero is none, and costs no request.

    Args:
        patience: Seconds after which a store that does not answer is taken not to.
    """

    def __init__(
        self, store: QuotaStore, limits: LimitSettings, turns: TurnSettings, *, patience: float = PATIENCE
    ) -> None:
        self._store = store
        self._limits = limits
        self._hold = turns.lease_seconds + turns.clock_skew_seconds
        self._patience = patience

    async def admit(self, message: Message, *, now: float) -> None:
        """Count a message that is not known yet. In no 60 seconds are more taken in than the limit says.

        Raises:
            TooMuch: The person has sent as many as they may; ``retry_after`` is when the next would be taken.
        """
        most = self._limits.messages_per_minute
        if message.job or not most:
            return
        key, holder, until = _person("messages", message), _holder(message), now + WINDOW_SECONDS
        free = await self._asked(self._store.take(key, holder, most=most, now=now, until=until))
        if free is not None:
            seconds = max(1, math.ceil(free - now))
            raise TooMuch(texts.too_many_messages(most, seconds), retry_after=seconds)

    async def begin(self, message: Message, *, now: float) -> "Places":
        """Take a place for a message's turn with each quota of turns.

        Raises:
            TooMuch: One of them has none left; no place is held then.
        """
        holder = _holder(message)
        held: list[Quota] = []
        for quota in self._of_turns(message):
            if await self._take(quota, holder, now, now + self._hold) is not None:
                await self.give(held, holder)
                raise TooMuch(quota.sentence, retry_after=TURN_PAUSE)
            held.append(quota)
        return Places(quotas=self, held=tuple(held), holder=holder)

    async def resume(self, message: Message, *, now: float) -> "Places":
        """The same for a turn that was taken in before: where no place is left, it goes without."""
        holder, until = _holder(message), now + self._hold
        held = [quota for quota in self._of_turns(message) if await self._take(quota, holder, now, until) is None]
        return Places(quotas=self, held=tuple(held), holder=holder)

    async def renew(self, quotas: Sequence[Quota], holder: str, *, now: float) -> None:
        """Hold places for longer; one that came free meanwhile is taken anew, if there is one."""
        until = now + self._hold
        for quota in quotas:
            renewed = await self._asked(self._store.renew(quota.key, holder, most=quota.most, until=until))
            if renewed is False:
                await self._take(quota, holder, now, until)

    async def give(self, quotas: Sequence[Quota], holder: str) -> None:
        """Give places back. One that can't be given back comes free by itself."""
        for quota in quotas:
            await self._asked(self._store.give(quota.key, holder, most=quota.most))

    async def close(self) -> None:
        """Let go of the store."""
        await self._store.close()

    def _of_turns(self, message: Message) -> list[Quota]:
        if message.job:
            return []  # the result of work that is done: there is nothing left to be spared
        most, all_most = self._limits.turns_per_person, self._limits.turns_per_tenant
        persons = Quota(key=_person("turns", message), most=most, sentence=texts.too_many_turns(most, TURN_PAUSE))
        everybodys = Quota(
            key=quota_key("turns", message.conversation.tenant), most=all_most, sentence=texts.too_busy(TURN_PAUSE)
        )
        return [quota for quota in (persons, everybodys) if quota.most]

    async def _take(self, quota: Quota, holder: str, now: float, until: float) -> float | None:
        return await self._asked(self._store.take(quota.key, holder, most=quota.most, now=now, until=until))

    async def _asked(self, question: Awaitable[T]) -> T | None:
        """The store's answer, or ``None`` if it has none: to `take` that is a yes."""
        try:
            async with asyncio.timeout(self._patience):
                return await question
        except (BackendError, TimeoutError) as error:
            log.warning("a quota could not be counted and is not applied: %s", str(error) or "no answer")
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The places that one turn holds."""

    quotas: Quotas
    held: tuple[Quota, ...]
    holder: str

    async def renew(self, *, now: float) -> None:
        """See `Quotas.renew`."""
        await self.quotas.renew(self.held, self.holder, now=now)

    async def give(self) -> None:
        """See `Quotas.give`."""
        await self.quotas.give(self.held, self.holder)


def _person(kind: str, message: Message) -> str:
    """The key of somebody's quota. Who only claims a name does not use up the quota of the one who has proved it."""
    principal = message.principal
    proof = "verified" if principal.verified else "claimed"
    return quota_key(kind, message.conversation.tenant, proof, principal.id)


def _holder(message: Message) -> str:
    """One message holds one place, however often it is offered."""
    return f"{message.conversation.key} {message.id}"
