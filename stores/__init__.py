"""What must survive: conversations, jobs and blobs, each kept in one of several ways behind the same protocol.

Here are the factories by which the settings' names become stores; each imports its store only when it is asked for.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from switchboard.connections import ConnectionStore
from switchboard.errors import ConfigError
from switchboard.queues import JobQueue, MessageQueue
from switchboard.quotas import QuotaStore
from switchboard.storage import BlobStore, ConversationStore, JobStore

if TYPE_CHECKING:
    from stores.aws import AwsClient
    from stores.dynamodb import Table
    from stores.s3_shelf import S3Shelf
    from switchboard.plugins import Setup

FILE = "switchboard.sqlite"
"""Conversations and jobs, in the data folder."""
QUOTAS = "quotas.sqlite"
"""Who sends how much, in the data folder; apart from conversations, so that counting never waits for them."""
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


def memory_quotas(setup: "Setup", name: str) -> QuotaStore:
    """Quotas that each process counts for itself."""
    from stores.quotas import MemoryQuotaStore

    return MemoryQuotaStore()


def sqlite_quotas(setup: "Setup", name: str) -> QuotaStore:
    """Quotas in a file of the data folder."""
    from stores.sqlite import SqliteQuotaStore

    return SqliteQuotaStore(setup.settings.data_dir / QUOTAS)


def dynamodb_conversations(setup: "Setup", name: str) -> ConversationStore:
    """Conversations in the table that the settings name."""
    from stores.dynamodb import DynamoConversationStore

    return DynamoConversationStore(_table(setup))


def dynamodb_jobs(setup: "Setup", name: str) -> JobStore:
    """Jobs, in the same table as conversations."""
    from stores.dynamodb import DynamoJobStore

    return DynamoJobStore(_table(setup))


def dynamodb_quotas(setup: "Setup", name: str) -> QuotaStore:
    """Quotas, in the same table as conversations."""
    from stores.dynamodb import DynamoQuotaStore

    return DynamoQuotaStore(_table(setup))


def gateway_connections(setup: "Setup") -> ConnectionStore:
    """Connections of a gateway: in the same table as conversations, if the settings name one, else in this process."""
    if (given := setup.given.get("connections")) is not None:
        return cast("ConnectionStore", given)
    if not setup.settings.aws.table:
        from stores.connections import MemoryConnectionStore

        return MemoryConnectionStore()
    from stores.dynamodb import DynamoConnectionStore

    return DynamoConnectionStore(_table(setup))


def gateway_client(setup: "Setup", endpoint: str) -> "AwsClient":
    """A client that sends through the gateway at an address."""
    return _client(setup, "apigatewaymanagementapi", endpoint=endpoint)


def s3_blobs(setup: "Setup", name: str) -> BlobStore:
    """Files in the bucket that the settings name."""
    from stores.s3 import S3BlobStore

    aws = setup.settings.aws
    return S3BlobStore(_client(setup, "s3"), _named(aws.bucket, "aws.bucket"), prefix=aws.key_prefix)


def textract_client(setup: "Setup") -> "AwsClient":
    """A client of the service that recognises text."""
    return _client(setup, "textract")


def reading_shelf(setup: "Setup") -> "S3Shelf":
    """What reading has found, in the bucket that the settings name."""
    from stores.s3_shelf import S3Shelf

    aws = setup.settings.aws
    return S3Shelf(_client(setup, "s3"), _named(aws.bucket, "aws.bucket"), prefix=aws.key_prefix)


def memory_message_queue(setup: "Setup", name: str) -> MessageQueue:
    """Messages between parts of one process."""
    from stores.queue import MemoryQueue

    return MemoryQueue()


def sqs_message_queue(setup: "Setup", name: str) -> MessageQueue:
    """Messages in the queue that the settings name; large ones go where the settings keep files."""
    from stores.sqs import MOST_WAIT, SqsQueue

    url = _named(setup.settings.aws.queue_url, "aws.queue_url")
    return SqsQueue(_client(setup, "sqs", wait_seconds=MOST_WAIT), url, blobs=setup.backend("blobs"))


def store_job_queue(setup: "Setup", name: str) -> JobQueue:
    """No queue: workers look into the job store."""
    from stores.job_queue import StoreJobQueue

    return StoreJobQueue(setup.backend("jobs"), poll_seconds=setup.settings.jobs.poll_seconds)


def sqs_job_queue(setup: "Setup", name: str) -> JobQueue:
    """Notices of jobs in the queue that the settings name."""
    from stores.sqs import MOST_WAIT
    from stores.sqs_jobs import SqsJobQueue

    url = _named(setup.settings.aws.job_queue_url, "aws.job_queue_url")
    return SqsJobQueue(_client(setup, "sqs", wait_seconds=MOST_WAIT), url)


def _table(setup: "Setup") -> "Table":
    from stores.dynamodb import Table

    aws = setup.settings.aws
    name = _named(aws.table, "aws.table")
    return Table(_client(setup, "dynamodb"), name, prefix=aws.key_prefix, retention_days=aws.retention_days)


def _client(setup: "Setup", service: str, *, wait_seconds: float = 0, endpoint: str = "") -> "AwsClient":
    from stores.aws import AwsClient

    if find_spec("boto3") is None:
        raise ConfigError(
            "Amazon's SDK is not installed.", fix='Install "switchboard-assistant[aws]".', where="backends"
        )
    aws = setup.settings.aws
    return AwsClient(service, region=aws.region, endpoint=endpoint or aws.endpoint, wait_seconds=wait_seconds)


def _named(name: str, where: str) -> str:
    if not name:
        raise ConfigError("The settings do not name it.", fix=f"Set {where}.", where=where)
    return name
