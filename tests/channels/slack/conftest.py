"""A fake Slack for each test that wants one."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.slack import FakeSlack
from tests.channels.slack.desks import Desk


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A workspace of this test's own."""
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
async def desks(slack: FakeSlack) -> AsyncIterator[Any]:
    made: list[Desk] = []

    def desk(script: Any = None, **settings: Any) -> Desk:
        made.append(Desk(slack, FakeAssistant(script) if script else FakeAssistant(), **settings))
        return made[-1]

    yield desk
    for one in made:
        await one.assistant.close()
        await one.serving.close()
