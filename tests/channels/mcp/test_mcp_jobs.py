"""Work that outlives a call: a handle at once, and the result from check_job; and files that tools make."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from mcp import Client

from channels.mcp import calling
from channels.mcp.calling import Caller
from channels.mcp.server import build
from channels.mcp.workshop import Workshop
from stores.memory import MemoryBlobStore, MemoryJobStore
from switchboard import Artifact, Conversation, Principal, Refused, Reply, ToolContext, ToolResult, Warning, tool
from switchboard.jobs import JobContext, job
from switchboard.testing.running import running
from tools.jobs.tool import check_job

WORKSHOP = Workshop(tenant="local", blobs=MemoryBlobStore(), jobs=MemoryJobStore())
ANN = Principal(id="ann", verified=True)
BOB = Principal(id="bob", verified=True)


@tool
async def read_all(context: ToolContext, *, name: str) -> ToolResult:
    """Read a document from its beginning to its end.

    Args:
        name: Which.
    """
    await context.start_job("reading", {"name": name}, text="Reading it all.")
    return ToolResult(text="It has begun.")


@job(name="reading")
async def reading(context: JobContext) -> Reply:
    return Reply(text=f"All of {context.arguments['name']}.", status="complete")


async def test_a_job_is_begun_and_its_result_is_there_for_its_caller_in_any_session() -> None:
    jobs = MemoryJobStore()
    async with running([], tools=[], job_kinds=[reading], given={"jobs": jobs}, works=True) as assistant:

        def client(principal: Principal) -> Client:
            starting = partial(assistant.working.orders.starter, kinds=assistant.working.kinds)
            workshop = Workshop(tenant="local", blobs=assistant.blobs, jobs=jobs, starting=starting)
            caller = Caller(principal=principal, workshop=workshop)
            return Client(build([read_all, check_job], lambda context: caller))

        async with client(ANN) as connected:
            begun = await connected.call_tool("read_all", {"name": "the report"})
        (handle,) = begun.structured_content["jobs"]
        assert begun.content[0].text.startswith("It has begun.\n\nReading it all. It goes on as the job")
        here = Conversation(tenant="local", channel="mcp", room="ann")
        async for _ in assistant.watch_job(here, handle["id"]):
            pass
        async with client(ANN) as connected:
            ended = await connected.call_tool("check_job", {"job": handle["id"]})
        async with client(BOB) as connected:
            foreign = await connected.call_tool("check_job", {"job": handle["id"]})
    assert "All of the report." in ended.content[0].text
    assert "All of the report." not in foreign.content[0].text


async def test_where_nothing_runs_jobs_the_tool_says_so() -> None:
    result = await ask(read_all, {"name": "the report"})
    assert (result.is_error, "takes too long" in result.content[0].text) == (True, True)


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


@tool
async def make(context: ToolContext, *, name: str, media_type: str) -> ToolResult:
    """Make a file.

    Args:
        name: What it is called.
        media_type: What it is.
    """
    if name == "refused":
        context.emit(Warning(text="Violence: 0.93.", code="moderation"))
        raise Refused("That is not made here.", policy="violence")
    put = context.blobs.put(once(b"bytes"), owner=context.conversation.key, name=name, media_type=media_type, limit=9)
    blob = await put
    made = Artifact(
        name=name, media_type=media_type, size=blob.size, digest=blob.digest if name != "gone" else "0" * 64
    )
    context.emit(made)
    context.emit(Warning(text="It is small.", code="small"))
    return ToolResult(artifacts=(made,))


async def ask(tool: Any, arguments: dict[str, Any]) -> Any:
    caller = Caller(principal=ANN, workshop=WORKSHOP)
    async with Client(build([tool], lambda context: caller)) as connected:
        return await connected.call_tool(tool.name, arguments)


async def test_a_picture_comes_as_one_with_what_was_said_of_it() -> None:
    result = await ask(make, {"name": "a.png", "media_type": "image/png"})
    text, picture = result.content
    assert text.text == "Made: a.png\n\nNote: It is small."
    assert (picture.type, picture.data, picture.mime_type) == ("image", "Ynl0ZXM=", "image/png")
    assert result.structured_content["files"] == [{"name": "a.png", "media_type": "image/png", "size": 5}]


async def test_any_other_file_comes_as_a_resource() -> None:
    result = await ask(make, {"name": "a b.docx", "media_type": "application/msword"})
    resource = result.content[1].resource
    assert (resource.blob, resource.mime_type) == ("Ynl0ZXM=", "application/msword")
    assert str(resource.uri).endswith("/a%20b.docx")


async def test_a_file_that_can_not_be_sent_is_named(monkeypatch: Any) -> None:
    gone = await ask(make, {"name": "gone", "media_type": "image/png"})
    assert "gone is too large to be sent here, or no longer there." in gone.content[0].text
    monkeypatch.setattr(calling, "LARGEST", 4)
    large = await ask(make, {"name": "a.png", "media_type": "image/png"})
    assert ("too large" in large.content[0].text, len(large.content)) == (True, 1)


async def test_a_refusal_comes_with_what_the_checks_said() -> None:
    result = await ask(make, {"name": "refused", "media_type": "image/png"})
    assert result.content[0].text == "That is not made here.\n\nNote: Violence: 0.93."
