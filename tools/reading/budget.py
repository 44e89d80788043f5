"""What is left of a file's allowance while it is read."""

import time
from collections.abc import Callable

from tools.reading.backend import Block, ReadingLimits
from tools.reading.reasons import too_large, too_many_pages, too_much_text, too_slow


class Budget:
    """Counts what a file costs and refuses it over a limit. One for each file, attachments of a mail included."""

    def __init__(self, name: str, limits: ReadingLimits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.limits = limits
        self._clock = clock
        self._started = clock()
        self._characters = 0
        self._pages = 0

    def check_size(self, size: int) -> None:
        """Refuse a file of so many bytes if that is too many."""
        if size > self.limits.size:
            raise too_large(self.name, size=size, limit=self.limits.size)

    def take_pages(self, count: int) -> None:
        """Announce pages before they are read."""
        self._pages += count
        if self._pages > self.limits.pages:
            raise too_many_pages(self.name, pages=self._pages, limit=self.limits.pages)

    def take_text(self, characters: int) -> None:
        """Announce text as it is found; looks at the clock as well."""
        self._characters += characters
        if self._characters > self.limits.characters:
            raise too_much_text(self.name, limit=self.limits.characters)
        if self._clock() - self._started > self.limits.seconds:
            raise too_slow(self.name, seconds=self.limits.seconds)

    def take(self, block: Block) -> Block:
        """Announce a block and hand it on."""
        self.take_text(len(block.text))
        return block
