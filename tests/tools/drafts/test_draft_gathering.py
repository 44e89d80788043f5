"""A draft over several messages: questions, answers, changes, and what can't be."""

from datetime import date
from decimal import Decimal

import pytest

from tests.tools.drafts.conftest import Gathered
from tools.drafts.backend import Duration, Party
from tools.drafts.settings import Company, DraftSettings

WHOLE = "invoice from Me Ltd to ACME Ltd, 3 days consulting at 900 EUR and 2 hours travel at 50 EUR, VAT 20%"


def test_what_is_missing_is_asked_one_thing_at_a_time(gathered: Gathered) -> None:
    said = ["Draft an NDA between Acme Corp and Beta GmbH"]
    asked = []
    for answer in ("a joint venture", "3 years", "German law"):
        asked.append(gathered("nda", *said).asked)
        said.append(answer)
    assert [each.name if each else "" for each in asked] == ["purpose", "term", "law"]
    assert gathered("nda", *said).asked is None


def test_each_value_says_which_message_it_is_from(gathered: Gathered) -> None:
    state = gathered("nda", "NDA between Acme and Beta under German law", "a joint venture", "3 years")
    origins = {name: (value.origin.source, value.origin.message) for name, value in state.values.items()}
    assert origins == {
        "first": ("said", 1),
        "second": ("said", 1),
        "law": ("said", 1),
        "purpose": ("said", 2),
        "term": ("said", 3),
        "direction": ("default", 0),
        "date": ("default", 0),
    }


def test_an_answer_may_bring_other_facts_along(gathered: Gathered) -> None:
    state = gathered("nda", "NDA between Acme and Beta", "solar panels; law: German law")
    assert (state.values["purpose"].value, state.values["law"].value) == ("solar panels", "German law")


def test_a_bare_date_answers_the_question_for_a_date(gathered: Gathered) -> None:
    said = ("service agreement between A Ltd and B Ltd", "software", "900 EUR", "per day", "1 Jan 2027")
    state = gathered("service_agreement", *said)
    assert state.values["start"].origin.message == 5
    assert state.values["date"].origin.source == "default"


def test_an_answer_that_does_not_fit_is_asked_for_again_with_an_example(gathered: Gathered) -> None:
    state = gathered("nda", "NDA between Acme and Beta about solar", "forever")
    assert state.asked is not None
    assert state.asked.name == "term"
    assert "2 years" in state.note


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ("make it 45 days", "due", Duration(count=45, unit="day")),
        ("no, 14 days", "due", Duration(count=14, unit="day")),
        ("make it due next Friday", "due", date(2026, 3, 6)),
        ("the tax is 19%", "tax", Decimal(19)),
        ("change the customer to Beta GmbH", "buyer", Party(name="Beta GmbH")),
        ("invoice number: 2026-17", "number", "2026-17"),
        ("replace ACME with Apex", "buyer", Party(name="Apex Ltd")),
    ],
)
def test_a_change_is_a_new_version(gathered: Gathered, change: str, field: str, value: object) -> None:
    state = gathered("invoice", WHOLE, change)
    assert (state.version, state.changed) == (2, (field,))
    assert state.values[field].value == value


def test_lines_are_added_and_removed_by_their_names(gathered: Gathered) -> None:
    state = gathered("invoice", WHOLE, "add 1 flight at 300 EUR", "remove the travel line")
    lines = state.values["lines"].value
    assert isinstance(lines, tuple)
    assert [getattr(line, "description", "") for line in lines] == ["consulting", "flight"]
    assert state.version == 3


@pytest.mark.parametrize(
    ("language", "said", "removed"),
    [
        (
            "de",
            "Rechnung von Ich AG an Du AG, 3 Tage Beratung zu 900 EUR und 2 Bücher zu 10 EUR",
            "entferne die Bücher",
        ),
        ("fr", "Facture pour Durand SARL, 3 jours de conseil à 900 EUR et 2 livres à 10 EUR", "supprime les livres"),
        ("es", "Factura para López SL, 3 días de consultoría a 900 EUR y 2 libros a 10 EUR", "quita los libros"),
    ],
)
def test_lines_are_removed_in_other_languages(gathered: Gathered, language: str, said: str, removed: str) -> None:
    lines = [
        gathered("invoice", *texts, language=language).values["lines"].value for texts in ((said,), (said, removed))
    ]
    assert [len(each) for each in lines if isinstance(each, tuple)] == [2, 1]


def test_what_changes_nothing_is_said_and_makes_no_version(gathered: Gathered) -> None:
    state = gathered("invoice", WHOLE, "make it nicer")
    assert state.version == 1
    assert state.note.endswith("?")


def test_new_figures_alone_change_the_one_line_and_keep_what_it_is_for(gathered: Gathered) -> None:
    state = gathered(
        "invoice", "invoice from Me to ACME, 3 days consulting at 900 EUR, VAT 0%", "no, 4 days at 950 EUR"
    )
    (line,) = state.values["lines"].value  # type: ignore[misc]
    assert (line.description, line.quantity, line.unit) == ("consulting", 4, "days")  # type: ignore[union-attr]


def test_another_language_is_a_new_version_of_the_same_facts(gathered: Gathered) -> None:
    first, second = gathered("invoice", WHOLE), gathered("invoice", WHOLE, "please send it in German")
    assert second.values == first.values
    assert (second.version, second.changed, second.note) == (2, ("language",), "")


def test_small_words_that_are_left_of_a_text_answer_no_question(gathered: Gathered) -> None:
    state = gathered("contract", "contract between A and B about boats", "A sells", "the price is 5 EUR")
    assert state.asked is not None
    assert state.asked.name == "law"
    assert "price" in state.values


def test_lines_behind_a_name_are_no_part_of_it(gathered: Gathered) -> None:
    state = gathered("invoice", "invoice for ACME Ltd", "from Kestrel & Finch Ltd, 3 Heron bikes at 2,990 each")
    assert state.values["seller"].value == Party(name="Kestrel & Finch Ltd")
    (line,) = state.values["lines"].value  # type: ignore[misc]
    assert (line.description, line.quantity, line.price.amount) == ("Heron bikes", 3, 2990)  # type: ignore[union-attr]
    assert state.asked is not None
    assert state.asked.name == "currency"


def test_net_30_is_a_term_of_payment_and_no_line(gathered: Gathered) -> None:
    state = gathered("invoice", "invoice from Me to ACME Ltd", "net 30, 20% VAT")
    assert (state.values["due"].value, state.values["tax"].value) == (Duration(count=30, unit="day"), Decimal(20))
    assert "lines" not in state.values


@pytest.mark.parametrize("said", ["Yes", "ok!", "show it to me again", "ja"])
def test_what_is_no_name_is_not_taken_for_one(gathered: Gathered, said: str) -> None:
    state = gathered("invoice", "invoice for ACME Ltd, 3 days at 900 EUR, VAT 20%", said)
    assert "seller" not in state.values
    assert state.asked is not None
    assert state.asked.name == "seller"


@pytest.mark.parametrize(
    ("said", "told"),
    [("bitcoin", "'BITCOIN' is not a currency"), ("make it -3 bikes", ""), ("20% VAT", ""), ("euros please", "EUR")],
)
def test_a_currency_is_sought_in_the_whole_answer(gathered: Gathered, said: str, told: str) -> None:
    state = gathered("invoice", "invoice from Me to ACME Ltd, 3 bikes at 900", said)
    if told == "EUR":
        assert state.values["currency"].value == "EUR"
    else:
        assert told in (state.fault.text if state.fault else "")
        assert state.asked is not None
        assert state.asked.name == "currency"


def test_a_draft_can_be_dropped(gathered: Gathered) -> None:
    assert gathered("nda", "an NDA", "never mind").dropped


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        (("VAT 20%, -3 days consulting at 900 EUR",), "lines", "can't be -3"),
        (("VAT 20%, 0 days consulting at 900 EUR",), "lines", "above 0"),
        (("VAT 20%, 900000000 days consulting at 900000000 EUR",), "lines", "looks like a slip"),
        (("VAT 20%, 3 days consulting at 900 XYZ",), "currency", "'XYZ' is not a currency"),
        (("VAT 120%, 3 days consulting at 900 EUR",), "tax", "between 0 and 100"),
        (("VAT 20%, 3 days consulting at 900 EUR, due 2026-01-01",), "due", "before the invoice date"),
        (("VAT 20%, 3 days consulting at 900 EUR and 1 trip at 20 USD",), "lines", "EUR and USD"),
        (("VAT 20%, 3 days at 900 EUR, IBAN DE88 3704 0044 0532 0130 00",), "iban", "check digits"),
        (("VAT 20%, 3 days at 900 EUR, IBAN DE00 1234",), "iban", "DE001234 is not a valid IBAN"),
        (("VAT 20%, 1 consulting at 900 EUR", "remove the consulting line"), "lines", "at least one"),
        (("VAT 20%, 1 consulting at 900 EUR", f"the customer is {'x' * 600}"), "buyer", "at most 500"),
    ],
)
def test_what_can_not_be_is_told_with_the_fix_and_asked_for(
    gathered: Gathered, said: tuple[str, ...], field: str, told: str
) -> None:
    state = gathered("invoice", f"invoice from Me Ltd to ACME Ltd, {said[0]}", *said[1:])
    assert state.fault is not None
    assert (state.asked.name if state.asked else "", state.fault.field) == (field, field)
    assert told in state.fault.text
    assert state.fault.text.endswith("?")


def test_a_fault_is_mended_by_the_answer(gathered: Gathered) -> None:
    said = ("invoice from Me Ltd to ACME Ltd, 3 days consulting at 900 XYZ, VAT 120%", "CHF", "7.7%")
    state = gathered("invoice", *said)
    assert state.asked is None
    assert (state.values["currency"].value, state.values["tax"].value) == ("CHF", Decimal("7.7"))


def test_a_fact_that_is_not_needed_can_be_left_out(gathered: Gathered) -> None:
    state = gathered("invoice", f"{WHOLE}, IBAN DE88 3704 0044 0532 0130 00", "none")
    assert state.asked is None
    assert "iban" not in state.values


def test_a_day_that_is_in_no_calendar_is_told(gathered: Gathered) -> None:
    said = "invoice from Me to ACME, 3 days at 900 EUR, VAT 0%, due 31 June 2026"
    state = gathered("invoice", said)
    assert state.fault is not None
    assert (state.fault.field, state.fault.text) == (
        "due",
        "31 June 2026 is not a date that exists. Which date should it be?",
    )
    mended = gathered("invoice", said, "30 June 2026")
    assert (mended.asked, mended.values["due"].value) == (None, date(2026, 6, 30))


def test_the_settings_know_our_own_firm_account_and_currency(gathered: Gathered) -> None:
    company = Company(name="Me Ltd", address=("1 High St",), iban="DE89 3704 0044 0532 0130 00")
    own = DraftSettings(company=company, currency="EUR")
    state = gathered("invoice", "invoice for ACME Ltd, 3 days consulting at 900, VAT 20%", settings=own)
    assert state.asked is None
    assert state.values["seller"].origin.source == "settings"
    assert state.values["iban"].value == "DE89370400440532013000"


def test_a_placeholder_number_stays_the_same_from_version_to_version(gathered: Gathered) -> None:
    first, second = gathered("invoice", WHOLE), gathered("invoice", WHOLE, "make it 45 days")
    assert str(first.values["number"].value).startswith("DRAFT-260301-")
    assert first.values["number"] == second.values["number"]
