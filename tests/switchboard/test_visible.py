"""What a person agrees to hides nothing."""

import pytest

from switchboard.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë, 3 €", "Zoë, 3 €"),
        ("b\u202egpj.exe\u200b", "b\\u202egpj.exe\\u200b"),
        ("a\nb\x00\ud800", "a\\u000ab\\u0000\\ud800"),
    ],
)
def test_what_can_not_be_seen_is_shown_as_its_code(text: str, shown: str) -> None:
    assert visible(text) == shown
