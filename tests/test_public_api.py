"""The public API is what ``switchboard`` exports. Changing this list changes what plug-ins can rely on."""

import inspect

import pytest

import switchboard

PUBLIC = [
    "Artifact",
    "Assistant",
    "Attachment",
    "BackendError",
    "BadInput",
    "BadKey",
    "Blob",
    "BlobStore",
    "Call",
    "Catalogue",
    "Change",
    "Channel",
    "Citation",
    "ConfigError",
    "Conversation",
    "ConversationStore",
    "ConversationSummary",
    "DeliveryFailed",
    "Delta",
    "Event",
    "Failed",
    "Feedback",
    "Fenced",
    "Final",
    "Inbox",
    "Job",
    "JobContext",
    "JobKind",
    "JobStarted",
    "JobStarter",
    "JobStore",
    "Late",
    "Lease",
    "Limits",
    "Message",
    "MessageId",
    "Offer",
    "Principal",
    "Progress",
    "Question",
    "Receipt",
    "Refused",
    "Rendered",
    "Reply",
    "ServedChannel",
    "Setup",
    "Snapshot",
    "SourceFile",
    "Status",
    "SwitchboardError",
    "Tool",
    "ToolContext",
    "ToolFailed",
    "ToolFinished",
    "ToolResult",
    "ToolRetry",
    "ToolStarted",
    "TooMuch",
    "Turn",
    "Unreadable",
    "Warning",
    "fold",
    "job",
    "render",
    "tool",
]
NOT_DOCUMENTED_IN_PYTHON = {"Event", "MessageId"}
"""A union and a new type of a string can't carry a docstring; their modules describe them."""


def test_the_public_names_are_these() -> None:
    assert sorted(switchboard.__all__) == sorted(PUBLIC)


def test_every_public_name_is_there() -> None:
    assert [name for name in PUBLIC if not hasattr(switchboard, name)] == []


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - NOT_DOCUMENTED_IN_PYTHON))
def test_a_public_name_has_a_docstring_of_its_own(name: str) -> None:
    word = getattr(switchboard, name)
    text = inspect.getdoc(word) or ""
    generated = f"{name}("  # what a dataclass without a docstring gets
    assert text
    assert not text.startswith(generated)
