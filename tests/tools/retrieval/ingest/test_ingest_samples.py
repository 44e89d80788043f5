"""The sample library, read by the real reader into the real index: what a newcomer gets from ``switchboard ingest``."""

import asyncio
import importlib.util
import io
import json
import zipfile
from pathlib import Path

import pytest

from stores.memory import MemoryBlobStore
from switchboard import Principal
from tools.reading import EmbeddedReader, ReadingLimits, ReadingPool
from tools.retrieval.embedded import EmbeddedLibrary
from tools.retrieval.ingest import ingest

ROOT = Path(__file__).parents[4]
SAMPLES = ROOT / "samples"
GUEST = Principal(id="guest")
PRIYA = Principal(id="priya", groups=frozenset({"hr"}), verified=True)
TOMASZ = Principal(id="tomasz", groups=frozenset({"finance"}), verified=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The samples made anew from their texts."""
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "scripts" / "make_samples.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make(tmp_path_factory.mktemp("samples"))


async def _ingest(folder):
    library = EmbeddedLibrary(folder)
    owner = Principal(id="owner", verified=True)
    async with ReadingPool(workers=2) as pool:
        report = await ingest(
            [SAMPLES], library=library, blobs=MemoryBlobStore(), reader=pool, owner=owner, public=True
        )
    await library.close()
    return report


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    """The folder of an index of the samples, and the report."""
    folder = tmp_path_factory.mktemp("index")
    return folder, asyncio.run(_ingest(folder))


@pytest.fixture
async def library(ingested):
    library = EmbeddedLibrary(ingested[0])
    yield library
    await library.close()


def _members(path):
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_files_are_what_their_texts_make(made):
    """Office files are compared unpacked, as another zlib packs the same bytes differently."""
    for path in made:
        kept = SAMPLES / path.name
        if zipfile.is_zipfile(kept):
            assert _members(path) == _members(kept), path.name
        elif path.suffix == ".pdf":
            read = EmbeddedReader().read
            limits = ReadingLimits()
            assert read(path, name="a", limits=limits).pages == read(kept, name="a", limits=limits).pages, path.name
        else:
            assert path.read_bytes() == kept.read_bytes(), path.name


def test_at_least_three_samples_are_pdfs_of_several_pages():
    read = [EmbeddedReader().read(path, name=path.name, limits=ReadingLimits()) for path in SAMPLES.glob("*.pdf")]
    assert sum(len(document.pages) > 1 for document in read) >= 3


def test_every_sample_is_read_without_a_warning():
    for path in SAMPLES.iterdir():
        if not path.name.endswith(".metadata.json"):
            assert EmbeddedReader().read(path, name=path.name, limits=ReadingLimits()).warnings == (), path.name


async def test_all_samples_are_ingested_and_a_second_time_none(ingested):
    folder, report = ingested
    documents = [path for path in SAMPLES.iterdir() if not path.name.endswith(".metadata.json")]
    assert (report.added, report.failed, report.warnings) == (len(documents), (), ())
    again = await _ingest(folder)
    assert (again.added, again.changed, again.unchanged) == (0, 0, len(documents))


async def test_who_sees_what_is_as_the_sidecars_say(library):
    titles = {
        who.id: {source.title for source in await library.sources(principal=who)} for who in (GUEST, PRIYA, TOMASZ)
    }
    assert titles["priya"] - titles["guest"] == {"Pay Bands 2026"}
    assert titles["tomasz"] - titles["guest"] == {"Cash Forecast 2026"}
    assert not titles["guest"] & {"Pay Bands 2026", "Cash Forecast 2026", "About this folder"}
    assert "About this folder" not in titles["priya"] | titles["tomasz"]


QUESTIONS = [
    (GUEST, "What is the hotel limit in London?", "travel-and-expenses.pdf", "£190"),
    (GUEST, "How many days of leave can I carry over, and until when?", "leave-and-remote-work.md", "31 March"),
    (GUEST, "What is the price of the Heron in 2026?", "price-list-2026.xlsx", "2990"),
    (GUEST, "How much is the Curlew in the price list for 2025?", "price-list-2025.csv", "1695"),
    (GUEST, "How much may Brightwater raise its prices in a year?", "supplier-agreement-brightwater.pdf", "4 per cent"),
    (
        GUEST,
        "What was the revenue from e-bikes in the fourth quarter of 2025?",
        "quarterly-report-2025-q4.pdf",
        "1,842",
    ),
    (GUEST, "How long is the warranty on the battery?", "warranty-terms.md", "600 full charge cycles"),
    (GUEST, "When does the shop in Leeds open?", "management-minutes-2026-02.docx", "16 May 2026"),
    (GUEST, "What should I do with a swollen battery?", "employee-handbook.docx", "sand box"),
    (GUEST, "What is the flash point of the chain oil?", "chain-oil-safety-data.txt", "228"),
    (GUEST, "Who is Jonas Weber's buddy?", "welcome-jonas-weber.eml", "Aisha Rahman"),
    (GUEST, "Can I take the battery on an aeroplane?", "customer-faq.html", "160 Wh"),
    (PRIYA, "What is the salary range of grade D?", "pay-bands-2026.md", "43,000"),
    (TOMASZ, "In which month of 2026 is cash at its lowest?", "cash-forecast-2026.csv", "Lowest point"),
]


async def test_questions_find_the_passage_that_answers_them(library):
    missed = []
    for who, question, file, words in QUESTIONS:
        passages = await library.search(question, principal=who, limit=5)
        if not any(Path(p.source.path).name == file and words in p.text for p in passages):
            missed.append((question, [(Path(p.source.path).name, p.text[:80]) for p in passages]))
    assert missed == []


async def test_what_only_a_group_may_read_is_not_found_by_others(library):
    for who in (GUEST, TOMASZ):
        passages = await library.search("What is the salary range of grade D?", principal=who, limit=20)
        assert all("43,000" not in passage.text for passage in passages)


def test_the_sidecars_follow_kendras_format():
    from tools.retrieval.sidecar import parse

    for path in SAMPLES.glob("*.metadata.json"):
        assert (SAMPLES / path.name.removesuffix(".metadata.json")).exists()
        assert parse(path.read_bytes(), name=path.name)
        assert json.loads(path.read_text())
