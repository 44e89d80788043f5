"""What the tests of sending are given."""

from collections.abc import AsyncIterator

import pytest

from agent import outboxes, sending
from tests.agent.replies import Post


@pytest.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """A store and a clock, and no patience."""
    monkeypatch.setattr(sending, "UNWIND_SECONDS", 0.02)
    monkeypatch.setattr(outboxes, "STORE_PAUSE", 0.001)
    post = Post()
    yield post
    await post.close()
