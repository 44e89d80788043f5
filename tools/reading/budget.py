"""What is left of a file's allowance while it is read."""

import hashlib
import time
from collections.abc import Callable

from tools.reading.backend import Block, ReadingLimits
from tools.reading.reasons import too_large, too_many_files, too_many_pages, too_much_text, too_slow, unreadable

_GRACE = 10.0


class Budget:
    """Counts what a file costs and refuses it over a limit. One for each file, what is in it or attached included."""

    def __init__(self, name: str, limits: ReadingLimits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.limits = limits
        self._clock = clock
        self._until = clock() + limits.seconds
        self._characters = 0
        self._unpacked: dict[bytes, int] = {}

    @property
    def patience(self) -> float:
        """Seconds after which somebody who waits for a page may take it for lost."""
        return self.limits.page_seconds + _GRACE

    def check_size(self, size: int) -> None:
        """Refuse a file of so many bytes if that is too many."""
        if size > self.limits.size:
            raise too_large(self.name, size=size, limit=self.limits.size)

    def check_pages(self, count: int) -> None:
        """Refuse so many pages if that is too many; before they are read."""
        if count > self.limits.pages:
            raise too_many_pages(self.name, pages=count, limit=self.limits.pages)

    def check_files(self, count: int) -> None:
        """Refuse an archive or a mail that holds so many files, all levels taken together, if that is too many."""
        if count > self.limits.files:
            raise too_many_files(self.name, limit=self.limits.files)

    def check_text(self, characters: int) -> None:
        """Refuse so much text in all if that is too much."""
        if characters > self.limits.characters:
            raise too_much_text(self.name, limit=self.limits.characters)

    def check_time(self) -> None:
        """Refuse the file if its time is over."""
        if self._clock() > self._until:
            raise too_slow(self.name, seconds=self.limits.seconds)

    def give_time(self) -> None:
        """Recognising a page has a limit of its own, which comes on top."""
        self._until += self.limits.page_seconds

    def take_text(self, characters: int) -> None:
        """Announce text as it is found; looks at the clock as well."""
        self._characters += characters
        self.check_text(self._characters)
        self.check_time()

    def take(self, block: Block) -> Block:
        """Announce a block and hand it on."""
        self.take_text(len(block.text))
        return block

    def take_unpacked(self, archive: bytes, size: int) -> None:
        """Announce what an archive unpacks to. The same archive counts once, however often it is opened."""
        unpacked = {**self._unpacked, hashlib.sha256(archive).digest(): size}
        if sum(unpacked.values()) > self.limits.unpacked:
            raise unreadable(self.name, "bomb")
        self._unpacked = unpacked
