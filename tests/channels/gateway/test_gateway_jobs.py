"""Jobs at a gateway: their progress is told to the windows, and the result comes as a turn of its own."""

import asyncio

from agent.showing import show_job
from switchboard.decorating import tool
from switchboard.jobs import JobContext, JobKind, job
from switchboard.reply import Reply
from switchboard.testing.models import Call
from switchboard.tools import ToolContext, ToolResult

from .stage import Client, Stage, a_stage

ASK = {"type": "message", "id": "message-1", "text": "Read it all"}
SCRIPT = (Call("read_everything"), "I'm on it.")


@tool
async def read_everything(context: ToolContext) -> ToolResult:
    """Read everything from its beginning to its end."""
    await context.start_job("reading", {}, text="Reading it all.")
    return ToolResult(text="It has begun.", status="complete")


def reading(go: asyncio.Event) -> JobKind:
    @job(name="reading")
    async def read(context: JobContext) -> Reply:
        await context.progress("Reading page 1", done=1, total=2)
        await go.wait()
        return Reply(text="All of it.", status="complete")

    return read


async def begun(stage: Stage) -> Client:
    """A client whose message has begun a job that is in the middle."""
    stage.assistant.working.hear = lambda job: show_job(stage.assistant, {"gateway": stage.channel}, job)
    client = await stage.connect("one")
    await client.hello()
    await client.say(**ASK)
    await stage.until(lambda: any(frame["done"] == 1 for frame in client.heard("job")))
    return client


async def test_progress_is_told_and_the_result_comes_as_a_turn() -> None:
    go = asyncio.Event()
    async with a_stage(SCRIPT, tools=[read_everything], job_kinds=[reading(go)], works=True) as stage:
        client = await begun(stage)
        go.set()
        await stage.until(lambda: bool(client.heard("turn")))
        (turn,) = [frame["turn"] for frame in client.heard("turn")]
        assert (turn["reply_to"], turn["reply"]["text"], turn["state"]) == ("message-1", "All of it.", "done")
        assert turn["job"] == client.heard("job")[0]["job_id"]


async def test_a_window_that_comes_back_hears_of_the_job() -> None:
    go = asyncio.Event()
    async with a_stage(SCRIPT, tools=[read_everything], job_kinds=[reading(go)], works=True) as stage:
        client = await begun(stage)
        back = await stage.connect("two")
        await back.hello(client.welcome["conversation"])
        assert [frame["state"] for frame in back.heard("job")] == ["running"]  # the store may be a second behind
        go.set()


async def test_a_job_can_be_cancelled() -> None:
    async with a_stage(SCRIPT, tools=[read_everything], job_kinds=[reading(asyncio.Event())], works=True) as stage:
        client = await begun(stage)
        await client.say(type="cancel_job", job_id=client.heard("job")[0]["job_id"])
        await stage.until(lambda: client.heard("job")[-1]["state"] == "cancelled" or bool(client.heard("turn")))
        assert client.heard("turn") or client.heard("job")[-1]["state"] == "cancelled"


async def test_a_job_of_another_conversation_can_not_be_cancelled() -> None:
    go = asyncio.Event()
    async with a_stage(SCRIPT, tools=[read_everything], job_kinds=[reading(go)], works=True) as stage:
        client = await begun(stage)
        other = await stage.connect("two")
        await other.hello()
        job_id = client.heard("job")[0]["job_id"]
        await other.say(type="cancel_job", job_id=job_id)
        found = await stage.setup.backend("jobs").get(job_id)
        assert not found.cancelling
        go.set()
