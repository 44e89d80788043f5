"""The table ``[tools.textract]``, and the reader that is made of it."""

import pytest

from switchboard import ConfigError
from switchboard.plugins import Setup
from switchboard.settings import load
from tools.reading.textract.reader import TextractReader
from tools.reading.textract.settings import TextractSettings, textract_settings


def read(**given: str) -> TextractSettings:
    variables = {f"SWITCHBOARD_TOOLS__TEXTRACT__{name.upper()}": value for name, value in given.items()}
    return textract_settings(load(None, variables))


def test_layout_and_tables_are_asked_for() -> None:
    assert read().features == ("LAYOUT", "TABLES")


def test_the_same_features_in_another_order_are_the_same_request() -> None:
    assert read(features="TABLES,LAYOUT,TABLES") == read()


def test_words_alone_can_be_asked_for() -> None:
    assert read(features="").features == ()


def test_a_feature_that_is_not_read_is_told() -> None:
    with pytest.raises(ConfigError, match="features"):
        read(features="FORMS")


async def test_the_reader_is_found_by_its_name() -> None:
    settings = load(None, {"SWITCHBOARD_BACKENDS__READER": "textract", "SWITCHBOARD_AWS__BUCKET": "files"})
    reader = Setup(settings).backend("reader")
    assert isinstance(reader, TextractReader)
    await reader.close()


def test_the_reader_needs_a_bucket() -> None:
    with pytest.raises(ConfigError, match="do not name it"):
        Setup(load(None, {"SWITCHBOARD_BACKENDS__READER": "textract"})).backend("reader")
