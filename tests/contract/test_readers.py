"""The contract of readers, held by each of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from switchboard.testing.reader import ReaderContract
from tests.aws import a_world
from tests.tools.reading.textract.amazon import amazon
from tools.reading import ReadingPool
from tools.reading.backend import Reader, ReadingLimits
from tools.reading.keeping import FILE, Kept
from tools.reading.textract.records import Wanted


class TestEmbedded(ReaderContract):
    @pytest.fixture
    async def reader(self, tmp_path: Path) -> AsyncIterator[Reader]:
        async with ReadingPool(workers=1, kept=Kept(tmp_path / FILE)) as pool:
            yield pool


class TestTextract(ReaderContract):
    @pytest.fixture
    async def reader(self) -> AsyncIterator[Reader]:
        with a_world() as world:
            async with amazon(world) as there, ReadingPool(workers=1) as pool:
                reader = there.reader(pool)
                yield reader
                await reader.close()


class TestTextractOfScans(ReaderContract):
    @pytest.fixture
    async def reader(self, tmp_path: Path) -> AsyncIterator[Reader]:
        wanted = Wanted(features=("LAYOUT", "TABLES"), pages="scans")
        with a_world() as world:
            async with amazon(world) as there:
                layers = ReadingPool(workers=1, limits=ReadingLimits(recognise=False), kept=Kept(tmp_path / FILE))
                reader = there.reader(ReadingPool(workers=1), wanted=wanted, layers=layers)
                yield reader
                await reader.close()
