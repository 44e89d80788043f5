"""Conversations and jobs in one SQLite file: the embedded profile's stores. Words are kept as JSON."""

from pathlib import Path

from stores.sqlite.conversations import SqliteConversationStore
from stores.sqlite.database import Database
from stores.sqlite.jobs import SqliteJobStore
from stores.sqlite.schema import CONVERSATIONS

__all__ = ["SqliteConversationStore", "SqliteJobStore", "open_sqlite"]


def open_sqlite(path: Path) -> tuple[SqliteConversationStore, SqliteJobStore]:
    """Open the file, making it if need be, and give the stores in it. Each is closed by itself.

    Several processes may have the same file open; it must be on a local disk.

    Raises:
        ConfigError: The file can't be opened, is not one of ours, or comes from a newer version.
    """
    database = Database(path, schema=CONVERSATIONS)
    return SqliteConversationStore(database), SqliteJobStore(database)
