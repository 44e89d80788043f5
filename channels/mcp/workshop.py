"""What tools are given that a client calls without a turn: stores, jobs, and a limit on how much somebody calls."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from switchboard import BlobStore, JobStarter, JobStore, Message


async def anything(message: Message) -> None:
    """Where nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What all calls share.

    Attributes:
        starting: Gives what begins jobs for a message; ``None`` where nothing runs them.
        admit: Counts a call as a message of the caller's; raises `TooMuch` where that is one too many.
    """

    tenant: str
    blobs: BlobStore
    jobs: JobStore
    starting: Callable[[Message], JobStarter] | None = None
    admit: Callable[[Message], Awaitable[None]] = anything
