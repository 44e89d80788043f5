"""The parts of a maker of summaries, as the settings name them."""

from functools import cache, partial

from switchboard.plugins import Setup
from tools.summaries.asking import Asking
from tools.summaries.backend import Summarizer
from tools.summaries.buckets import SCHEME, BucketFetcher
from tools.summaries.fetching import WebFetcher, addresses, dialled
from tools.summaries.locating import Fetcher, Locator
from tools.summaries.making import Maker
from tools.summaries.pace import Pace
from tools.summaries.settings import SummarySettings, summary_settings
from tools.summaries.written import WrittenSummarizer

QUOTING = "embedded"
"""The chat model that writes nothing of its own: with it, sentences are quoted."""


def maker(setup: Setup) -> Maker:
    """What tool and job share, over the same settings and backends."""
    settings = summary_settings(setup.settings)
    name = setup.settings.backends.chat_model
    limit = setup.settings.limits.upload_bytes
    return Maker(
        locator=Locator(library=setup.backend("retriever"), fetchers=_fetchers(setup, settings, limit), limit=limit),
        reader=setup.backend("reader"),
        summarizer=_summarizer(setup, settings, name),
        settings=settings,
        model="" if name == QUOTING else name,
    )


def _summarizer(setup: Setup, settings: SummarySettings, name: str) -> Summarizer:
    if name == QUOTING:
        from tools.summaries.extractive import ExtractiveSummarizer

        return ExtractiveSummarizer()
    pace = Pace(parallel=settings.parallel, per_minute=settings.calls_per_minute)
    asking = Asking(model=setup.backend("chat_model"), name=name, pace=pace, attempts=settings.attempts)
    return WrittenSummarizer(asking, chunk_tokens=settings.chunk_tokens)


def _fetchers(setup: Setup, settings: SummarySettings, limit: int) -> dict[str, Fetcher]:
    hosts = tuple(place for place in settings.hosts if not place.startswith(SCHEME))
    buckets = frozenset(place.removeprefix(SCHEME) for place in settings.hosts if place.startswith(SCHEME))
    found: dict[str, Fetcher] = {}
    if hosts:
        found["https"] = WebFetcher(hosts=hosts, limit=limit, resolve=addresses, dial=dialled)
    if buckets:
        from stores.aws import AwsClient

        aws = setup.settings.aws
        client = cache(partial(AwsClient, "s3", region=aws.region, endpoint=aws.endpoint))
        found["s3"] = BucketFetcher(buckets=buckets, limit=limit, client=client)
    return found
