"""Written summaries with the real client of Bedrock, over the wire to a fake of its Converse API."""

import re
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

from agent.models.bedrock import bedrock_chat_model
from switchboard import ToolFailed
from switchboard.testing.aws import FakeAws, FakeBedrock, Parameters, ServiceFault, Trouble
from switchboard.testing.aws.bedrock import said
from tests.tools.summaries.written_shared import PLACES, Clock, a_document, long_document
from tools.reading.backend import Document
from tools.summaries.asking import Asking
from tools.summaries.backend import Summary
from tools.summaries.pace import Pace
from tools.summaries.written import WrittenSummarizer

ROOM = 3_500
"""Characters that the model takes in."""


def answer(request: Parameters) -> str:
    """A note on each page that is marked, or else the notes that are there; declines what is about page 13."""
    prompt = said(request)
    if len(prompt) > ROOM:
        raise ServiceFault("ValidationException", "Input is too long for requested model.")
    pages = PLACES.findall(prompt)
    if "13" in pages:
        return "I'm sorry, but I can't help with that."
    notes = [f"- Fact {page} is {page}00 EUR. [p. {page}]" for page in pages]
    return "\n".join(notes or re.findall(r"^- Fact .+$", prompt, re.MULTILINE))


class Asked:
    """A fake of Bedrock, and documents summarised by the models that it holds."""

    def __init__(self, bedrock: FakeBedrock, url: str) -> None:
        self.bedrock = bedrock
        self.clock = Clock()
        once = Config(retries={"total_max_attempts": 1}, region_name="eu-west-1")
        client = boto3.client("bedrock-runtime", endpoint_url=url, config=once)
        model = bedrock_chat_model("anthropic.claude-3-haiku-20240307-v1:0", client=client, region_name="eu-west-1")
        pace = Pace(parallel=4, per_minute=60_000, clock=self.clock, sleep=self.clock.sleep, jitter=lambda: 0.5)
        self.asking = Asking(model=model, name="bedrock:haiku", pace=pace, attempts=6)

    async def summary(self, document: Document, *, chunk_tokens: int = 400) -> Summary:
        return await WrittenSummarizer(self.asking, chunk_tokens=chunk_tokens).summarize(document)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    bedrock = FakeBedrock(answer)
    with FakeAws(bedrock) as aws:
        for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
            monkeypatch.setenv(name, value)
        yield Asked(bedrock, aws.url)


def pages(summary: Summary) -> set[int]:
    return {page for sentence in summary.sentences for page in sentence.pages}


async def test_each_part_is_asked_about_once_and_its_cost_is_told(asked: Asked) -> None:
    summary = await asked.summary(long_document(6))
    assert (pages(summary), summary.missing) == (set(range(1, 7)), ())
    prompts = [str(request["messages"]) for request in asked.bedrock.called("Converse")]
    assert len(prompts) == len(set(prompts)) == 3 + 1
    assert summary.input_tokens > sum(map(len, prompts)) // 5


async def test_a_part_that_is_too_long_is_halved_until_the_model_takes_it(asked: Asked) -> None:
    summary = await asked.summary(long_document(10), chunk_tokens=1_000)
    assert (pages(summary), summary.missing) == (set(range(1, 11)), ())


async def test_what_the_model_declines_is_named_and_the_rest_is_there(asked: Asked) -> None:
    summary = await asked.summary(long_document(13), chunk_tokens=200)
    assert pages(summary) == set(range(1, 13))
    assert summary.missing == ("page 13, as the language model did not answer for it",)


async def test_a_document_that_is_declined_whole_is_told_so(asked: Asked) -> None:
    with pytest.raises(ToolFailed, match="declined"):
        await asked.summary(a_document(*[""] * 12, "Fact 13 is 1300 EUR."))


async def test_throttling_that_the_client_does_not_wait_out_slows_all_calls_down(asked: Asked) -> None:
    asked.bedrock.trouble("Converse", *[Trouble(code="ThrottlingException")] * 5)
    assert pages(await asked.summary(a_document("Fact 1 is 100 EUR."))) == {1}
    assert len(asked.clock.slept) == 5
