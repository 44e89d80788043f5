"""Running what is anybody's code - a tool, a job, a channel - which may raise anything: all but turns do it here."""

from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def attempt(work: Awaitable[T]) -> T | Exception:
    """What the work returns, or what it raises. Cancellation goes through."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - the caller decides by its kind, and logs what it does not know
        return error
