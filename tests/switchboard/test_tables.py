"""A plug-in's table is checked, and what is wrong with it is told with a way out and without its value."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from switchboard import ConfigError
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.tables import table


class Pager(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    token: SecretStr
    most: int = Field(5, ge=1)


def set_to(**values: str) -> Setup:
    return Setup(load(None, {f"SWITCHBOARD_CHANNELS__PAGER__{name.upper()}": value for name, value in values.items()}))


def test_a_table_is_what_the_settings_say_and_else_the_defaults() -> None:
    made = set_to(token="t").table("channels", "pager", Pager)
    assert (made.token.get_secret_value(), made.most) == ("t", 5)


def test_a_tools_table_is_read_in_the_same_way() -> None:
    settings = load(None, {"SWITCHBOARD_TOOLS__PAGER__TOKEN": "t"})
    assert table(settings, "tools", "pager", Pager).token.get_secret_value() == "t"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "channels.pager.token: It is missing."),
        ({"token": "t", "most": "0"}, "channels.pager.most: Input should be greater"),
        ({"tokn": "hidden"}, "SWITCHBOARD_CHANNELS__PAGER__TOKN"),
    ],
)
def test_what_is_wrong_is_named_with_where_it_is_set(values: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        set_to(**values).table("channels", "pager", Pager)
    assert said in str(raised.value)
    assert "there are: token, most." in str(raised.value)
    assert "hidden" not in str(raised.value)


def test_a_page_is_named_where_there_is_one() -> None:
    with pytest.raises(ConfigError, match=r"docs/pager\.md lists what there is"):
        set_to().table("channels", "pager", Pager, page="docs/pager.md")


def test_a_table_that_is_none_is_told() -> None:
    with pytest.raises(ConfigError, match=r"There is no setting channels\.pager, unless as a table"):
        load(None, {"SWITCHBOARD_CHANNELS__PAGER": "5"})
