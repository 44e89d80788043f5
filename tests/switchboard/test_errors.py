"""Errors: fields, sentences, and what a person may read of them."""

import inspect

import pytest

from switchboard import (
    BackendError,
    ConfigError,
    DeliveryFailed,
    Late,
    Refused,
    SwitchboardError,
    ToolRetry,
    TooMuch,
    Unreadable,
)
from switchboard import errors as module

SECRET = "postgres://admin:hunter2@db"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ToolRetry("name a year"), "The call can be mended: name a year"),
        (Refused("No.", policy="access"), "Refused by access: No."),
        (Late(what="search", seconds=2.5), "search did not end within 2.5 s"),
        (DeliveryFailed(channel="slack", why="gone", retryable=False), "slack did not take the reply: gone"),
        (BackendError(service="s3", operation="get", code="Slow"), "s3.get failed: Slow"),
        (Unreadable(name="a.pdf", reason="it is empty", code="empty"), "a.pdf can't be read: it is empty."),
        (TooMuch("Wait.", retry_after=3), "Wait."),
        (ConfigError("No port.", fix="Add one.", where="line 3"), "line 3: No port. Add one."),
        (ConfigError("No port.", fix="Add one."), "No port. Add one."),
    ],
)
def test_the_sentence_is_built_from_the_fields(error: SwitchboardError, sentence: str) -> None:
    assert str(error) == sentence


def test_what_a_service_answered_is_not_for_the_person() -> None:
    assert SECRET not in BackendError(service="db", operation="read", code=SECRET).user_text


def test_a_full_disk_is_told_with_what_to_do() -> None:
    assert "Free some space" in BackendError(service="blobs", operation="put", code="full").user_text


def test_every_error_is_drawn_in_the_tree() -> None:
    drawn = module.__doc__ or ""
    for name, kind in inspect.getmembers(module, inspect.isclass):
        assert not issubclass(kind, SwitchboardError) or name in drawn
