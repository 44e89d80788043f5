"""A fake Slack for each test that wants one."""

from collections.abc import Iterator

import pytest

from switchboard.testing.slack import FakeSlack


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A workspace of this test's own."""
    with FakeSlack() as fake:
        yield fake
