"""The documents that ship with the project, read and indexed for true: everyday questions find the right one."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard import Principal
from tools.reading.backend import ReadingLimits
from tools.reading.embedded import EmbeddedReader
from tools.retrieval.backend import Access, Source
from tools.retrieval.embedded import EmbeddedLibrary

SAMPLES = Path(__file__).parents[3] / "samples"
READER = Principal(id="reader", verified=True)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedLibrary]:
    made = EmbeddedLibrary(tmp_path_factory.mktemp("library"))
    asyncio.run(fill(made))
    yield made
    asyncio.run(made.close())


async def fill(library: EmbeddedLibrary) -> None:
    reader = EmbeddedReader()
    for file in sorted(SAMPLES.iterdir()):
        if file.name != "README.md" and not file.name.endswith(".metadata.json"):
            document = reader.read(file, name=file.name, limits=ReadingLimits())
            source = Source(id=file.name, title=document.title, path=str(file), access=Access(public=True))
            await library.put(source, document)


@pytest.mark.parametrize(
    ("question", "document", "words"),
    [
        ("What is the hotel limit in London?", "travel-and-expenses.pdf", "London"),
        ("How many days of leave can I carry over?", "leave-and-remote-work.md", "31 March"),
        ("What does the Heron cost in 2026?", "price-list-2026.xlsx", "Heron"),
        ("What did the Curlew cost in 2025?", "price-list-2025.csv", "Curlew"),
        ("By how much may Brightwater raise its prices?", "supplier-agreement-brightwater.pdf", "per cent"),
        ("What was the revenue from e-bikes in the fourth quarter of 2025?", "quarterly-report-2025-q4.pdf", "1,842"),
        ("How long is the warranty on the battery?", "warranty-terms.md", "Battery"),
        ("When does the shop in Leeds open?", "management-minutes-2026-02.docx", "Leeds"),
        ("What is the salary range of grade D?", "pay-bands-2026.md", "Grade"),
        ("Can I get a discount on a bicycle as an employee?", "employee-handbook.docx", "35 per cent"),
        ("Whom do I call when I am sick?", "employee-handbook.docx", "Ring your manager"),
        ("How heavy is the Heron?", "heron-product-sheet.pdf", "Weight"),
        ("What do I do when chain oil gets into my eyes?", "chain-oil-safety-data.txt", "Eyes"),
        ("Who attended the management meeting in February?", "management-minutes-2026-02.docx", "Present"),
    ],
)
async def test_an_everyday_question_finds_the_passage_among_the_first_five(
    library: EmbeddedLibrary, question: str, document: str, words: str
) -> None:
    found = await library.search(question, principal=READER, limit=5)
    assert any(passage.source.id == document and words in passage.text for passage in found)
