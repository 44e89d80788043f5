"""What every tool must do, done by the summary's, too."""

from pathlib import Path
from typing import ClassVar

import pytest

from switchboard import Tool
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.tool import ToolContract
from tools.summaries import assembling, summarize_document, summary
from tools.summaries.assembling import maker
from tools.summaries.buckets import BucketFetcher
from tools.summaries.fetching import WebFetcher
from tools.summaries.settings import SummarySettings


class TestSummarizeDocument(ToolContract):
    """As the embedded profile has it."""

    arguments: ClassVar[dict[str, str]] = {"document": "the travel policy"}

    @pytest.fixture
    def tool(self, tmp_path: Path) -> Tool:
        return summarize_document(Setup(load(None, {"SWITCHBOARD_DATA_DIR": str(tmp_path)})))


def test_tool_and_job_are_installed_under_their_names(tmp_path: Path) -> None:
    setup = Setup(load(None, {"SWITCHBOARD_DATA_DIR": str(tmp_path)}))
    assert "summarize_document" in {tool.name for tool in setup.tools}
    assert setup.jobs["summary"].name == summary(setup).name == "summary"


def test_links_are_followed_to_the_places_that_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = Setup(load(None, {"SWITCHBOARD_DATA_DIR": str(tmp_path)}))
    assert maker(setup).locator.fetchers == {}
    hosts = ("docs.example.org", "s3://reports")
    monkeypatch.setattr(assembling, "summary_settings", lambda settings: SummarySettings(hosts=hosts))
    fetchers = maker(setup).locator.fetchers
    assert sorted(fetchers) == ["https", "s3"]
    web, bucket = fetchers["https"], fetchers["s3"]
    assert isinstance(web, WebFetcher)
    assert web.hosts == ("docs.example.org",)
    assert isinstance(bucket, BucketFetcher)
    assert bucket.buckets == {"reports"}
    assert bucket.client() is bucket.client()


def test_a_hosted_model_writes_and_the_embedded_one_quotes(tmp_path: Path) -> None:
    variables = {"SWITCHBOARD_DATA_DIR": str(tmp_path)}
    quoting = maker(Setup(load(None, variables)))
    assert (type(quoting.summarizer).__name__, quoting.model) == ("ExtractiveSummarizer", "")
    name = "openai-compatible:http://127.0.0.1:9/v1#some"
    hosted = load(None, {**variables, "SWITCHBOARD_BACKENDS__CHAT_MODEL": name})
    writing = maker(Setup(hosted, given={"chat_model": object()}))
    assert (type(writing.summarizer).__name__, writing.model) == ("WrittenSummarizer", name)
