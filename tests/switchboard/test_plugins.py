"""Plug-ins are found by name and imported only when they are used."""

from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from switchboard import ConfigError, Tool, ToolContext, ToolResult, tool
from switchboard import plugins as plugins_module
from switchboard.jobs import JobContext, JobKind, job
from switchboard.plugins import Setup
from switchboard.reply import Reply
from switchboard.settings import Settings, load


@tool
async def ping(context: ToolContext) -> ToolResult:
    """Answer pong."""
    return ToolResult(text="pong")


def made_ping(setup: Setup) -> Tool:
    return ping


def store(setup: Setup, name: str) -> object:
    return {"name": name, "tenant": setup.settings.tenant}


@job(name="count")
async def count(context: JobContext) -> Reply:
    return Reply(text="1, 2, 3", status="complete")


def made_count(setup: Setup) -> JobKind:
    return count


POINTS = [
    EntryPoint("ping", f"{__name__}:ping", "switchboard.tools"),
    EntryPoint("broken", "no_such_module:thing", "switchboard.tools"),
    EntryPoint("blobs.shelf", f"{__name__}:store", "switchboard.backends"),
    EntryPoint("chat_model.*", f"{__name__}:store", "switchboard.backends"),
    EntryPoint("line", f"{__name__}:made_ping", "switchboard.channels"),
]


JOBS = [EntryPoint("count", f"{__name__}:{name}", "switchboard.jobs") for name in ("count", "made_count")]


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins_module, "entry_points", lambda: EntryPoints(POINTS))


def settings(**tables: Any) -> Settings:
    environ = {f"SWITCHBOARD_{table.upper()}": value for table, value in tables.items()}
    return load(None, environ)


@pytest.mark.usefixtures("points")
def test_a_backend_is_made_once_from_the_name_in_the_settings() -> None:
    setup = Setup(settings(backends__blobs="shelf", tenant="acme"))
    assert setup.backend("blobs") == {"name": "shelf", "tenant": "acme"}
    assert setup.backend("blobs") is setup.backend("blobs")


@pytest.mark.usefixtures("points")
def test_a_role_that_takes_any_name_gets_the_whole_of_it() -> None:
    setup = Setup(settings(backends__chat_model="bedrock:some.model-v1:0"))
    assert setup.backend("chat_model")["name"] == "bedrock:some.model-v1:0"


@pytest.mark.usefixtures("points")
def test_a_backend_that_is_given_is_used_instead() -> None:
    assert Setup(settings(), given={"blobs": 7}).backend("blobs") == 7


@pytest.mark.usefixtures("points")
def test_a_backend_that_is_not_installed_is_told_with_what_is() -> None:
    with pytest.raises(ConfigError, match=r"no blobs called 's3'.*Installed are: shelf"):
        Setup(settings(backends__blobs="s3")).backend("blobs")
    with pytest.raises(ConfigError, match="Did you mean shelf"):
        Setup(settings(backends__blobs="self")).backend("blobs")


@pytest.mark.usefixtures("points")
def test_only_enabled_tools_are_imported() -> None:
    assert Setup(settings(tools__enabled="ping")).tools == (ping,)
    with pytest.raises(ConfigError, match="broken can't be loaded"):
        _ = Setup(settings()).tools


@pytest.mark.usefixtures("points")
def test_a_tool_that_is_not_installed_is_told() -> None:
    with pytest.raises(ConfigError, match=r"no tool called 'pin'. Did you mean ping"):
        _ = Setup(settings(tools__enabled="pin")).tools


@pytest.mark.usefixtures("points")
def test_two_tools_can_not_have_one_name() -> None:
    with pytest.raises(ConfigError, match="Two tools are called ping"):
        _ = Setup(settings(tools__enabled="ping"), extra_tools=(ping,)).tools


@pytest.mark.usefixtures("points")
def test_a_channel_has_to_be_enabled() -> None:
    assert Setup(settings()).channel("line") is ping
    with pytest.raises(ConfigError, match=r"no channel called 'lime'. Did you mean line"):
        Setup(settings()).channel("lime")


def test_what_is_installed_is_read_once_for_all_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([EntryPoints(POINTS)])
    monkeypatch.setattr(plugins_module, "entry_points", lambda: next(readings))
    setup = Setup(settings(tools__enabled="ping"))
    assert [plugin.name for plugin in setup.installed("switchboard.tools")] == ["broken", "ping"]
    assert [plugin.name for plugin in setup.installed("switchboard.channels")] == ["line"]


@pytest.mark.usefixtures("points")
def test_what_is_installed_is_listed_without_importing_it() -> None:
    listed = Setup(settings(tools__enabled="ping")).installed("switchboard.tools")
    assert [(plugin.name, plugin.enabled) for plugin in listed] == [("broken", False), ("ping", True)]


@pytest.mark.parametrize("point", JOBS)
def test_a_kind_of_job_is_found_as_it_is_or_made(monkeypatch: pytest.MonkeyPatch, point: EntryPoint) -> None:
    monkeypatch.setattr(plugins_module, "entry_points", lambda: EntryPoints([point]))
    assert Setup(settings()).jobs == {"count": count}


def test_a_kind_of_job_has_to_be_installed_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    other = EntryPoint("sum", f"{__name__}:count", "switchboard.jobs")
    monkeypatch.setattr(plugins_module, "entry_points", lambda: EntryPoints([other]))
    with pytest.raises(ConfigError, match="Call the entry point 'count', too"):
        _ = Setup(settings()).jobs


def test_two_kinds_of_jobs_can_not_have_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins_module, "entry_points", lambda: EntryPoints(JOBS[:1]))
    with pytest.raises(ConfigError, match="Two kinds of jobs are called count"):
        _ = Setup(settings(), extra_jobs=[count]).jobs


def test_kinds_of_jobs_that_are_given_are_used_instead() -> None:
    assert Setup(settings(), given={"job_kinds": [count]}).jobs == {"count": count}
