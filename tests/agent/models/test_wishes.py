import pytest

from agent.models.wishes import focus, language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Summarise this in German", "de"),
        ("Sum it up in French, please.", "fr"),
        ("Fasse das auf Englisch zusammen", ""),
        ("Fasse das zusammen, auf Englisch bitte", "en"),
        ("Résume ce document en espagnol", "es"),
        ("Summarise the sales in German factories", ""),
        ("Translate from German into Italian", "it"),
        ("Summarise the German contract", ""),
        ("", ""),
    ],
)
def test_a_language_is_wanted_where_a_clause_ends_with_it(text: str, code: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Summarise this with a focus on risks and deadlines", "risks and deadlines"),
        ("Summarise the report, focusing on the outlook, please.", "the outlook"),
        ("Sum up what it says about liability in German", "liability"),
        ("Summarise the contract, especially: termination!", "termination"),
        ("Fasse das Dokument zusammen, vor allem die Kosten", "die Kosten"),
        ("Résume le rapport, notamment les risques", "les risques"),
        ("Summarise this", ""),
    ],
)
def test_what_matters_above_all_is_what_stands_behind_such_words(text: str, about: str) -> None:
    assert focus(text) == about
