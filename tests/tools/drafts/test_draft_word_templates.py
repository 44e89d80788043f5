"""Word templates of one's own: found, typed by what stands in them, filled in, and refused with the fix."""

import io
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard import ConfigError
from tests.tools.drafts.conftest import TODAY
from tests.tools.drafts.wordmaking import picture, repacked, word_file
from tools.drafts import converting, pdf, wordfiles, wordfilling
from tools.drafts.backend import Known, Line, Money, Origin, Party, Value
from tools.drafts.blocks import Page
from tools.drafts.drafting import DOCX, PDF, PNG, Order, make
from tools.drafts.loading import all_templates
from tools.drafts.reckoning import reckon
from tools.drafts.showing import shown
from tools.drafts.templates import Template, spoken_of
from tools.drafts.texts import Says

HOSTILE = "{{ 7*7 }} {% for x in y %} {_{ <w:b/>&amp; ]]> ${x} \x07\x00\u202eevil"
SHOWN = "{{ 7*7 }} {% for x in y %} {_{ <w:b/>&amp; ]]> ${x} evil"
FACTS: dict[str, Known] = {
    "date": TODAY,
    "customer": Party(name="ACME & Söhne <GmbH>", address=("Hauptstr. 5", "Berlin")),
    "matter": "Falcon",
    "hourly_fee": Money(amount=Decimal(300), currency="EUR"),
    "due": TODAY,
    "clauses": ("First.", "Second."),
    "lines": (
        Line(
            description="Review", quantity=Decimal(3), unit="days", price=Money(amount=Decimal("900.5"), currency="EUR")
        ),
        Line(description="Calls", quantity=Decimal(2), price=Money(amount=Decimal(50), currency="EUR")),
    ),
    "currency": "EUR",
    "tax": Decimal(20),
}


def only(folder: Path, name: str = "engagement_letter") -> Template:
    return next(template for template in all_templates(folder) if template.name == name)


def valued(facts: dict[str, Known]) -> dict[str, Value]:
    return {name: Value(value=value, origin=Origin(source="said", message=1)) for name, value in facts.items()}


def filled(template: Template, **changes: Known) -> bytes:
    values = valued({**FACTS, **changes})
    return wordfilling.fill(template, "en", shown(template, values, reckon(template, values), "en_GB"), title="T")


def texts_of(data: bytes) -> list[str]:
    made = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    footers = [each.text for each in made.sections[0].footer.paragraphs]
    return [*(each.text for each in made.paragraphs), *cells, *footers]


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("templates")
    word_file(folder / "Engagement letter.docx")
    return only(folder)


def test_a_word_file_in_the_folder_is_a_template_called_as_its_file_is(letter: Template) -> None:
    assert letter.title == {"en": "Engagement letter"}
    found = spoken_of([letter], "please draft an engagement letter for ACME")
    assert found is not None


def test_its_fields_are_typed_by_how_they_stand_in_it(letter: Template) -> None:
    assert {each.name: (each.type, each.required) for each in letter.fields} == {
        "date": ("date", False),
        "customer": ("party", True),
        "matter": ("text", True),
        "hourly_fee": ("money", True),
        "due": ("deadline", True),
        "special_terms": ("text", False),
        "clauses": ("clauses", True),
        "lines": ("lines", True),
        "currency": ("currency", True),
        "tax": ("percent", True),
    }
    assert all(each.question.endswith("?") for each in letter.fields if each.required)


def test_it_is_filled_in_with_its_layout_kept(letter: Template) -> None:
    data = filled(letter)
    texts = texts_of(data)
    for expected in (
        "1 March 2026", "ACME & Söhne <GmbH>\nHauptstr. 5\nBerlin", "First.", "Second.", "Review", "3 days",
        "€900.50", "€2,701.50", "Net €2,801.50, total €3,361.80", "For ACME & Söhne <GmbH> only",
        "In the matter Falcon our fee is €300.00 an hour, payable by 1 March 2026.",
    ):  # fmt: skip
        assert expected in texts, expected
    assert not any("{" in text or "Special" in text for text in texts)
    assert len(docx.Document(io.BytesIO(data)).sections[0].header.part.package.image_parts) == 1


def test_what_is_between_if_and_endif_stands_there_when_it_is_said(letter: Template) -> None:
    assert "Special terms: none of it" in texts_of(filled(letter, special_terms="none of it"))


def test_every_page_says_that_it_is_a_draft_once(letter: Template, tmp_path: Path) -> None:
    assert texts_of(filled(letter)).count(Says("en")("note")) == 1
    word_file(tmp_path / "Own note.docx", ("{{ note_of_draft }}: {{ x }}",), row=())
    own = only(tmp_path, "own_note")
    text = texts_of(wordfilling.fill(own, "en", {"x": "1"}))
    assert f"{Says('en')('note')}: 1" in text


def test_hostile_values_are_text_like_any_other(letter: Template) -> None:
    data = filled(letter, matter=HOSTILE, special_terms=HOSTILE, customer=Party(name=HOSTILE, address=(HOSTILE,)))
    texts = texts_of(data)
    assert f"Special terms: {SHOWN}" in texts
    assert f"{SHOWN}\n{SHOWN}" in texts
    assert f"For {SHOWN} only" in texts


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60))
@settings(max_examples=8, deadline=None)
def test_any_text_is_one_value(text: str) -> None:
    template = Template(
        name="x", version=1, numbered=False, title={"en": "X"}, called={}, fields=(), labels={}, bodies={},
        folder=Path("x.docx"), documents={"en": PLAIN},
    )  # fmt: skip
    made = docx.Document(io.BytesIO(wordfilling.fill(template, "en", {"x": f"<{text}>"})))
    (paragraph,) = made.paragraphs
    assert paragraph.text.startswith("<")
    assert paragraph.text.endswith("> end")


def _plain() -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("{{ x }} end")
    made.save(out)
    return out.getvalue()


PLAIN = _plain()


def test_an_illustration_stands_where_the_template_has_a_place_or_at_the_end(letter: Template, tmp_path: Path) -> None:
    word_file(tmp_path / "Placed.docx", ("{{ illustration }} beside {{ x }}",), row=())
    placed = wordfilling.fill(only(tmp_path, "placed"), "en", {"x": "it"}, picture=picture("red"))
    first = docx.Document(io.BytesIO(placed)).paragraphs[0]
    assert len(first._p.findall(".//{*}blip")) == 1
    assert len(docx.Document(io.BytesIO(placed)).inline_shapes) == 1
    values = valued(FACTS)
    given = shown(letter, values, reckon(letter, values), "en_GB")
    last = docx.Document(io.BytesIO(wordfilling.fill(letter, "en", given, picture=picture("red")))).inline_shapes
    assert len(last) == 1


def test_the_same_values_give_the_same_word_file(letter: Template) -> None:
    assert filled(letter) == filled(letter)


def test_a_file_beside_it_says_what_the_word_file_can_not(tmp_path: Path) -> None:
    word_file(tmp_path / "Offer.docx", ("{{ person }} earns {{ pay }} from {{ begin }}.",), row=())
    (tmp_path / "Offer.toml").write_text(
        'name = "job_offer"\ncalled = { en = ["job offer"] }\n[fields.pay]\ntype = "money"\n'
        'question = "How much does the person earn?"\n[fields.begin]\ntype = "date"\n'
    )
    template = only(tmp_path, "job_offer")
    assert [(each.name, each.type) for each in template.fields] == [
        ("person", "text"),
        ("pay", "money"),
        ("begin", "date"),
    ]
    assert template.fields[1].question == "How much does the person earn?"


def test_a_folder_may_hold_a_word_file_for_each_language(tmp_path: Path) -> None:
    for language, text in (("en", "For {{ person }}"), ("de", "Für {{ person }}")):
        word_file(tmp_path / "pass" / f"{language}.docx", (text,), row=())
    (tmp_path / "pass" / "template.toml").write_text(
        'title = { en = "Pass", de = "Ausweis" }\ncalled = { en = ["pass"], de = ["Ausweis"] }\n'
    )
    template = only(tmp_path, "pass")
    assert template.languages == ("de", "en")
    assert "Für Ann" in texts_of(wordfilling.fill(template, "de", {"person": "Ann"}))
    assert template.fields[0].told_in("de").question == "Person: Was soll dort stehen?"


def test_a_word_file_says_in_which_language_it_is(tmp_path: Path) -> None:
    word_file(tmp_path / "Mandat.docx", ("Für {{ person }}",), row=(), language="de-DE")
    assert only(tmp_path, "mandat").languages == ("de",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ customer.nam }}", "customer has no part 'nam'. Did you mean name?"),
        ("{{ customer.fax }}", "There are: address, email, name, tax_id."),
        ("{{ customer.name", "can't be filled"),
        ("{% for x in y %}", "can't be filled"),
        ("{{ x | pprint }}", "No filter named 'pprint'"),
        ("{{ x * 3 }}", "does no sums"),
        ("{{ x.name.upper() }}", "not safely callable"),
        ("{{ x.__class__ }}", "no part '__class__'"),
        ("{% include 'x' %}", "can't take in other files"),
        ("{{p x }}", "stands outside of any text"),
        ("{{ taxes }}", "can't be called 'taxes'"),
    ],
)
def test_what_is_wrong_in_a_word_template_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    word_file(tmp_path / "Wrong.docx", (text,), row=())
    with pytest.raises(ConfigError) as caught:
        all_templates(tmp_path)
    assert told in str(caught.value)
    assert "Wrong.docx" in str(caught.value)


def test_a_loop_that_begins_in_a_table_and_ends_outside_is_told(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_table(1, 1).rows[0].cells[0].text = "{% for x in things %}{{ x }}"
    made.add_paragraph("{% endfor %}")
    made.save(str(tmp_path / "Wrong.docx"))
    with pytest.raises(ConfigError, match="begins in one place and ends in another"):
        all_templates(tmp_path)


def test_a_field_that_is_declared_and_of_another_kind_is_told(tmp_path: Path) -> None:
    word_file(tmp_path / "Wrong.docx", ("{{ x.name }}",), row=())
    (tmp_path / "Wrong.toml").write_text('[fields.x]\ntype = "date"\n')
    with pytest.raises(ConfigError, match="can't be filled"):
        all_templates(tmp_path)


def test_a_file_of_facts_without_its_word_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "Alone.toml").write_text("")
    with pytest.raises(ConfigError, match=r"Add Alone\.docx"):
        all_templates(tmp_path)


LINKED = (
    b'<Relationships><Relationship Id="x" TargetMode="External" Target="http://127.0.0.1/x.png" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>'
)


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"word__vbaProject_bin": b"x"}, "There are macros in it"),
        ({"word__rels__x_xml_rels": LINKED}, r"takes in a file from elsewhere \(image\)"),
        ({"word__x_xml": b"<w:instrText> INCLUDEPICTURE x </w:instrText>"}, "a field in it that fetches something"),
        ({"word__x_xml": b'<w:fldSimple w:instr=" DDEAUTO x"/>'}, "a field in it that fetches something"),
    ],
)
def test_what_a_draft_must_not_bring_along_is_refused(tmp_path: Path, parts: dict[str, bytes], told: str) -> None:
    file = repacked(word_file(tmp_path / "Bad.docx", ("{{ x }}",), row=()), **parts)
    with pytest.raises(ConfigError, match=told):
        wordfiles.read(file)


def test_a_link_that_a_reader_may_follow_is_no_danger(tmp_path: Path) -> None:
    link = LINKED.replace(b"/image", b"/hyperlink")
    file = repacked(word_file(tmp_path / "Good.docx", ("{{ x }}",), row=()), word__rels__x_xml_rels=link)
    assert wordfiles.read(file)


@pytest.mark.parametrize("name", ["Old.doc", "Macro.docm", "Form.dotx"])
def test_other_kinds_of_word_files_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ConfigError, match=r"Save it as \.docx"):
        all_templates(tmp_path)


def test_what_is_no_word_file_or_unpacks_to_too_much_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "No.docx").write_bytes(b"%PDF-1.7")
    with pytest.raises(ConfigError, match="no Word document"):
        wordfiles.read(tmp_path / "No.docx")
    monkeypatch.setattr(wordfiles, "UNPACKED", 1_000)
    with pytest.raises(ConfigError, match="unpacks to over"):
        wordfiles.read(word_file(tmp_path / "Bomb.docx", row=()))
    monkeypatch.setattr(wordfiles, "LARGEST", 1_000)
    with pytest.raises(ConfigError, match="over 1,000 bytes"):
        wordfiles.read(tmp_path / "Bomb.docx")


def test_a_file_that_word_has_open_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "~$Offer.docx").write_bytes(b"x")
    assert len(all_templates(tmp_path)) == len(all_templates(None))


def test_with_libreoffice_there_is_a_pdf_of_the_very_word_file_and_its_picture(
    letter: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(title="t", language="en", footer="f", pages="{page}", letter=False, template="x 1")
    given: list[bytes] = []

    def converted(data: bytes, soffice: str) -> bytes:
        given.append(data)
        return pdf.document([], page)

    monkeypatch.setattr(converting, "program", lambda: "soffice")
    monkeypatch.setattr(converting, "to_pdf", converted)
    values = valued(FACTS)
    order = Order(
        template=letter, language="en", locale="en_GB", values=values, reckoned=reckon(letter, values), version=1
    )
    made = make(order)
    assert [file.media_type for file in made.files] == [DOCX, PDF, PNG]
    assert given == [made.files[0].data]
    assert [file.media_type for file in make(replace(order, format="pdf")).files] == [PDF, PNG]
    monkeypatch.setattr(converting, "to_pdf", lambda data, soffice: None)
    failed = make(replace(order, format="pdf"))
    assert ([file.media_type for file in failed.files], failed.without) == ([DOCX], "pdf_failed")


@pytest.mark.parametrize(
    ("texts", "kinds"),
    [
        (("{{ due }} or {{ due_in }}",), {"due": "deadline"}),
        (("{{ tax_id }} {{ job_title }}",), {"tax_id": "text", "job_title": "text"}),
        (("{% for line in buyer.address %}{{ line }}{% endfor %}",), {"buyer": "party"}),
        (("{{ place if place else city }}",), {"place": "text", "city": "text"}),
        (("{% for a in things %}{{ loop.index }} {{ a }}{% endfor %}",), {"things": "list"}),
    ],
)
def test_a_type_follows_from_its_use(tmp_path: Path, texts: tuple[str, ...], kinds: dict[str, str]) -> None:
    word_file(tmp_path / "x.docx", texts, row=())
    assert {each.name: each.type for each in only(tmp_path, "x").fields} == kinds


def test_word_files_and_texts_in_one_folder_are_told(tmp_path: Path) -> None:
    word_file(tmp_path / "both" / "en.docx", ("{{ x }}",), row=())
    (tmp_path / "both" / "de.md").write_text("x")
    with pytest.raises(ConfigError, match="Keep one kind"):
        all_templates(tmp_path)


def test_without_docxtpl_the_fix_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docxtpl", None)
    word_file(tmp_path / "x.docx", ("{{ x }}",), row=())
    with pytest.raises(ConfigError, match=r"pip install 'switchboard-assistant\[word\]'"):
        all_templates(tmp_path)


def test_without_libreoffice_there_is_no_pdf_and_that_is_said(
    letter: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converting, "PROGRAMS", ("no-such-program",))
    values = valued(FACTS)
    order = Order(
        template=letter, language="en", locale="en_GB", values=values, reckoned=reckon(letter, values), version=2
    )
    made = make(order)
    assert [file.media_type for file in made.files] == [DOCX]
    assert made.files[0].name == "Engagement letter ACME & Söhne GmbH v2.docx"
    assert made.without == "no_pdf"
    assert make(replace(order, format="docx")).without == ""
    properties = docx.Document(io.BytesIO(made.files[0].data)).core_properties
    assert (properties.title, properties.category) == (made.files[0].name.removesuffix(".docx"), "engagement_letter 1")
