"""Markdown as plain text: marks go, words and addresses stay."""

import pytest

from switchboard.plain import plain, spoken


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# Heading #1", "Heading #1"),
        ("**bold** *em* _em_ __strong__ `a*b*c`", "bold em em strong a*b*c"),
        ("snake_case_name 2*3*4 a * b * c", "snake_case_name 2*3*4 a * b * c"),
        ("[a](https://b.example) ![c](https://d.example)", "a (https://b.example) c (https://d.example)"),
        ("<https://b.example>", "https://b.example"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", " a | b \n 1 | 2 "),
        ("```py\n**x** # y\n```\n**z**", "(py)\n**x** # y\nz"),
        ("~~~\n```\n~~~", "```"),
        ("- [x] done", "- [x] done"),
        ("__init__.py and a__b__c", "__init__.py and a__b__c"),
        ("https://b.example/_a_?c=_d_", "https://b.example/_a_?c=_d_"),
    ],
)
def test_marks_go_and_words_stay(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_what_is_spoken_has_no_numbers_of_citations() -> None:
    assert spoken("It is **40 euros** [1].") == "It is 40 euros."
