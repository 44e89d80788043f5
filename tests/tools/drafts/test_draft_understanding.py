"""What people write, as facts: the common forms in four languages, and text that means nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.drafts.conftest import TEMPLATES, TODAY, Gathered
from tools.drafts.backend import Duration, Line, Money, Party
from tools.drafts.gathering import State, gather
from tools.drafts.settings import DraftSettings
from tools.drafts.understanding import Setting, understand

EUR = "EUR"


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency=EUR)


def values(state: State, source: str = "said") -> dict[str, Any]:
    return {name: value.value for name, value in state.values.items() if value.origin.source == source}


def test_an_invoice_in_a_sentence(gathered: Gathered) -> None:
    said = "invoice for ACME Ltd, 3 days consulting at 900 EUR, due in 30 days, VAT 20%"
    assert values(gathered("invoice", said)) == {
        "buyer": Party(name="ACME Ltd"),
        "lines": (Line(description="consulting", quantity=Decimal(3), unit="days", price=euros("900")),),
        "currency": EUR,
        "due": Duration(count=30, unit="day"),
        "tax": Decimal(20),
    }


@pytest.mark.parametrize(
    ("said", "language", "buyer", "line", "tax"),
    [
        (
            "Erstelle eine Rechnung für Müller AG, 5 Stunden Beratung zu 120 Euro, MwSt 19%",
            "de",
            "Müller AG",
            Line(description="Beratung", quantity=Decimal(5), unit="Stunden", price=euros("120")),
            19,
        ),
        (
            "Facture pour Durand SARL, 3 jours de conseil à 900 EUR, TVA 20 %",
            "fr",
            "Durand SARL",
            Line(description="conseil", quantity=Decimal(3), unit="jours", price=euros("900")),
            20,
        ),
        (
            "Factura para López SL, 2 horas de diseño a 80 €, IVA 21%",
            "es",
            "López SL",
            Line(description="diseño", quantity=Decimal(2), unit="horas", price=euros("80")),
            21,
        ),
    ],
)
def test_an_invoice_in_other_languages(
    gathered: Gathered, said: str, language: str, buyer: str, line: Line, tax: int
) -> None:
    found = values(gathered("invoice", said, language=language))
    assert (found["buyer"].name, found["lines"], found["tax"]) == (buyer, (line,), Decimal(tax))


def test_an_invoice_as_a_form(gathered: Gathered) -> None:
    form = (
        "Invoice\nSeller: ACME Ltd, 1 Main St, Springfield\n"
        "Buyer: Beta GmbH, Hauptstr. 5, 10115 Berlin, billing@beta.example\n"
        "Lines: 3 days consulting at 900 EUR; travel for 120 EUR\nVAT: 19%\nDue: 14 days\n"
        "Invoice number: INV-7\nIBAN: DE89 3704 0044 0532 0130 00"
    )
    state = gathered("invoice", form)
    found = values(state)
    assert state.asked is None
    assert found["seller"] == Party(name="ACME Ltd", address=("1 Main St", "Springfield"))
    assert found["buyer"] == Party(
        name="Beta GmbH", address=("Hauptstr. 5", "10115 Berlin"), email="billing@beta.example"
    )
    assert [(line.description, line.quantity) for line in found["lines"]] == [
        ("consulting", Decimal(3)),
        ("travel", Decimal(1)),
    ]
    assert (found["number"], found["iban"], found["due"]) == (
        "INV-7",
        "DE89370400440532013000",
        Duration(count=14, unit="day"),
    )


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("10 licences at $20 each", [("licences", "10", "", "20")]),
        (
            "2.5 hours of design @ €80/h and 1 x hosting at 1.200,50 EUR",
            [("design", "2.5", "hours", "80"), ("hosting", "1", "", "1200.50")],
        ),
        ("website design for 5,000 USD", [("website design", "1", "", "5000")]),
        ("Consulting: 3 days at 900 EUR", [("Consulting", "3", "days", "900")]),
    ],
)  # fmt: skip
def test_lines_are_read_as_people_write_them(
    gathered: Gathered, said: str, lines: list[tuple[str, str, str, str]]
) -> None:
    found = values(gathered("invoice", f"invoice for ACME, {said}"))["lines"]
    assert [(line.description, str(line.quantity), line.unit, str(line.price.amount)) for line in found] == lines


def test_what_is_between_two_names_is_a_contract(gathered: Gathered) -> None:
    said = "Draft a one-way NDA between Acme Corp and Beta GmbH about the Falcon project for 2 years under German law"
    assert values(gathered("nda", said)) == {
        "first": Party(name="Acme Corp"),
        "second": Party(name="Beta GmbH"),
        "direction": "one_way",
        "purpose": "the Falcon project",
        "term": Duration(count=2, unit="year"),
        "law": "German law",
    }


def test_a_fee_for_each_day_and_a_start(gathered: Gathered) -> None:
    said = "service agreement between A Ltd and B GmbH for software at 900 EUR per day starting 1 January 2027"
    found = values(gathered("service_agreement", said))
    assert (found["fee"], found["per"], found["start"]) == (euros("900"), "per_day", date(2027, 1, 1))
    assert found["services"] == "software"


@pytest.mark.parametrize(
    ("said", "language", "name"),
    [
        ("letter to my landlord Mr Smith about the heating", "en", "Mr Smith"),
        ("Brief an die Stadtwerke Köln wegen der Rechnung", "de", "Stadtwerke Köln"),
        ("letter to Jane Doe, 1 Main Street, Springfield about x", "en", "Jane Doe"),
    ],
)
def test_a_letter_is_to_whoever_is_named_behind_small_words(
    gathered: Gathered, said: str, language: str, name: str
) -> None:
    assert values(gathered("letter", said, language=language))["recipient"].name == name


def test_no_tax_is_a_tax_of_nothing(gathered: Gathered) -> None:
    assert values(gathered("invoice", "invoice for ACME, no VAT"))["tax"] == 0


def test_a_name_in_quotation_marks_is_taken_whole(gathered: Gathered) -> None:
    found = values(gathered("invoice", "invoice for “Bank for Trade, due soon”, VAT 20%"))
    assert found["buyer"].name == "Bank for Trade, due soon"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400), st.sampled_from(sorted(TEMPLATES)))
@settings(max_examples=80, deadline=None)
def test_any_text_is_read_without_a_fault(text: str, kind: str) -> None:
    understand(text, TEMPLATES[kind].fields, Setting(language="en", today=TODAY))


LIKELY = (
    "invoice for between and ACME 3 -1 days at EUR 900 , ; : . VAT % 20% due in 30 total 31 June 2026 no law under "
    "is the to x @ € $ 1.2.3 DE89 add remove replace with “ ”"
)
WORDS = st.lists(st.sampled_from([*LIKELY.split(), "\n"]), max_size=40).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(sorted(TEMPLATES)))
@settings(max_examples=80, deadline=None)
def test_any_conversation_of_likely_words_comes_to_a_state(said: list[str], kind: str) -> None:
    state = gather(said, TEMPLATES[kind], Setting(language="en", today=TODAY), DraftSettings())
    assert state.asked is not None or state.version > 0 or state.dropped
