"""Settings: what may stand in them, and what is said of what may not."""

from pathlib import Path

import pytest

from switchboard import ConfigError
from switchboard.settings import load, names


def written(folder: Path, text: str) -> Path:
    file = folder / "switchboard.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_nothing_set_is_the_embedded_profile() -> None:
    settings = load(None, {})
    assert settings.profile == "embedded"
    assert settings.backends.conversations == "sqlite"
    assert settings.data_dir.is_absolute()


def test_the_profile_gives_the_backends_and_a_table_overrides_them(tmp_path: Path) -> None:
    settings = load(written(tmp_path, 'profile = "aws"\n[backends]\nretriever = "embedded"\n'), {})
    assert (settings.backends.conversations, settings.backends.retriever) == ("dynamodb", "embedded")


def test_a_variable_overrides_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "[channels.websocket]\nport = 1\n")
    assert load(file, {"SWITCHBOARD_CHANNELS__WEBSOCKET__PORT": "2"}).channels.websocket.port == 2


def test_a_list_in_a_variable_is_parted_by_commas() -> None:
    assert load(None, {"SWITCHBOARD_TOOLS__ENABLED": "a,b"}).tools.enabled == ("a", "b")
    assert load(None, {"SWITCHBOARD_TOOLS__ENABLED": ""}).tools.enabled == ()


def test_the_file_can_be_named_by_a_variable(tmp_path: Path) -> None:
    assert load(None, {"SWITCHBOARD_CONFIG": str(written(tmp_path, 'tenant = "acme"'))}).tenant == "acme"


def test_a_channel_that_is_not_built_in_has_its_own_table(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[channels.pager]\nnumber = "5"\n'), {})
    assert settings.channels.model_extra == {"pager": {"number": "5"}}


def test_a_tool_may_have_a_table_of_its_own() -> None:
    settings = load(None, {"SWITCHBOARD_TOOLS__BARBER__CHAIRS": "5"})
    assert settings.tools.model_extra == {"barber": {"chairs": "5"}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('tenant = "a"\n[turn]\nbusi = "queue"\n', "line 3: There is no setting turn.busi. Did you mean turn.busy?"),
        (
            '[turn]\nbusy = "dance"\n',
            "line 2: turn.busy can't be 'dance'. Use 'queue', 'steer', 'interrupt' or 'reject'.",
        ),
        ("[channels.websocket]\n# port\nport = 99999\n", "line 3: channels.websocket.port is not right"),
        ('tenant = "a"\n[turn\n', "line 2: This is not valid TOML"),
        ('turn.busy = "x"\n', "line 1: turn.busy can't be 'x'."),
        (
            '[tools]\nenabeld = ["a"]\n',
            "line 2: There is no setting tools.enabeld, unless as a table. Did you mean tools.enabled?",
        ),
        ("[tools]\ndeadlines = 3\n", "line 2: tools.deadlines is not right"),
        ('profile = "azure"\n', "line 1: profile can't be 'azure'. Use 'embedded' or 'aws'."),
        ("backends = 3\n", "line 1: backends is not right"),
        ("xyzzy = 3\n", "line 1: There is no setting xyzzy."),
    ],
)
def test_a_mistake_is_told_with_its_line_and_its_fix(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), {})
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SWITCHBOARD_TURN__BUSI", "x", "the variable SWITCHBOARD_TURN__BUSI: There is no setting turn.busi."),
        ("SWITCHBOARD_PROFILE", "x", "the variable SWITCHBOARD_PROFILE: profile can't be 'x'."),
        ("SWITCHBOARD_TURN", "x", "the variable SWITCHBOARD_TURN: turn is not right"),
        ("SWITCHBOARD_TENANT", "", "the variable SWITCHBOARD_TENANT: tenant is not right"),
    ],
)
def test_a_mistake_in_a_variable_names_the_variable(name: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {name: value})
    assert says in str(caught.value)


def test_a_named_file_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no such settings file"):
        load(tmp_path / "none.toml", {})


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "switchboard.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="can't be read"):
        load(file, {})
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path, {})


def test_every_setting_has_a_name_of_its_own() -> None:
    listed = list(names())
    assert "turn.busy" in listed
    assert len(set(listed)) == len(listed)
