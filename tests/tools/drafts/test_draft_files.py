"""The files, opened again and compared with what was to be in them."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import docx
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.tools.drafts.conftest import TEMPLATES, TODAY, Gathered
from tools.drafts import pdf, typefaces, word
from tools.drafts.backend import Line, Money, Origin, Party, Value
from tools.drafts.blocks import Page, plain
from tools.drafts.drafting import DOCX, PDF, PNG, Made, Order, make
from tools.drafts.filling import fill
from tools.drafts.gathering import State
from tools.drafts.reckoning import reckon
from tools.drafts.samples import samples
from tools.drafts.showing import locale_of, shown
from tools.drafts.texts import Says

INVOICE = (
    "invoice from Me Ltd, 1 High St, London to ACME & Söhne GmbH, Hauptstr. 5, Berlin, 3 days consulting at 900.50 EUR "
    "and 2 hours travel at 50 EUR, due in 30 days, VAT 19%, 10% discount, IBAN DE89 3704 0044 0532 0130 00"
)
SAID = Origin(source="said", message=1)
HOSTILE = "{{ 7*7 }} {% for x in y %} <w:b/>&amp; **bold** | `code` # head ]]> ${x} \x07\x00\x1b\u202eevil"
SHOWN = "{{ 7*7 }} {% for x in y %} <w:b/>&amp; **bold** | `code` # head ]]> ${x} evil"


def order(kind: str, state: State, language: str = "en", **changes: Any) -> Order:
    template = TEMPLATES[kind]
    made = Order(
        template=template,
        language=language,
        locale=locale_of(language),
        values=state.values,
        reckoned=reckon(template, state.values),
        version=1,
    )
    return replace(made, **changes)


def of_type(made: Made, media_type: str) -> bytes:
    return next(file.data for file in made.files if file.media_type == media_type)


def word_text(data: bytes) -> str:
    """All text of a Word file, in its order."""
    body = docx.Document(io.BytesIO(data)).element.body
    parts = ("".join(node.text or "" for node in paragraph.iter("{*}t")) for paragraph in body.iter("{*}p"))
    return "\n".join(part for part in parts if part)


def pdf_pages(data: bytes) -> list[str]:
    opened = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in opened]
    finally:
        opened.close()


def flat(text: str) -> str:
    """Text without its line breaks and kinds of spaces: a PDF breaks lines where they are full."""
    return re.sub(r"[\s\u00ad\ufffe]+", "", text)


@pytest.fixture
def invoice(gathered: Gathered) -> State:
    return gathered("invoice", INVOICE)


def words_of_word(made: Made) -> str:
    return word_text(of_type(made, DOCX))


def words_of_pdf(made: Made) -> str:
    return "".join(pdf_pages(of_type(made, PDF)))


@pytest.mark.parametrize("read", [words_of_word, words_of_pdf])
def test_every_value_of_an_invoice_stands_in_both_files(invoice: State, read: Callable[[Made], str]) -> None:
    text = flat(read(make(order("invoice", invoice))))
    for value in (
        "Me Ltd", "1 High St", "ACME & Söhne GmbH", "Hauptstr. 5", "Berlin", "consulting", "€900.50", "€2,701.50",
        "travel", "€100.00", "Discount 10%", "−€280.15", "€2,521.35", "VAT 19%", "€479.06", "€3,000.41",
        "1 March 2026", "31 March 2026", "DE89 3704 0044 0532 0130 00", "DRAFT-260301-",
    ):  # fmt: skip
        assert flat(value) in text, value


@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        ("de", "2.701,50 €", "31. März 2026"),
        ("fr", "2 701,50 €", "31 mars 2026"),
        ("es", "2.701,50 €", "31 de marzo de 2026"),
    ],
)
def test_amounts_and_dates_follow_the_language(invoice: State, language: str, amount: str, day: str) -> None:
    made = make(order("invoice", invoice, language, format="docx"))
    text = flat(word_text(of_type(made, DOCX)))
    assert flat(amount) in text
    assert flat(day) in text


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_word_and_pdf_say_the_same(kind: str) -> None:
    template = TEMPLATES[kind]
    values = next(iter(samples(template, "de")))
    blocks = fill(template, "de", values)
    page = Page(title="t", language="de", footer="f", pages="{page}/{pages}", letter=False, template="x 1")
    paper, screen = "".join(pdf_pages(pdf.document(blocks, page))), word_text(word.document(blocks, page))
    words = set(re.findall(r"\w{4,}", screen))
    assert len(words) > 5
    assert {each for each in words if each not in flat(paper)} == set()


def test_a_draft_says_that_it_is_one_on_every_page_with_its_number(gathered: Gathered) -> None:
    state = gathered("nda", "NDA between Acme and Beta about solar for 3 years under German law")
    made = make(order("nda", state, "de"))
    pages = pdf_pages(of_type(made, PDF))
    assert len(pages) == 2
    for number, text in enumerate(pages, start=1):
        assert Says("de")("note") in text
        assert Says("de")("pages", page=number, pages=2) in text
    footer = docx.Document(io.BytesIO(of_type(made, DOCX))).sections[0].footer
    assert Says("de")("note") in footer.paragraphs[0].text
    assert [field.text for field in footer._element.iter("{*}instrText")] == [" PAGE ", " NUMPAGES "]


def long_invoice(state: State, count: int = 120) -> State:
    price = Money(amount=Decimal("1.005"), currency="EUR")
    lines = tuple(
        Line(description=f"Item {n} {'with a long name ' * (n % 5)}", quantity=Decimal(n), price=price)
        for n in range(1, count + 1)
    )
    return replace(state, values={**state.values, "lines": Value(value=lines, origin=SAID)})


def test_a_long_table_repeats_its_header_on_each_page_once(invoice: State) -> None:
    made = make(order("invoice", long_invoice(invoice)))
    pages = [page for page in pdf_pages(of_type(made, PDF)) if "Item " in page]
    assert len(pages) > 2
    assert {page.count("Unit price") for page in pages} == {1}
    tables = docx.Document(io.BytesIO(of_type(made, DOCX))).tables
    table = next(each for each in tables if len(each.rows) > 100)
    assert len(table.rows[0]._tr.findall(".//{*}tblHeader")) == 1
    assert all(row._tr.findall(".//{*}cantSplit") for row in table.rows)


def test_amounts_are_rounded_half_up_for_each_line(invoice: State) -> None:
    reckoned = order("invoice", long_invoice(invoice, 3)).reckoned
    assert [str(amount) for amount in reckoned.amounts] == ["1.01", "2.01", "3.02"]


def test_a_heading_is_not_left_alone_at_the_end_of_a_page(gathered: Gathered) -> None:
    clauses = "; ".join(f"Clause {n} says something of some length" for n in range(40))
    state = gathered("contract", "contract between A and B about boats under German law", clauses)
    made = make(order("contract", state))
    for page in pdf_pages(of_type(made, PDF)):
        lines = [line for line in page.split("\n") if line.strip()]
        before_footer = [line for line in lines if Says("en")("note") not in line and not line.startswith("Page ")]
        assert not re.match(r"\d+\.\s+\w", before_footer[-1]), before_footer[-1]
    document = docx.Document(io.BytesIO(of_type(made, DOCX)))
    assert document.styles["Heading 2"].paragraph_format.keep_with_next  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["invoice", "letter", "nda"])
def test_hostile_values_are_text_like_any_other(kind: str) -> None:
    template = TEMPLATES[kind]
    values = {
        field.name: Value(value=Party(name=HOSTILE, address=(HOSTILE,)), origin=SAID)
        for field in template.fields
        if field.type == "party"
    }
    price = Money(amount=Decimal(1), currency="EUR")
    known = {
        "lines": (Line(description=HOSTILE, quantity=Decimal(1), price=price),),
        "currency": "EUR",
        "text": HOSTILE,
        "note": HOSTILE + "\n\n" + "x" * 10_000,
        "subject": HOSTILE,
        "purpose": HOSTILE,
        "clauses": (HOSTILE,),
        "law": HOSTILE,
        "date": date(2026, 3, 1),
    }
    values |= {name: Value(value=value, origin=SAID) for name, value in known.items() if template.field(name)}
    made = make(order(kind, State(values=values)))
    for text in (word_text(of_type(made, DOCX)), "".join(pdf_pages(of_type(made, PDF)))):
        assert flat(SHOWN) in flat(text)
        assert not re.search(
            r"[\x00-\x08\x0b-\x1f\u202e]", text.replace("\n", "").replace("\r", "").replace("\ufffe", "")
        )


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_any_text_is_one_value_of_the_blocks_whatever_is_in_it(text: str) -> None:
    template = TEMPLATES["letter"]
    known = {
        "sender": Party(name="S"),
        "recipient": Party(name="R"),
        "date": TODAY,
        "subject": f"<{text}>",
        "text": "T",
    }
    values = {name: Value(value=value, origin=SAID) for name, value in known.items()}
    blocks = fill(template, "en", shown(template, values, reckon(template, values), "en_GB"))
    kinds = [type(block).__name__ for block in blocks]
    assert kinds == ["Lines", "Lines", "Lines", "Heading", "Paragraph", "Paragraph", "Paragraph", "Signatures"]
    heading = next(block for block in blocks if type(block).__name__ == "Heading")
    assert plain(heading.text).startswith("<")  # type: ignore[union-attr]
    assert plain(heading.text).endswith(">")  # type: ignore[union-attr]


def test_letters_of_right_to_left_scripts_are_joined_and_turned_and_others_are_told(
    gathered: Gathered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typefaces, "_searched", lambda code: None)  # a machine without fonts for it
    said = "letter from שלום עולם to Jane Doe about x"
    state = gathered("letter", said)
    values = {
        **state.values,
        "sender": Value(value=Party(name="שלום", address=("شارع",)), origin=SAID),
        "text": Value(value="日本", origin=SAID),
    }
    made = make(order("letter", replace(state, values=values)))
    paper = "".join(pdf_pages(of_type(made, PDF)))
    assert made.unshown == 2
    assert "□□" in paper
    assert "שלום" in paper or "םולש" in paper
    assert "日本" in word_text(of_type(made, DOCX))


@pytest.mark.parametrize(
    ("text", "greeting"),
    [("Dear Jane, it broke.", "Dear Jane,"), ("It broke.", "Dear Sir or Madam,"), ("Dear Jane", "Dear Jane")],
)
def test_a_letter_greets_once(gathered: Gathered, text: str, greeting: str) -> None:
    state = gathered("letter", "letter from Tom to Jane about x", text)
    lines = words_of_word(make(order("letter", state, format="docx"))).split("\n")
    assert [line for line in lines if line.startswith("Dear")] == [greeting]
    assert ("It broke." in lines) is ("broke" in text)


def test_the_same_facts_make_the_same_files(invoice: State) -> None:
    first, second = make(order("invoice", invoice)), make(order("invoice", invoice))
    assert first == second


def test_the_picture_is_the_first_page_wide_enough_to_read(invoice: State) -> None:
    picture = Image.open(io.BytesIO(of_type(make(order("invoice", invoice)), PNG)))
    assert picture.format == "PNG"
    assert picture.size[0] == 900
    assert len(picture.convert("L").getcolors(256) or []) > 10


@pytest.mark.parametrize(("form", "kinds"), [("both", [DOCX, PDF, PNG]), ("docx", [DOCX, PNG]), ("pdf", [PDF, PNG])])
def test_only_the_files_that_are_wanted_are_made(invoice: State, form: str, kinds: list[str]) -> None:
    made = make(order("invoice", invoice, format=form))
    assert [file.media_type for file in made.files] == kinds
    assert made.files[0].name.startswith("Invoice ACME & Söhne GmbH v1.")


def test_the_paper_is_that_of_the_country(invoice: State) -> None:
    made = make(order("invoice", invoice, locale="en_US"))
    opened = pypdfium2.PdfDocument(of_type(made, PDF))
    assert [round(side) for side in opened[0].get_size()] == [612, 792]
    opened.close()


def test_an_illustration_stands_below_the_title(invoice: State) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, format="PNG")
    made = make(order("invoice", invoice, picture=out.getvalue()))
    assert len(docx.Document(io.BytesIO(of_type(made, DOCX))).inline_shapes) == 1
    opened = pypdfium2.PdfDocument(of_type(made, PDF))
    assert any(thing.type == 3 for thing in opened[0].get_objects())
    opened.close()
