"""The words that everyone speaks. A plug-in imports from here and from nowhere else."""

from switchboard.channels import Channel
from switchboard.errors import (
    BackendError,
    BadInput,
    BadKey,
    ConfigError,
    DeliveryFailed,
    Fenced,
    Late,
    Refused,
    SwitchboardError,
    ToolFailed,
    ToolRetry,
    Unreadable,
)
from switchboard.events import (
    Artifact,
    Citation,
    Delta,
    Event,
    Failed,
    Final,
    JobStarted,
    Question,
    Status,
    ToolFinished,
    ToolStarted,
    Warning,
)
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Limits, Receipt
from switchboard.messages import Attachment, Message
from switchboard.reply import Reply, fold
from switchboard.storage import Blob, BlobStore, ConversationStore, Job, JobStore
from switchboard.tools import Tool, ToolContext, ToolResult, tool

__all__ = [
    "Artifact",
    "Attachment",
    "BackendError",
    "BadInput",
    "BadKey",
    "Blob",
    "BlobStore",
    "Channel",
    "Citation",
    "ConfigError",
    "Conversation",
    "ConversationStore",
    "DeliveryFailed",
    "Delta",
    "Event",
    "Failed",
    "Fenced",
    "Final",
    "Job",
    "JobStarted",
    "JobStore",
    "Late",
    "Limits",
    "Message",
    "MessageId",
    "Principal",
    "Question",
    "Receipt",
    "Refused",
    "Reply",
    "Status",
    "SwitchboardError",
    "Tool",
    "ToolContext",
    "ToolFailed",
    "ToolFinished",
    "ToolResult",
    "ToolRetry",
    "ToolStarted",
    "Unreadable",
    "Warning",
    "fold",
    "tool",
]
