"""The tool that tells how far jobs are."""

import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from agent.models.cards import cards
from agent.models.meaning import Meaning
from agent.models.routing import route
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard import BackendError, Conversation, Job, MessageId, Principal, Tool, ToolContext, ToolFailed, ToolResult
from switchboard.plugins import Setup
from switchboard.reply import Reply
from switchboard.settings import load
from switchboard.storage import JobState
from switchboard.testing.samples import FULL_REPLY, a_conversation, a_job
from tools.encoding import sentence_encoder
from tools.jobs import texts

HERE = a_conversation()


class Never:
    def is_set(self) -> bool:
        return False


async def check(*jobs: Job, job: str = "", store: MemoryJobStore | None = None) -> ToolResult:
    """What the tool says in a conversation with these jobs."""
    store = store or MemoryJobStore()
    for each in jobs:
        await store.create(each)
    context = ToolContext(
        conversation=HERE,
        principal=Principal(id="ann"),
        message_id=MessageId("m1"),
        call_id="c1",
        deadline=time.monotonic() + 10,
        emit=lambda event: None,
        cancelled=Never(),
        blobs=MemoryBlobStore(),
        jobs=store,
    )
    return await tool().function(context, job=job)


def tool() -> Tool:
    (point,) = entry_points(group="switchboard.tools", name="check_job")
    made: Tool = point.load()(Setup(load(None, {})))
    return made


def job(name: str = "0123456789abcdef", state: JobState = "running", **fields: object) -> Job:
    return replace(a_job(name, conversation=HERE), state=state, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("it", "sentence"),
    [
        (job(state="queued"), "The summarize job 01234567 waits for its turn."),
        (
            job(state="queued", attempts=1, progress=(3, 9)),
            "The summarize job 01234567 waits to be tried again: 3 of 9.",
        ),
        (
            job(text="Reading\npage 3.", progress=(3, 9)),
            "The summarize job 01234567 is under way: Reading page 3, 3 of 9.",
        ),
        (job(cancelling=True), "The summarize job 01234567 is being stopped."),
        (job(state="succeeded"), "The summarize job 01234567 is done."),
        (job(state="partial"), "The summarize job 01234567 is done, but something is missing."),
        (job(state="failed"), "The summarize job 01234567 has failed."),
        (job(state="cancelled"), "The summarize job 01234567 was cancelled."),
    ],
)
async def test_a_jobs_state_is_told_in_words(it: Job, sentence: str) -> None:
    assert (await check(it)).text == sentence
    assert (await check(it, job=it.id)).text == sentence


async def test_a_result_is_given_with_its_sources_and_files() -> None:
    found = await check(job(state="partial", result=FULL_REPLY))
    assert found.text.endswith("\n\nHello")
    assert found.citations == FULL_REPLY.citations
    assert found.artifacts == FULL_REPLY.artifacts
    assert found.warnings == FULL_REPLY.warnings


async def test_of_a_long_result_the_beginning_is_given_and_said_to_be_that() -> None:
    found = await check(job(state="succeeded", result=Reply(text="x" * 10_000, status="complete")))
    assert found.text.count("x") == texts.LONGEST
    assert "That is how it begins" in found.text


async def test_all_that_goes_on_is_listed_and_what_has_ended_is_not() -> None:
    found = await check(
        job("first", created_at=1.0), job("second", created_at=2.0), job("third", "succeeded", created_at=3.0)
    )
    assert found.text == "- The summarize job second is under way.\n- The summarize job first is under way."
    assert [each["id"] for each in found.data["jobs"]] == ["second", "first"]


async def test_where_nothing_goes_on_the_newest_end_is_told() -> None:
    found = await check(job("first", "failed", created_at=1.0), job("second", "succeeded", created_at=2.0))
    assert found.text == "The summarize job second is done."


async def test_where_nothing_was_begun_one_is_told_so() -> None:
    assert (await check()).text == texts.NONE


@pytest.mark.parametrize("name", ["unknown", "theirs", "../theirs", "", "\0", "🤖" * 500])
async def test_a_job_of_another_conversation_is_as_unknown_as_none(name: str) -> None:
    elsewhere = Conversation(tenant=HERE.tenant, channel=HERE.channel, room="elsewhere")
    found = await check(replace(job("theirs", "succeeded", result=FULL_REPLY), conversation=elsewhere), job=name)
    assert found == ToolResult(text=texts.NOT_THERE if name else texts.NONE, data={"jobs": []})


async def test_a_store_that_fails_is_told_as_something_to_try_again() -> None:
    class Broken(MemoryJobStore):
        async def list_jobs(self, **_: object) -> Sequence[Job]:  # type: ignore[override]
            raise BackendError(service="jobs", operation="list", code="busy", retryable=True)

    with pytest.raises(ToolFailed) as caught:
        await check(store=Broken())
    assert caught.value.retryable


ROUTES = [
    ("is it ready?", "check_job"),
    ("Is it ready yet", "check_job"),
    ("how far is my summary", "check_job"),
    ("what happened to the job?", "check_job"),
    ("are you done?", "check_job"),
    ("is the summary finished?", "check_job"),
    ("status of job 01234567", "check_job"),
    ("What is the status of the Brightwater supply?", "search_documents"),
    ("How far is the depot from the station?", "search_documents"),
    ("When is the ready-made frame delivered?", "search_documents"),
    ("What happened in the first quarter?", "search_documents"),
    ("How long does a warranty claim take?", "search_documents"),
    ("What does the job description say about travel?", "search_documents"),
    ("How many jobs were cut in 2025?", "search_documents"),
    ("Which documents are there?", "list_documents"),
]


@pytest.mark.parametrize(("said", "expected"), ROUTES, ids=[said for said, _ in ROUTES])
def test_the_embedded_model_asks_it_for_what_goes_on_and_for_nothing_else(
    said: str, expected: str, tmp_path: Path, meaning: Meaning
) -> None:
    setup = Setup(load(None, {"SWITCHBOARD_DATA_DIR": str(tmp_path)}))
    bound = [
        {"function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters}}
        for tool in setup.tools
    ]
    found = route(said, cards(bound), meaning).tool
    assert found is not None
    assert found.name == expected


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(sentence_encoder())
