"""Summaries of documents of many kinds, as somebody would read them: what they are, their points, and nothing else."""

import asyncio
import re
from functools import cache
from pathlib import Path

import pytest

from tools.reading.backend import Document, ReadingLimits
from tools.reading.embedded import EmbeddedReader
from tools.summaries.backend import Summary
from tools.summaries.extractive import ExtractiveSummarizer
from tools.summaries.subject import subject

FOLDER = Path(__file__).with_name("kinds")
TELLING = {
    "audit.txt": ("INTERNAL AUDIT REPORT", 'is rated "needs improvement"', "In 27 of 150 samples"),
    "checklist.md": ("Launch checklist, web shop 3.0", "Launch on Tuesday, 31 March at 06:00"),
    "compte-rendu.txt": ("COMPTE RENDU", "22 janvier 2026", "a progressé de 4,8 %", "Quatorze accidents du travail"),
    "contrato.txt": ("CONTRATO", "Cítricos Levante, S.A.", "Datalia Consultores, S.L.", "3.850 euros al mes"),
    "halbjahresbericht.txt": ("Halbjahresbericht 2026", "bestätigt die Prognose", "zwischen 840 und 870 Mio. Euro"),
    "lease.txt": ("COMMERCIAL LEASE AGREEMENT", "by and between Maple Street Holdings", "$6,125.00 per month"),
    "mietvertrag.txt": ("MIETVERTRAG", "zwischen der Hansa Immobilien GmbH"),
    "minutes.txt": ("MINUTES OF THE MEETING", "9 June 2026", "to approve the accounts", "to Marlow & Sons"),
    "paper.txt": ("Evidence from 41 Firms", "We study the introduction", "resignations fell by 31 %"),
    "policy.md": ("Information Security Policy", "sets out how Calder Foods protects", "within two hours"),
    "proposal.txt": ("Replacement of the Warehouse Management System", "€410,000", "We recommend option C."),
    "release.txt": ("Harlow Instruments to Acquire Sensolytics", "signed a definitive agreement", "€42.5 million"),
}
NEVER = re.compile(
    r"\.{4}|\[ ?[x ]\]|^(?:It|This|They|Er|Sie|Dies|Il|Cela|Este)\b(?! (?:policy|lease))|@|www\.|Table \d|as described"
    r"|forward-looking|zukunftsgerichtet|Headings are|Gerichtsstand|juzgados|[Ss]ee (?:section|chapter|Annex)"
)


@cache
def read(name: str) -> Document:
    return EmbeddedReader().read(FOLDER / name, name=name, limits=ReadingLimits())


@cache
def summary(name: str) -> Summary:
    return asyncio.run(ExtractiveSummarizer().summarize(read(name)))


@pytest.mark.parametrize("name", TELLING)
def test_it_says_what_the_document_is_and_its_main_points(name: str) -> None:
    told = "\n".join((subject(read(name), known=name), *(sentence.text for sentence in summary(name).sentences)))
    assert [point for point in TELLING[name] if point not in told] == []


@pytest.mark.parametrize("name", TELLING)
def test_it_holds_no_fragment_no_boilerplate_and_no_reference(name: str) -> None:
    sentences = [sentence.text for sentence in summary(name).sentences]
    assert [text for text in sentences if NEVER.search(text) or text[0].islower()] == []
    assert len({text.casefold() for text in sentences}) == len(sentences)
