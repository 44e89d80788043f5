"""What a document tells of itself."""

from tools.reading import Block, Document, Page
from tools.reading.words import table_block


def a_document(*pages: Page, paged: bool = True) -> Document:
    return Document(name="a.pdf", title="A", media_type="application/pdf", digest="", pages=pages, paged=paged)


def a_page(number: int, text: str, language: str = "", label: str = "") -> Page:
    return Page(number=number, label=label, language=language, blocks=(Block(kind="text", text=text),))


def test_the_text_of_a_paged_document_has_a_marker_before_each_page() -> None:
    text = a_document(a_page(1, "one"), a_page(2, "two", label="ii")).text
    assert text == "[page 1]\n\none\n\n[page 2: ii]\n\ntwo"


def test_the_text_of_a_document_without_pages_has_no_marker() -> None:
    assert a_document(a_page(1, "one"), paged=False).text == "one"


def test_the_language_is_that_of_most_of_the_text() -> None:
    pages = (a_page(1, "kurz", "de"), a_page(2, "and then much more of it", "en"), a_page(3, "noch", "de"))
    assert a_document(*pages).language == "en"


def test_a_document_without_pages_has_no_language() -> None:
    assert a_document().language == ""


def test_a_table_gives_its_cells_even_where_one_holds_a_bar() -> None:
    rows = (("Name", "Sign"), ("bar", "a | b"), ("other", "x|y"))
    table = table_block(rows)
    assert table
    assert table.rows == rows
    assert a_document(Page(number=1, blocks=(table, Block(kind="text", text="no | table")))).pages[0].tables == (table,)
    assert Block(kind="text", text="no | table").rows == ()
