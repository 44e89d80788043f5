import pytest

from agent.models.words import content, figures, names, periods, stem, years


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("expenses", "expense"),
        ("policies", "policy"),
        ("travelling", "travelled"),
        ("summarise", "summarized"),
        ("Employees", "employee's"),
        ("stopped", "stop"),
        ("café", "cafes"),
        ("1,496.5", "1496.5"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("price", "priest"), ("march", "marsh"), ("2022", "2023"), ("bus", "bush")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_words_without_meaning_are_left_out() -> None:
    assert content("I'm asking: don't we have the policy?") == [stem("asking"), stem("policy")]
    assert content("Wie hoch ist der Tagessatz für Frankreich?") == [
        stem(w) for w in ("hoch", "Tagessatz", "Frankreich")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in FY2018", {"2018"}),
        ("fiscal FY22", {"2022"}),
        ("Q3 2023", {"q3", "2023"}),
        ("the third quarter of 2024", {"q3", "2024"}),
        ("March 2022", {"march", "2022"}),
        ("2022/23", {"2022", "2023"}),
        ("you may go", set()),
        ("room 20190", set()),
    ],
)
def test_periods_are_found_however_they_are_written(text: str, found: set[str]) -> None:
    assert periods(text) == found


def test_years_are_periods_and_figures_are_not_years() -> None:
    assert years("Q3 2023") == {"2023"}
    assert figures("In 2023 we sold 9,846 at 3.5") == ["9,846", "3.5"]


def test_names_are_capitals_inside_a_sentence() -> None:
    assert names("What did Norrland Steel say about Germany? The IBM report.") == ["Norrland Steel", "Germany", "IBM"]
