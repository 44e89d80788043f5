"""What the library offers whoever says hello, who does not wait for it long: looked up now and then, or left out."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from switchboard import BackendError, Catalogue, ConfigError, Principal

log = logging.getLogger("switchboard.channels")

FRESH_SECONDS = 300.0
PATIENCE = 2.0
MOST = 1_000
"""People whose catalogue is remembered."""

Listing = Callable[[Principal], Awaitable[Catalogue]]


@dataclass(frozen=True, slots=True)
class _Known:
    catalogue: Catalogue
    until: float


class Catalogues:
    """The catalogue of each person, who may see what nobody else may.

    Args:
        listing: Looks into the library.
        clock: Seconds since the epoch.
        patience: Seconds that a look may take.
    """

    def __init__(self, listing: Listing, *, clock: Callable[[], float], patience: float = PATIENCE) -> None:
        self._listing = listing
        self._clock = clock
        self._patience = patience
        self._known: OrderedDict[Principal, _Known] = OrderedDict()

    async def of(self, principal: Principal) -> Catalogue:
        """What the person can ask about; an empty one where the library does not answer in time."""
        known = self._known.get(principal)
        if known is not None and self._clock() < known.until:
            return known.catalogue
        try:
            async with asyncio.timeout(self._patience):
                found = await self._listing(principal)
        except (TimeoutError, BackendError, ConfigError) as error:
            log.warning("hello is said without a catalogue (%s): %s", type(error).__name__, error)
            return Catalogue(documents=0, suggestions=(), model="")
        self._known[principal] = _Known(found, self._clock() + FRESH_SECONDS)
        self._known.move_to_end(principal)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return found
