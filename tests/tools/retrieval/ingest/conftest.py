"""A library, a reader and a blob store in memory, for the ingest tests."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stores.memory import MemoryBlobStore
from switchboard import Principal
from tools.reading import EmbeddedReader, ReadingLimits
from tools.retrieval.ingest import ingest

IDA = Principal(id="ida", verified=True)


class Shelf:
    """A library in memory, with what ingest asks of one."""

    def __init__(self):
        self.held = {}
        self.puts = []
        self.failure = None

    async def put(self, source, document):
        if self.failure:
            raise self.failure
        self.puts.append(Path(source.path).name)
        self.held[source.id] = source
        return len(document.pages)

    async def describe(self, source):
        known = source.id in self.held
        if known:
            self.held[source.id] = source
        return known

    async def remove(self, document):
        return self.held.pop(document, None) is not None

    async def stored(self, prefix=""):
        return {key: source for key, source in self.held.items() if source.path.startswith(prefix)}

    def by_name(self):
        return {Path(source.path).name: source for source in self.held.values()}


class Desk:
    """Reads in this process; keeps count of what it read and of how much at the same time."""

    workers = 2

    def __init__(self):
        self.names = []
        self.now = self.most = 0
        self.before = None

    async def read(self, source, *, name, progress=None, owner=""):
        self.names.append(name)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        try:
            if self.before:
                await self.before(source)
            return EmbeddedReader().read(source, name=name, limits=ReadingLimits())
        finally:
            self.now -= 1

    async def forget(self, owner):
        return 0


class House:
    def __init__(self):
        self.shelf, self.desk, self.blobs = Shelf(), Desk(), MemoryBlobStore()
        self.progress = []

    async def ingest(self, *paths, public=False, owner=IDA):
        self.desk.names.clear()
        return await ingest(
            [Path(path) for path in paths],
            library=self.shelf,
            blobs=self.blobs,
            reader=self.desk,
            owner=owner,
            public=public,
            progress=self.progress.append,
        )


@pytest.fixture
def house():
    return House()


@pytest.fixture
def folder(tmp_path):
    top = tmp_path / "docs"
    (top / "hr").mkdir(parents=True)
    (top / "prices.csv").write_text("item,eur\nbeans,12\n")
    (top / "hr" / "leave.md").write_text("# Leave policy\n\nEverybody has 28 days.\n")
    return top


@pytest.fixture
def describe() -> Callable[..., None]:
    """Write a document's sidecar."""

    def call(document, **members):
        document.with_name(document.name + ".metadata.json").write_text(json.dumps(members))

    return call


@pytest.fixture
def allow() -> Callable[..., list[dict[str, str]]]:
    """An access list of groups."""

    def call(*groups):
        return [{"Name": group, "Type": "GROUP", "Access": "ALLOW"} for group in groups]

    return call


@pytest.fixture
def counts():
    """A report's numbers, in the order added, changed, unchanged, removed, failed."""

    def call(report):
        return (report.added, report.changed, report.unchanged, report.removed, len(report.failed))

    return call
