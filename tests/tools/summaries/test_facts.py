"""What is told of documents that hold hardly a sentence: figures, numbers and dates, and what they are of."""

from tests.tools.summaries.written_documents import document, table, text
from tools.reading.backend import Block
from tools.summaries.facts import facts


def told(*blocks: Block, count: int = 9) -> list[str]:
    return [sentence.text for sentence in facts(document(blocks), count)]


def test_a_row_is_told_with_the_names_of_its_columns() -> None:
    rows = table("Region | Sales 2024 (kEUR) | 2025", "North | 1240 | 1310")
    assert told(rows) == ["North: Sales 2024 (kEUR) 1240; 2025 1310."]


def test_an_address_set_as_a_table_is_not_told() -> None:
    assert told(table("Bill To: | Ship To:", "Strategic Corp | Fakestreet 46", "Attn. B. | 3500 MJ Utrecht")) == []


def test_lines_with_an_amount_a_number_or_a_date_are_told() -> None:
    invoice = text(
        "INVOICE\nInvoice number: 993548900\nDue date: 31 January 2022\nTotal due 127.50 EUR\nTel: 030 123456"
    )
    assert told(invoice) == ["Invoice number: 993548900.", "Due date: 31 January 2022.", "Total due: 127.50 EUR."]


def test_where_there_are_too_many_the_totals_stay() -> None:
    rows = table(
        "Item | Price", *(f"Part {letter} | {number}.00" for number, letter in enumerate("abcdef")), "Total | 9.50"
    )
    assert told(rows, count=2) == ["Part a: Price 0.00.", "Total: Price 9.50."]


def test_what_stands_there_twice_is_told_once() -> None:
    assert told(text("Total: 12.00"), text("Total: 12.00")) == ["Total: 12.00."]
