"""Amazon on this machine, for tests of reading by it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.aws import World, a_world
from tests.tools.reading.textract.amazon import Amazon, amazon


@pytest.fixture
def world() -> Any:
    with a_world() as world:
        yield world


@pytest.fixture
async def there(world: World) -> AsyncIterator[Amazon]:
    async with amazon(world) as there:
        yield there
