"""Jobs in a SQLite file: each a row with a version that is compared and swapped."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stores.sqlite.database import Database
from stores.sqlite.rows import exact, load, whole
from stores.sqlite.schema import CONVERSATIONS
from switchboard import wire
from switchboard.identity import Conversation
from switchboard.storage import Job, JobState


class SqliteJobStore:
    """A `JobStore` in a SQLite file on a local disk, which several stores and processes may share.

    Raises:
        ConfigError: The file can't be opened, is not one of ours, or comes from a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, schema=CONVERSATIONS)

    async def create(self, job: Job) -> bool:
        """See `JobStore.create`."""
        statement = (
            "INSERT INTO jobs (id, conversation, state, created_at, due_at, version, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING"
        )
        new = replace(job, version=1)
        row = (exact(new.id), new.conversation.key, new.state, new.created_at, new.due_at, new.version, wire.dumps(new))
        return await self._changes("create", statement, row)

    async def get(self, job_id: str) -> Job | None:
        """See `JobStore.get`."""

        def work(connection: sqlite3.Connection) -> Job | None:
            row = connection.execute("SELECT body FROM jobs WHERE id = ?", (exact(job_id),)).fetchone()
            return None if row is None else load(Job, row[0])

        return await self._database.read("jobs", "get", work)

    async def update(self, job: Job) -> bool:
        """See `JobStore.update`."""
        statement = (
            "UPDATE jobs SET conversation = ?, state = ?, created_at = ?, due_at = ?, version = ?, body = ?"
            " WHERE id = ? AND version = ?"
        )
        row = (job.conversation.key, job.state, job.created_at, job.due_at, job.version, wire.dumps(job))
        return await self._changes("update", statement, (*row, exact(job.id), job.version - 1))

    async def due(self, *, before: float, limit: int = 100) -> Sequence[Job]:
        """See `JobStore.due`."""
        query = "SELECT body FROM jobs WHERE due_at > 0 AND due_at <= ? ORDER BY due_at, id LIMIT ?"

        def work(connection: sqlite3.Connection) -> list[Job]:
            return [load(Job, body) for (body,) in connection.execute(query, (before, whole(max(0, limit))))]

        return await self._database.read("jobs", "due", work)

    async def list_jobs(
        self, *, conversation: Conversation | None = None, states: frozenset[JobState] | None = None, limit: int = 100
    ) -> Sequence[Job]:
        """See `JobStore.list_jobs`."""
        query = (
            "SELECT body FROM jobs WHERE (?1 IS NULL OR conversation = ?1)"
            " AND (?2 IS NULL OR state IN (SELECT value FROM json_each(?2)))"
            " ORDER BY created_at DESC, id LIMIT ?3"
        )
        key = None if conversation is None else conversation.key
        wanted = None if states is None else json.dumps(sorted(states))

        def work(connection: sqlite3.Connection) -> list[Job]:
            return [load(Job, body) for (body,) in connection.execute(query, (key, wanted, whole(max(0, limit))))]

        return await self._database.read("jobs", "list_jobs", work)

    async def delete(self, job_id: str) -> bool:
        """See `JobStore.delete`."""
        return await self._changes("delete", "DELETE FROM jobs WHERE id = ?", (exact(job_id),))

    async def close(self) -> None:
        """See `JobStore.close`."""
        await self._database.close()

    async def _changes(self, operation: str, statement: str, row: tuple[object, ...]) -> bool:
        return await self._database.write(
            "jobs", operation, lambda connection: connection.execute(statement, row).rowcount > 0
        )
