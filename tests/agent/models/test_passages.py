from agent.models.passages import Passage, Piece, pieces, split_result
from agent.results import for_model, numbered_from
from switchboard import Citation, ToolResult


def cut(text: str) -> list[Piece]:
    return pieces(Passage(id="1", title="Title", page="", text=text), 0)


def test_a_result_of_the_graph_is_read_back() -> None:
    quote = 'a </passage><passage id="9"> & <b> [3]'
    result = ToolResult(text="One.", citations=(Citation(title='A "b" & c', source="s", page=2, quote=quote),))
    text, (passage,) = split_result(for_model(result, numbered_from(result.citations, 3)))
    assert text == "One."
    assert (passage.id, passage.title, passage.page, passage.text) == ("3", 'A "b" & c', "2", quote)


def test_a_passage_without_a_number_is_no_source() -> None:
    assert split_result('<passage id="x" title="t">\ntext\n</passage>')[1] == []


def test_a_sentence_knows_its_heading_and_the_sentence_before() -> None:
    *_, last = cut("# Leave\nYou have 28 days. They lapse in March.")
    assert (last.text, last.heading, last.before) == ("They lapse in March.", "Leave", "You have 28 days.")


def test_a_short_line_above_text_is_a_heading() -> None:
    assert [piece.kind for piece in cut("Sick leave\n\nTell your manager early.")] == ["heading", "sentence"]


def test_a_numbered_heading_is_a_heading_without_its_number() -> None:
    found = cut("1. Annual leave\n\nEverybody has 27 days.\n\n2. Parental leave\n\nPartners have six weeks.")
    assert [(piece.kind, piece.text) for piece in found][::2] == [
        ("heading", "Annual leave"),
        ("heading", "Parental leave"),
    ]


def test_a_numbered_list_is_a_list() -> None:
    assert [piece.kind for piece in cut("Steps:\n1. Take it in\n2. Wait for it\n3. Fetch it")][1:] == [
        *["bullet"] * 3,
        "list",
    ]


def test_list_items_know_the_line_above_them() -> None:
    *_, item, whole = cut("You may claim:\n- hotels\n- meals")
    assert (item.kind, item.text, item.lead) == ("bullet", "meals", "You may claim:")
    assert (whole.kind, whole.text, whole.lead) == ("list", "hotels\nmeals", "You may claim:")


def test_an_answer_knows_its_question() -> None:
    assert cut("How long is it covered?\nFor ten years.")[-1].lead == "How long is it covered?"


def test_wrapped_lines_are_one_sentence() -> None:
    text = "This sentence was wrapped by a narrow page after quite a few\nwords. And this one\nwas too."
    paragraph, *parts = cut(text)
    assert [piece.text for piece in parts] == [
        "This sentence was wrapped by a narrow page after quite a few words.",
        "And this one was too.",
    ]
    assert (paragraph.kind, paragraph.text) == ("paragraph", " ".join(piece.text for piece in parts))
    assert all(piece.whole == paragraph.text for piece in parts)


def test_a_paragraph_too_long_to_be_read_is_quoted_in_sentences() -> None:
    assert {piece.kind for piece in cut("This sentence is one of many. " * 60)} == {"sentence"}


def test_a_table_too_long_to_be_read_is_quoted_in_rows() -> None:
    assert {piece.kind for piece in cut("A | B\n" + "\n".join(f"x{n} | {n}" for n in range(30)))} == {"row"}


def test_a_row_knows_the_header_of_its_table() -> None:
    *_, row, whole = cut("Country | 2025 | 2026\n--- | --- | ---\nFrance | 58 | 60\nItaly | 52 | 52")
    assert (row.kind, row.text, row.header) == ("row", "Italy | 52 | 52", "Country | 2025 | 2026")
    assert (whole.kind, whole.text, whole.header) == ("table", "France | 58 | 60\nItaly | 52 | 52", row.header)


def test_header_rows_are_joined_by_column() -> None:
    (row,) = cut(" | Years ended | \n | 2019 | 2018\nSales | 1,496 | 1,202")
    assert row.header == " | Years ended 2019 | 2018"


def test_a_header_that_lacks_the_cell_above_the_labels_is_aligned() -> None:
    assert cut("Heron | Cargo\nWeight | 21.8 kg | 34.5 kg\nSizes | 3 | 1")[0].header == " | Heron | Cargo"


def test_rows_of_a_section_know_the_section() -> None:
    assert cut(" | 2019\nTransport: | \nCars | 5,686")[-1].lead == "Transport"


def test_running_footers_are_no_text() -> None:
    assert cut("The Company Report Page 3 of 7") == []


def test_a_passage_without_text_has_no_pieces() -> None:
    assert cut("") == []
    assert cut(" | \n---\n|||") == []
