"""The table ``[tools.summaries]``."""

from typing import Any

import pytest

from switchboard import ConfigError
from switchboard.settings import Settings
from tools.summaries.settings import SummarySettings, summary_settings


def settings(**table: Any) -> SummarySettings:
    return summary_settings(Settings.model_validate({"tools": {"summaries": table}}))


def test_nothing_is_fetched_by_default() -> None:
    assert settings().hosts == ()


def test_hosts_and_buckets_are_named_in_a_list_or_a_variable() -> None:
    assert settings(hosts=["docs.example.org"]).hosts == ("docs.example.org",)
    assert settings(hosts="*.example.org,s3://reports").hosts == ("*.example.org", "s3://reports")


@pytest.mark.parametrize(
    "host", ["https://docs.example.org", "docs.example.org/a", "Docs.example.org", "*", "*.", "s3://", "a:443", ""]
)
def test_what_is_no_host_is_told(host: str) -> None:
    with pytest.raises(ConfigError, match=r"^tools\.summaries\.hosts: .* is neither a host"):
        settings(hosts=[host])


def test_an_unknown_setting_is_told_with_its_variable() -> None:
    with pytest.raises(ConfigError, match="SWITCHBOARD_TOOLS__SUMMARIES__CHUNKS"):
        settings(chunks=3)
