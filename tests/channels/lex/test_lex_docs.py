"""The page about Lex says the numbers and the settings that the code has."""

import re
from pathlib import Path

from channels.lex import limits
from channels.lex.settings import LexSettings

PAGE = (Path(__file__).parents[3] / "docs" / "lex.md").read_text(encoding="utf-8")


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    table = PAGE.partition("| limit of the service |")[2].partition("\n\n")[0]
    numbers = [float(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+) \|$", table, re.MULTILINE)]
    assert numbers == [
        limits.INPUT_TEXT,
        limits.MESSAGE_TEXT,
        limits.MESSAGES,
        limits.CARD_FIELD,
        limits.BUTTONS,
        limits.BUTTON_FIELD,
        limits.REPLY_BYTES,
        limits.OWN_ATTRIBUTE_BYTES,
        limits.FULFILMENT_SECONDS,
    ]


def test_every_setting_of_the_page_is_there_with_its_default_and_the_other_way_round() -> None:
    table = PAGE.partition("| setting in `[channels.lex]` |")[2].partition("\n\n")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", table, re.MULTILINE))
    assert rows.keys() == LexSettings.model_fields.keys()
    for name, default in {"text": '`"PlainText"`', "port": "`8081`", "token_attribute": '`"switchboardToken"`'}.items():
        assert rows[name] == default
        assert str(LexSettings.model_fields[name].default) in default
