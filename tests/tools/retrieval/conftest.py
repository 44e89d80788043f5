"""A library of its own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tools.retrieval.embedded import EmbeddedLibrary


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[EmbeddedLibrary]:
    made = EmbeddedLibrary(tmp_path / "library")
    yield made
    await made.close()
