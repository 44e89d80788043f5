"""Quotas in a SQLite file of their own, for all processes of a machine; a file that is lost costs a minute's counts."""

import sqlite3
from pathlib import Path

from stores.sqlite.database import Database
from stores.sqlite.rows import exact
from stores.sqlite.schema import QUOTAS
from switchboard.quotas import free_at


class SqliteQuotaStore:
    """A `QuotaStore` in a SQLite file on a local disk, which several processes may share.

    Raises:
        ConfigError: The file can't be opened, is not one of ours, or comes from a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, schema=QUOTAS)

    async def take(self, key: str, holder: str, *, most: int, now: float, until: float) -> float | None:
        """See `QuotaStore.take`. Whatever has come free anywhere is removed with it, so that the file stays small."""
        name = exact(holder)

        def work(connection: sqlite3.Connection) -> float | None:
            connection.execute("DELETE FROM places WHERE until <= ?", (now,))
            held = dict(connection.execute("SELECT holder, until FROM places WHERE key = ?", (key,)).fetchall())
            if name in held:
                return None
            if len(held) >= most:
                return free_at(held.values(), most)
            connection.execute("INSERT INTO places (key, holder, until) VALUES (?, ?, ?)", (key, name, until))
            return None

        return await self._database.write("quotas", "take", work)

    async def renew(self, key: str, holder: str, *, most: int, until: float) -> bool:
        """See `QuotaStore.renew`."""
        return await self._changes(
            "renew", "UPDATE places SET until = ? WHERE key = ? AND holder = ?", (until, key, exact(holder))
        )

    async def give(self, key: str, holder: str, *, most: int) -> None:
        """See `QuotaStore.give`."""
        await self._changes("give", "DELETE FROM places WHERE key = ? AND holder = ?", (key, exact(holder)))

    async def close(self) -> None:
        """See `QuotaStore.close`."""
        await self._database.close()

    async def _changes(self, operation: str, statement: str, row: tuple[object, ...]) -> bool:
        return await self._database.write(
            "quotas", operation, lambda connection: connection.execute(statement, row).rowcount > 0
        )
