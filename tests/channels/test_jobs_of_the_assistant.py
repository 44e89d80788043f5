"""Jobs from the tool that begins one to the person who reads the result, with the real assistant at work."""

import asyncio
from io import StringIO
from pathlib import Path

from rich.console import Console

from channels.terminal import TerminalChannel
from channels.terminal.once import Ask, once
from channels.terminal.opened import Opened
from switchboard import Principal, Reply
from switchboard.decorating import tool
from switchboard.jobs import JobContext, JobKind, job
from switchboard.testing.models import Call
from switchboard.testing.running import running
from switchboard.tools import ToolContext, ToolResult
from tests.channels.websocket.conftest import Client, site_of

ASK = {"type": "message", "id": "message-1", "text": "Read it all"}
SCRIPT = (Call("read_all", name="the report"), "I'm on it.")


@tool
async def read_all(context: ToolContext, *, name: str) -> ToolResult:
    """Read a document from its beginning to its end.

    Args:
        name: Which.
    """
    await context.start_job("reading", {"name": name}, text="Reading it all.")
    return ToolResult(text="It has begun.", status="complete")


def reading(go: asyncio.Event) -> JobKind:
    """A job that waits in the middle."""

    @job(name="reading")
    async def read(context: JobContext) -> Reply:
        await context.progress("Reading page 1", done=1, total=2)
        await go.wait()
        return Reply(text=f"All of {context.arguments['name']}.", status="complete")

    return read


async def ended(client: Client) -> tuple[str, str]:
    """How the job ends, and what the turn with its result says."""
    states = []
    while True:
        frame = await client.hear()
        if frame["type"] == "job":
            states.append(frame["state"])
        if frame["type"] == "turn" and frame["turn"]["job"]:
            return states[-1], (await client.events())[-1]["text"]


async def test_a_socket_that_comes_back_hears_of_the_job_and_gets_its_result() -> None:
    go = asyncio.Event()
    kinds = [reading(go)]
    async with running(SCRIPT, tools=[read_all], job_kinds=kinds, works=True) as assistant, site_of(assistant) as site:
        first = await site.chat(hello={})
        await first.say(**ASK)
        while (news := await first.hear("job"))["done"] == 0:
            pass
        assert (news["text"], news["total"]) == ("Reading page 1", 2)
        first.socket.transport.abort()
        second = await site.chat(hello={"conversation": first.welcome["conversation"]})
        assert (await second.hear("job"))["message_id"] == "message-1"
        go.set()
        assert await ended(second) == ("succeeded", "All of the report.")


async def test_a_socket_cancels_a_job_and_is_told_so() -> None:
    kinds = [reading(asyncio.Event())]
    async with running(SCRIPT, tools=[read_all], job_kinds=kinds, works=True) as assistant, site_of(assistant) as site:
        client = await site.chat(hello={})
        await client.say(**ASK)
        while (news := await client.hear("job"))["done"] == 0:
            pass
        await client.say(type="cancel_job", job_id=news["job_id"])
        state, text = await ended(client)
        assert state == "cancelled"
        assert text


async def test_a_script_gets_the_result_and_nothing_else(tmp_path: Path) -> None:
    go = asyncio.Event()
    go.set()
    out, aside = (Console(file=StringIO(), markup=False) for _ in range(2))
    async with running(SCRIPT, tools=[read_all], job_kinds=[reading(go)], works=True) as assistant:
        code = await once(
            Ask(text="Read it all"),
            assistant=assistant,
            channel=TerminalChannel(tenant="local", console=out),
            principal=Principal(id="ann", verified=True),
            aside=aside,
            opened=Opened(tmp_path),
            upload_limit=1,
        )
    assert (code, out.file.getvalue()) == (0, "All of the report.\n")  # type: ignore[attr-defined]
