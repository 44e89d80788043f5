"""Neutralising text, links and file names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.terminal.clean import clean, file_name, one_line, typed, web_link

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7f\r"


def test_control_characters_become_visible() -> None:
    assert clean("a\x1b[31mb\x07\x7f") == "a␛[31mb␇␡"


def test_eight_bit_control_characters_are_replaced() -> None:
    assert clean("\x9b31m") == "\ufffd31m"


def test_text_can_not_be_turned_round() -> None:
    assert clean("invoice\u202efdp.exe") == "invoice\ufffdfdp.exe"


def test_half_a_surrogate_is_replaced_so_that_it_can_be_printed() -> None:
    assert clean("\ud800").encode() == "\ufffd".encode()


def test_lines_and_tabs_stay_readable() -> None:
    assert clean("a\r\nb\tc\u2028d") == "a\nb    c\nd"


def test_letters_of_all_scripts_stay() -> None:
    text = "Größe, Ελλάδα, 日本語, שלום, مرحبا, 👩\u200d🔬"
    assert clean(text) == text


@given(st.text(alphabet=st.characters()))
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    left = {char for char in clean(text) if ord(char) < 32 or 0x7F <= ord(char) < 0xA0}
    assert left <= {"\n"}


def test_a_title_is_one_line() -> None:
    assert one_line(" A\n title\x1b[0m ") == "A title␛[0m"


@pytest.mark.parametrize("link", ["https://example.com/a?b=c#page=3", "http://localhost:8080/x"])
def test_an_address_on_the_web_is_a_link(link: str) -> None:
    assert web_link(link) == link


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "file:///etc/passwd", "https://", "//host", "http://[", "x"]
)
def test_anything_else_is_no_link(link: str) -> None:
    assert web_link(link) == ""


def test_a_link_can_not_break_out_of_its_escape_sequence() -> None:
    assert web_link("https://e.com/\x1b\\\x07 é") == "https://e.com/%1B%5C%07%20%C3%A9"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("a\x1b[31m<b>.pdf", "a_31m_b_.pdf"),
        ("Übersicht 2023 (final).docx", "Übersicht 2023 (final).docx"),
        ("///", "document"),
        ("", "document"),
    ],
)
def test_a_file_name_is_made_harmless(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_a_long_file_name_keeps_its_ending() -> None:
    assert file_name("x" * 300 + ".pdf") == "x" * 96 + ".pdf"


@given(st.text(alphabet=st.characters()))
def test_a_file_name_is_always_one_plain_component(name: str) -> None:
    safe = file_name(name)
    assert safe
    assert len(safe) <= 100
    assert not set(safe) & set("/\\\n\x1b")
    assert safe[0] not in ".-"


def test_undecodable_bytes_on_the_command_line_become_text() -> None:
    assert typed("caf\udce9") == "caf\ufffd"
