"""What must survive: conversations, jobs and blobs, each kept in one of several ways behind the same protocol.

Here are the factories by which the settings' names become stores; each imports its store only when it is asked for.
"""

from typing import TYPE_CHECKING

from switchboard.storage import BlobStore, ConversationStore, JobStore

if TYPE_CHECKING:
    from switchboard.plugins import Setup

FILE = "switchboard.sqlite"
"""Conversations and jobs, in the data folder."""
FOLDER = "blobs"
"""Files, in the data folder."""


def sqlite_conversations(setup: "Setup", name: str) -> ConversationStore:
    """Conversations in a file of the data folder."""
    from stores.sqlite import SqliteConversationStore

    return SqliteConversationStore(setup.settings.data_dir / FILE)


def sqlite_jobs(setup: "Setup", name: str) -> JobStore:
    """Jobs, in the same file as conversations."""
    from stores.sqlite import SqliteJobStore

    return SqliteJobStore(setup.settings.data_dir / FILE)


def folder_blobs(setup: "Setup", name: str) -> BlobStore:
    """Files in a folder of the data folder."""
    from stores.folder import FolderBlobStore

    return FolderBlobStore(setup.settings.data_dir / FOLDER)


def memory_conversations(setup: "Setup", name: str) -> ConversationStore:
    """Conversations that end with the process."""
    from stores.memory import MemoryConversationStore

    return MemoryConversationStore()


def memory_jobs(setup: "Setup", name: str) -> JobStore:
    """Jobs that end with the process."""
    from stores.memory import MemoryJobStore

    return MemoryJobStore()


def memory_blobs(setup: "Setup", name: str) -> BlobStore:
    """Files that end with the process."""
    from stores.memory import MemoryBlobStore

    return MemoryBlobStore()
