"""Which sockets look at which conversation, so that all windows of one see its turns; one process, in memory."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

from switchboard import Conversation, Event, Message, MessageId, Receipt

_Awaited = tuple[str, MessageId]


class Window(Protocol):
    """An open socket, as the others of its conversation see it."""

    def announce(self, message: Message) -> None:
        """Another window has sent this message: show it and follow its turn."""
        ...

    def push(self, message: Message, events: Sequence[Event]) -> None:
        """Show these events of the message's turn."""
        ...


class Rooms:
    """The open windows of all conversations."""

    def __init__(self, *, patience: float = 20.0) -> None:
        self._patience = patience
        self._windows: defaultdict[str, set[Window]] = defaultdict(set)
        self._awaited: dict[_Awaited, asyncio.Event] = {}

    def join(self, conversation: Conversation, window: Window) -> None:
        """From now on the window hears what happens in the conversation."""
        self._windows[conversation.key].add(window)

    def leave(self, conversation: Conversation, window: Window) -> None:
        """The window is gone. Harmless if it never joined."""
        windows = self._windows.get(conversation.key, set())
        windows.discard(window)
        if not windows:
            self._windows.pop(conversation.key, None)

    def announce(self, message: Message, *, by: Window) -> None:
        """Tell the other windows of the conversation about a message."""
        for window in self._windows.get(message.conversation.key, set()) - {by}:
            window.announce(message)

    def acknowledged(self, conversation: Conversation, message_id: MessageId) -> None:
        """A client said that it has the whole reply."""
        if waiting := self._awaited.get((conversation.key, message_id)):
            waiting.set()

    async def deliver(self, message: Message, events: Sequence[Event]) -> Receipt:
        """Push a reply to the conversation's windows and wait until one of them has it."""
        windows = tuple(self._windows.get(message.conversation.key, ()))
        if not windows:
            return Receipt(delivered=False, why="no window of the conversation is open")
        place = (message.conversation.key, message.id)
        waiting = self._awaited.setdefault(place, asyncio.Event())
        try:
            for window in windows:
                window.push(message, events)
            async with asyncio.timeout(self._patience):
                await waiting.wait()
        except TimeoutError:
            return Receipt(delivered=False, why="no window confirmed the reply", retry_after=self._patience)
        finally:
            self._awaited.pop(place, None)
        return Receipt(delivered=True, platform_id=message.id)
