"""A house of its own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tools.summaries.house import FirstLine, House
from tools.retrieval.embedded import EmbeddedLibrary


@pytest.fixture
def summarizer() -> FirstLine:
    return FirstLine()


@pytest.fixture
async def house(tmp_path: Path, summarizer: FirstLine) -> AsyncIterator[House]:
    library = EmbeddedLibrary(tmp_path / "library")
    yield House(library=library, summarizer=summarizer)
    await library.close()
