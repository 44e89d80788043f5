"""The library of the house keeps the contract that strangers' retrievers are held to; one that leaks is found out."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from switchboard import Principal
from switchboard.testing.retriever import RetrieverContract
from tools.retrieval.backend import Source
from tools.retrieval.embedded import EmbeddedLibrary


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[EmbeddedLibrary]:
    made = EmbeddedLibrary(tmp_path)
    yield made
    await made.close()


class TestEmbedded(RetrieverContract):
    """The index file that comes with the house."""


class Leaking(EmbeddedLibrary):
    """A library that lists what is there to anybody."""

    async def source(self, document: str, *, principal: Principal, conversation: str = "") -> Source | None:
        return (await self.stored()).get(document)


async def test_a_library_that_leaks_is_found_out(tmp_path: Path) -> None:
    leaking: Any = Leaking(tmp_path)
    with pytest.raises(AssertionError):
        await RetrieverContract().test_what_names_nobody_is_read_by_nobody(leaking, Principal(id="ann"))
    await leaking.close()
