"""Conversations and jobs in one SQLite file: the embedded profile's stores. Words are kept as JSON."""

from stores.sqlite.conversations import SqliteConversationStore
from stores.sqlite.jobs import SqliteJobStore
from stores.sqlite.quotas import SqliteQuotaStore

__all__ = ["SqliteConversationStore", "SqliteJobStore", "SqliteQuotaStore"]
