"""The embedded summariser on documents of several kinds, judged as a reader would."""

import asyncio
import re
import threading
from itertools import product
from pathlib import Path

import pytest

from switchboard import BadInput
from tests.tools.summaries.written_documents import document, heading, items, table, text
from tools.encoding import static_encoder
from tools.reading.backend import Block, Document, ReadingLimits
from tools.reading.embedded import EmbeddedReader
from tools.summaries import extractive
from tools.summaries.backend import Length, Summary, sentence_count
from tools.summaries.extractive import ExtractiveSummarizer, pages
from tools.summaries.salience import features, packaged_weights, salience
from tools.summaries.sentences import Outline, outline

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
NAMES = (
    "chain-oil-safety-data.txt",
    "customer-faq.html",
    "employee-handbook.docx",
    "heron-product-sheet.pdf",
    "leave-and-remote-work.md",
    "management-minutes-2026-02.docx",
    "quarterly-report-2025-q4.pdf",
    "supplier-agreement-brightwater.pdf",
    "travel-and-expenses.pdf",
    "warranty-terms.md",
    "welcome-jonas-weber.eml",
)
CLAUSES = (
    "The supplier pays half a per cent of the price for each week of delay.",
    "Either party may give notice in writing six months before the end.",
    "Invoices are payable within 45 days of receipt.",
    "The buyer inspects every delivery by sample within ten days.",
    "Disputes are settled by the courts of York.",
    "Hidden defects are reported as soon as they are found.",
)
ENGLISH = tuple(map(text, CLAUSES))
SUBJECTS = ("Bridges", "Ferries", "Tunnels", "Harbours", "Airports", "Railways")
FOREIGN = {
    "de": (
        "Der Vertrag beginnt am 1. April 2025 und läuft drei Jahre.",
        "Die Haftung ist auf 1,5 Mio. Euro im Jahr begrenzt.",
        "Das Wetter war in jenem Sommer recht schön.",
    ),
    "fr": (
        "Le contrat commence le 1er avril 2025 pour trois ans.",
        "La responsabilité est limitée à 1,5 M€ par an.",
        "Le temps était assez beau cet été-là.",
    ),
    "es": (
        "El contrato empieza el 1 de abril de 2025 y dura tres años.",
        "La responsabilidad se limita a 1,5 M€ al año.",
        "El tiempo era bastante bueno aquel verano.",
    ),
    "ja": (
        "契約は2025年4月1日に始まり、三年間続きます。",
        "責任は年間150万ユーロに限定されます。",
        "その夏の天気はかなり良かったです。",
    ),
}


@pytest.fixture(scope="module")
def summarizer() -> ExtractiveSummarizer:
    return ExtractiveSummarizer()


def read(name: str) -> Document:
    return EmbeddedReader().read(SAMPLES / name, name=name, limits=ReadingLimits())


def summed(summarizer: ExtractiveSummarizer, source: Document, length: Length = "medium", focus: str = "") -> Summary:
    return asyncio.run(summarizer.summarize(source, length=length, focus=focus))


def squeezed(content: str) -> str:
    return re.sub(r"[^\w%€£$]+", "", content.casefold())


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_of_a_summary_stands_in_its_document_on_the_page_that_it_names(
    summarizer: ExtractiveSummarizer, name: str
) -> None:
    source = read(name)
    by_page = {page.number: squeezed(page.text) for page in source.pages}
    for sentence in summed(summarizer, source, "long").sentences:
        where = sentence.pages or tuple(by_page)
        assert squeezed(sentence.text) in "".join(by_page[number] for number in where)


@pytest.mark.parametrize("name", NAMES)
def test_a_summary_is_of_the_length_that_was_asked_for_and_says_nothing_twice(
    summarizer: ExtractiveSummarizer, name: str
) -> None:
    source = read(name)
    texts = [sentence.text for sentence in summed(summarizer, source).sentences]
    assert 1 <= len(texts) <= sentence_count(pages(source), "medium")
    assert len({squeezed(content) for content in texts}) == len(texts)


@pytest.mark.parametrize("name", NAMES)
def test_a_summary_holds_no_page_furniture_and_no_fragment(summarizer: ExtractiveSummarizer, name: str) -> None:
    for sentence in summed(summarizer, read(name), "long").sentences:
        assert not re.search(r"Page \d|\.{4}|_{3}| \| |^\W", sentence.text)
        assert sentence.text[0].isupper() or sentence.text[0].isdigit()
        assert len(sentence.text.split()) >= 4


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("management-minutes-2026-02.docx", "the shop is approved with a budget of £185,000"),
        ("supplier-agreement-brightwater.pdf", "liability under this agreement is limited to EUR 1,500,000"),
        ("quarterly-report-2025-q4.pdf", "We expect revenue of between £18.0 and £18.8 million"),
        ("leave-and-remote-work.md", "Office staff may work remotely up to three days a week"),
    ],
)
def test_what_a_reader_would_look_for_is_there(summarizer: ExtractiveSummarizer, name: str, telling: str) -> None:
    assert telling in " ".join(sentence.text for sentence in summed(summarizer, read(name)).sentences)


def test_a_focus_brings_what_it_names(summarizer: ExtractiveSummarizer) -> None:
    source = read("supplier-agreement-brightwater.pdf")
    found = " ".join(
        sentence.text for sentence in summed(summarizer, source, "short", "warranty and recalls").sentences
    )
    assert re.search(r"warrants|recall", found)


def test_a_long_document_is_summarised_under_its_headings_in_order(summarizer: ExtractiveSummarizer) -> None:
    chapters = [
        (heading(f"{number}. {subject}"), *chapter(subject, number)) for number, subject in enumerate(SUBJECTS, 1)
    ]
    summary = summed(summarizer, document(*chapters), "long")
    titles = [section.title for section in summary.sections]
    assert titles == [subject for subject in SUBJECTS if subject in titles]
    assert len(titles) >= 4
    for section in summary.sections:
        assert all(sentence.text.startswith(section.title) for sentence in section.sentences)


def chapter(subject: str, number: int) -> list[Block]:
    """Eight sentences on a subject that share no other word with any sentence of another chapter."""
    words = ["".join(each) for each in product("bdfgklmn", "aeiou", "prstvz", "aeiou")][number::7]
    return [text(f"{subject} cost the {' '.join(words[start : start + 7])} ministry.") for start in range(0, 56, 7)]


def test_a_summary_is_shorter_than_its_document(summarizer: ExtractiveSummarizer) -> None:
    summary = summed(summarizer, document(ENGLISH), "long")
    assert len(summary.sentences) == 3


def test_a_table_alone_is_told_row_by_row_with_its_totals(summarizer: ExtractiveSummarizer) -> None:
    rows = table(
        "Item | 2025 | 2024", *(f"Product {letter} | 1{letter} | 20" for letter in "abcdefgh"), "Total | 99 | 90"
    )
    texts = [sentence.text for sentence in summed(summarizer, document((rows,)), "short").sentences]
    assert texts == ["Product a: 2025 1a; 2024 20.", "Total: 2025 99; 2024 90."]


NOTHING: tuple[tuple[Block, ...], ...] = (
    (),
    (text("Hello there."),),
    (heading("A title"),),
    (text("Good morning, and thank you all."),),
)


@pytest.mark.parametrize("blocks", NOTHING)
def test_a_document_without_a_sentence_is_refused_by_name(
    summarizer: ExtractiveSummarizer, blocks: tuple[Block, ...]
) -> None:
    with pytest.raises(BadInput, match=r"paper\.pdf"):
        summed(summarizer, document(blocks))


def test_progress_is_told_and_leaves_the_loop_free(summarizer: ExtractiveSummarizer) -> None:
    told: list[tuple[int, int, str]] = []

    async def progress(done: int, total: int, words: str) -> None:
        told.append((done, total, words))

    asyncio.run(summarizer.summarize(document(ENGLISH), progress=progress))
    assert sorted({done for done, _, _ in told}) == [0, 1, 2]
    assert all(total == 2 for _, total, _ in told)


def test_progress_is_told_again_while_it_takes_long(
    summarizer: ExtractiveSummarizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    enough = threading.Event()

    async def progress(done: int, total: int, words: str) -> None:
        told.append(done)
        if told.count(0) > 3:
            enough.set()

    def slowly(source: Document) -> Outline:
        assert enough.wait(30)
        return outline(source)

    monkeypatch.setattr(extractive, "PULSE", 0.001)
    monkeypatch.setattr(extractive, "outline", slowly)
    asyncio.run(summarizer.summarize(document(ENGLISH), progress=progress))
    assert told[-1] == 2


def test_a_stop_is_heard(summarizer: ExtractiveSummarizer) -> None:
    stopped = threading.Event()
    stopped.set()

    async def stop() -> None:
        with pytest.raises(asyncio.CancelledError):
            await summarizer.summarize(document(ENGLISH), cancelled=stopped)

    asyncio.run(stop())


@pytest.mark.parametrize(("language", "sentences"), FOREIGN.items())
def test_other_languages_are_summarised_and_named(
    summarizer: ExtractiveSummarizer, language: str, sentences: tuple[str, ...]
) -> None:
    summary = summed(summarizer, document(tuple(map(text, sentences)), language=language))
    assert summary.language == language
    assert {sentence.text for sentence in summary.sentences} <= set(sentences)


def test_a_report_of_results_is_told_from_a_contract() -> None:
    results = document(tuple(text(f"Revenue in the quarter was ${number} million.") for number in range(12)))
    contract = document(ENGLISH)
    encoder, weights = static_encoder(), packaged_weights()
    assert salience(outline(results), encoder, weights).degree == 1
    assert salience(outline(contract), encoder, weights).degree == 0


def test_every_weight_is_of_a_figure_that_there_is() -> None:
    names, _, _ = features(outline(document(ENGLISH)), static_encoder())
    assert set(packaged_weights().general) <= set(names)
    assert set(packaged_weights().results) <= set(names)
    assert set(packaged_weights().places) <= set(names)


def test_the_notes_to_the_accounts_do_not_crowd_out_the_results(summarizer: ExtractiveSummarizer) -> None:
    notes = [
        text(f"Diluted earnings per share on {subject.lower()} were $1.10 in the quarter.") for subject in SUBJECTS
    ]
    source = document((heading("Item 7. Results of operations"), *ENGLISH, heading("Notes to the accounts"), *notes))
    assert {sentence.text for sentence in summed(summarizer, source).sentences} <= set(CLAUSES)


def test_a_summary_begins_with_what_the_document_is(summarizer: ExtractiveSummarizer) -> None:
    preamble = text('This lease is made between Maple Holdings ("Landlord") and Heron Bakery ("Tenant").')
    assert summed(summarizer, document((preamble, *ENGLISH))).sentences[0].text.startswith("This lease is made")


def test_an_item_of_a_list_can_be_key(summarizer: ExtractiveSummarizer) -> None:
    block = items("- Orders in hand at the end of the year: £2,310 thousand", "- Tea", "- Coffee")
    assert summed(summarizer, document((block,))).sentences[0].text.startswith("Orders in hand")
