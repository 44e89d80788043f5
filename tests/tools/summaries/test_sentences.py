"""Paragraphs to sentences: where they end, which can be quoted, and which lean on others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.summaries.written_documents import document, heading, items, text
from tools.summaries.sentences import Candidate, outline, split


def candidates(content: str, language: str = "en") -> tuple[Candidate, ...]:
    return outline(document((text(content),), language=language)).candidates


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Acme, Inc. had sales of $1.5 billion vs. $1.2 billion.",
                "Mr. Smith of the U.S. team left at 5 p.m. on Monday.",
            ],
        ),
        ("en", ["The guidance was given in May.", "It was raised in June."]),
        ("en", ["We recommend option C.", "It has the lowest cost of the three."]),
        ("de", ["Viele fahren schneller als 60 km/h.", "Der Gemeinderat beschloss Tempo 30."]),
        ("en", ["See Sec. 4.1 and No. 5 of the contract.", "It costs approx. 12 EUR."]),
        (
            "de",
            [
                "Der Umsatz stieg um ca. 3,5 % auf 1.234,5 Mio. Euro.",
                "Am 3. Mai wurde z. B. von Dr. Müller unterzeichnet.",
            ],
        ),
        ("fr", ["M. Dupont a signé le contrat.", "Le chiffre d'affaires est de 1,5 M€, soit env. 3 % de plus."]),
        ("es", ["El Sr. García firmó el contrato.", "Las ventas de la empresa S.A. crecieron un 3,5 %."]),
        ("ja", ["売上高は前年比3.5%増の1,200億円でした。", "利益は減少しました。"]),
        ("", ["No language is known.", "It works all the same."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, sentences: list[str]) -> None:
    assert split(("" if language == "ja" else " ").join(sentences), language) == sentences


def test_quotes_that_are_never_closed_do_not_swallow_the_text() -> None:
    content = 'The "Agreement is made today. ' + "Each party keeps what it hears to itself for two years. " * 10
    assert len(split(content)) == 11


@given(st.text(alphabet='aB .!?"“”()1,;:\n-', max_size=120))
@settings(max_examples=100, deadline=None)
def test_nothing_but_white_space_is_lost(content: str) -> None:
    assert "".join("".join(split(content)).split()) == "".join(content.split())


@pytest.mark.parametrize(
    "sentence",
    [
        "The lead time is eight weeks from the order.",
        "Revenue (in sterling) grew by 10 per cent to £3,898 thousand.",
        "“Competition is fierce,” the report says of last year.",
        "売上高は前年比3.5%増の1,200億円でした。",
    ],
)
def test_a_whole_sentence_fits(sentence: str) -> None:
    assert [each.fits for each in candidates(sentence)] == [True]


@pytest.mark.parametrize(
    "sentence",
    [
        "Governing Law.",
        "Assignment of Inventions and Moral Rights to the Company.",
        "and this goes on from a page that is missing.",
        "What does a service cost in the new year?",
        "The recipient agrees to the following terms of use:",
        "Whoever (and there are many of them does this.",
        "By: ____________________ for the company named above.",
        "TOTAL OF ALL THE FIGURES ABOVE THIS LINE.",
        "Alpha | 12 | 13 of the table that was no table.",
        "Employee shall do both: (a) return all of the records.",
        "12 13 14 15 16 17 18 19 20 and 21.",
        "Good morning, and welcome to the call of today.",
        "This release contains forward-looking statements within the law.",
        "Thank you all for your patience in the past year.",
        "This Agreement may be executed in two or more counterparts.",
        "Write to help@example.org or ask anybody at the desk.",
        "IN WITNESS WHEREOF the parties have signed it today.",
        "The duties that are set forth in Section 6.2 go on for two years.",
        "93B Sai Yu Chung Yuen Long, N.T.",
        "(ii) the lender and its agents on the other side.",
        "All employees have passed the test of the year!",
        " ".join(["word"] * 95) + ".",
    ],
)
def test_fragments_furniture_and_phrases_without_content_do_not_fit(sentence: str) -> None:
    assert not any(each.fits for each in candidates(sentence))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Sehr geehrte Damen und Herren, hier ist unser Bericht."),
        ("fr", "Veuillez agréer, chers amis, nos salutations les plus cordiales."),
        ("es", "Estimado señor García, le mandamos el informe de ayer."),
    ],
)
def test_other_languages_have_greetings_too(language: str, sentence: str) -> None:
    assert not any(each.fits for each in candidates(sentence, language))


@pytest.mark.parametrize(
    "sentence",
    [
        "This was a surprise to all of us.",
        "However, it was late again in May.",
        "They cost less than last year did.",
        "The increase was due to the new shop.",
        "The Supplier keeps them insured and marked.",
        "In 2025 it failed eleven times.",
        "Lisa: It was switched off in March.",
        "Decision: put off until the meeting in June.",
    ],
)
def test_a_sentence_that_points_back_leans(sentence: str) -> None:
    assert candidates(sentence)[0].leans


@pytest.mark.parametrize(
    "sentence",
    [
        "This agreement begins on 1 April 2025.",
        "However, sales rose by 5 per cent in May.",
        "The Buyer will order 2,400 frames.",
    ],
)
def test_a_sentence_that_names_its_subject_does_not_lean(sentence: str) -> None:
    assert not candidates(sentence)[0].leans


def test_a_sentence_that_says_what_the_document_is_opens_it_and_may_be_long() -> None:
    parties = ", ".join(f"Party {number} of the city of York" for number in range(14))
    opening, other = candidates(f"This agreement is made between {parties}. Rent is due on the first of each month.")
    assert (opening.opens, opening.fits, opening.leans) == (True, True, False)
    assert not other.opens


def test_an_item_above_a_table_fits_where_it_says_all_and_not_where_it_leads_on() -> None:
    block = items(
        "1. The proposal on an independent chair was defeated:", "2. The shareholders voted in the following way:"
    )
    found = outline(document((block,))).candidates
    assert [(each.fits, each.text) for each in found] == [
        (True, "The proposal on an independent chair was defeated"),
        (False, "The shareholders voted in the following way"),
    ]


def test_a_numbered_sentence_is_quoted_without_its_number() -> None:
    found = candidates("(1) Die Miete beträgt 4.650 Euro im Monat. (2) Sie ist am Dritten fällig.", "de")
    assert [each.text for each in found] == ["Die Miete beträgt 4.650 Euro im Monat.", "Sie ist am Dritten fällig."]


def test_what_answers_the_question_above_it_leans() -> None:
    blocks = (heading("Can I take parental leave?"), text("In Germany up to three years for each child."))
    assert outline(document(blocks)).candidates[0].leans


def test_where_there_is_hardly_anything_but_a_list_short_items_fit() -> None:
    found = outline(document((items("- Bookings 12% above plan", "- Prices rise in July"),))).candidates
    assert [each.fits for each in found] == [True, True]


def test_an_item_that_is_cut_off_by_the_end_of_a_page_does_not_fit_nor_what_follows() -> None:
    cut = "- the claims that were made in the first of the two actions against the owner of the Imagine"
    pages = (items(cut),), (text("Exhibitions were all withdrawn by the court."),)
    assert [each.fits for each in outline(document(*pages)).candidates] == [False, False]


def test_an_item_is_quoted_without_the_word_that_leads_to_the_next() -> None:
    block = items("(a) the goods stay with us.", "(b) Orders in hand at the end of the year: £2,310 thousand; and")
    first, second = outline(document((block,))).candidates
    assert not first.fits
    assert (second.fits, second.text) == (True, "Orders in hand at the end of the year: £2,310 thousand")


def test_a_file_without_pages_cites_none() -> None:
    read = outline(document((text("The lead time is eight weeks."),), paged=False))
    assert [each.pages for each in read.candidates] == [()]
