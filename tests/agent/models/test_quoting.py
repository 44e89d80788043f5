from agent.models.evidence import Evidence
from agent.models.passages import Passage, Piece, pieces
from agent.models.quoting import overview, quotation, sources

RATES = Passage(
    id="3",
    title="Travel policy",
    page="2",
    text="Rates\n\nCountry | 2025 | 2026\nFrance | 58 EUR | 60 EUR\nItaly | 52 EUR | 50 EUR",
)
FAQ = Passage(id="5", title="FAQ *new*", page="", text="Is wear covered?\nNo.\n\nYou may claim:\n- hotels\n- meals")


def piece(passage: Passage, start: str) -> Piece:
    return next(each for each in pieces(passage, 0) if each.text.startswith(start))


def quote(question: str, *found: Piece) -> str:
    return quotation(question, [Evidence(piece=each, score=0.9) for each in found])


def test_a_figure_is_given_with_its_row_and_header() -> None:
    assert quote("rate for Italy in 2026", piece(RATES, "Italy")) == (
        "According to **Travel policy** (page 2): Italy, 2026: **50 EUR** [3]\n\n"
        "| Country | 2025 | 2026 |\n| --- | --- | --- |\n| Italy | 52 EUR | 50 EUR |"
    )


def test_a_row_is_given_whole_where_no_column_was_asked_for() -> None:
    assert quote("rate for Italy", piece(RATES, "Italy")).startswith(
        "According to **Travel policy** (page 2): “Rates” [3]"
    )


def test_a_year_is_not_its_last_quarter() -> None:
    report = Passage(
        id="1", title="R", page="", text=" | Q4 2025 | Year 2025 | Year 2024\nNet profit | 246 | 1,246 | 824"
    )
    assert "Year 2025: **1,246**" in quote("What was net profit in 2025?", piece(report, "Net profit"))
    assert "Q4 2025: **246**" in quote("What was net profit in Q4 2025?", piece(report, "Net profit"))


def test_rows_of_one_table_are_one_table() -> None:
    answer = quote("rates", piece(RATES, "Italy"), piece(RATES, "France"))
    assert answer.count("| Country |") == 1
    assert answer.index("Italy") < answer.index("France")


def test_a_short_answer_is_quoted_with_its_question() -> None:
    assert "“Is wear covered? No.” [5]" in quote("is wear covered", piece(FAQ, "No."))


def test_a_list_item_is_quoted_with_the_line_above_the_list() -> None:
    assert "“You may claim: … meals” [5]" in quote("can I claim meals", piece(FAQ, "meals"))


def test_several_sources_are_named_each() -> None:
    answer = quote("x", piece(FAQ, "hotels"), piece(RATES, "Italy"))
    assert answer.splitlines()[2].startswith("- **FAQ \\*new\\***: “You may claim: … hotels” [5]")
    assert answer.splitlines()[3].startswith("- **Travel policy** (page 2): ")


def test_the_sources_of_an_answer_can_be_read_back() -> None:
    assert sources(quote("x", piece(FAQ, "hotels"), piece(RATES, "Italy"))) == ["FAQ *new*", "Travel policy"]
    assert sources(quote("x", piece(FAQ, "hotels"))) == ["FAQ *new*"]
    assert sources(overview([piece(FAQ, "hotels")])) == ["FAQ *new*"]


def test_another_models_answer_has_no_sources_to_read() -> None:
    assert sources("The **limit** is 5 [1].") == []


def test_a_document_without_a_title_is_still_quoted() -> None:
    nameless = Passage(id="1", title="", page="", text="Rent is due on Monday.")
    assert quote("x", *pieces(nameless, 0)) == "According to a document without a title: “Rent is due on Monday.” [1]"
