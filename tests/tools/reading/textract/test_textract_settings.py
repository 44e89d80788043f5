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
        read(features="EXPENSES")


def test_tables_without_the_layout_would_be_paid_for_and_not_used() -> None:
    with pytest.raises(ConfigError, match="TABLES needs LAYOUT"):
        read(features="TABLES")


def test_questions_are_asked_under_their_names() -> None:
    settings = load(None, {"SWITCHBOARD_TOOLS__TEXTRACT__FEATURES": "FORMS"})
    own = textract_settings(settings).model_copy(update={"queries": {"total": "What is the total?"}})
    assert own.wanted.parameters == {
        "FeatureTypes": ["FORMS", "QUERIES"],
        "QueriesConfig": {"Queries": [{"Text": "What is the total?", "Alias": "total"}]},
    }


@pytest.mark.parametrize(
    "queries", [{"total": ""}, {"total": "Wie hoch ist die Größe?"}, {f"q{n}": "What?" for n in range(16)}]
)
def test_questions_that_textract_would_refuse_are_told_at_the_start(queries: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="queries"):
        TextractSettings(queries=queries)


async def test_with_scans_alone_text_layers_are_read_here() -> None:
    variables = {"BACKENDS__READER": "textract", "AWS__BUCKET": "files", "TOOLS__TEXTRACT__PAGES": "scans"}
    reader = Setup(load(None, {f"SWITCHBOARD_{name}": value for name, value in variables.items()})).backend("reader")
    assert reader.quality.startswith("scans in PDF")
    await reader.close()


async def test_the_reader_is_found_by_its_name() -> None:
    settings = load(None, {"SWITCHBOARD_BACKENDS__READER": "textract", "SWITCHBOARD_AWS__BUCKET": "files"})
    reader = Setup(settings).backend("reader")
    assert isinstance(reader, TextractReader)
    await reader.close()


def test_the_reader_needs_a_bucket() -> None:
    with pytest.raises(ConfigError, match="do not name it"):
        Setup(load(None, {"SWITCHBOARD_BACKENDS__READER": "textract"})).backend("reader")
