"""One question, one reply, one exit code."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from channels.terminal import TerminalChannel
from channels.terminal.once import Ask, once
from channels.terminal.opened import Opened
from switchboard import Artifact, BadInput, Citation, Delta, Failed, Final, Principal, Receipt

ANN = Principal(id="ann", verified=True)
PAGE = Citation(number=1, title="Policy", source="policy.pdf", page=3, document="d1", quote="Sixteen weeks.")
Run = Callable[[Ask], Awaitable[int]]


@pytest.fixture
def assistant(scripted: Any) -> Any:
    return scripted.ScriptedAssistant(
        {
            "cited?": [PAGE, Delta(text="Yes [1]."), Final(text="Yes [1].")],
            "half?": [Delta(text="Half"), Final(text="Half", status="partial")],
            "broken?": [Failed(text="That failed.", incident="ab12")],
            "long?": [Delta(text="So far"), "until stopped", Final(text="So far", status="stopped")],
            "stuck?": [Delta(text="So far"), "hang"],
        }
    )


@pytest.fixture
def aside() -> Console:
    from io import StringIO

    return Console(file=StringIO(), markup=False)


@pytest.fixture
def run(assistant: Any, pipe: Console, aside: Console, tmp_path: Path) -> Run:
    async def ask(what: Ask) -> int:
        return await once(
            what,
            assistant=assistant,
            channel=TerminalChannel(tenant="t", console=pipe),
            principal=ANN,
            aside=aside,
            opened=Opened(tmp_path / "opened"),
            upload_limit=10,
        )

    return ask


def printed(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(("text", "code"), [("hello", 0), ("half?", 0), ("broken?", 1)])
async def test_the_exit_code_says_whether_it_was_answered(run: Run, text: str, code: int) -> None:
    assert await run(Ask(text=text)) == code


async def test_only_the_reply_goes_to_standard_output(run: Run, pipe: Console, aside: Console) -> None:
    await run(Ask(text="hello"))
    assert (printed(pipe), printed(aside)) == ("You said hello\n", "")


async def test_a_failure_goes_to_standard_error(run: Run, pipe: Console, aside: Console) -> None:
    await run(Ask(text="broken?"))
    assert (printed(pipe), printed(aside)) == ("", "That failed. (incident ab12)\n")


async def test_each_run_is_a_conversation_of_its_own(run: Run, assistant: Any) -> None:
    await run(Ask(text="one"))
    await run(Ask(text="two"))
    first, second = (message.conversation.thread for message in assistant.offered)
    assert first != second
    assert first.startswith("once-")


async def test_a_named_conversation_goes_on(run: Run, assistant: Any) -> None:
    await run(Ask(text="one", thread="a"))
    await run(Ask(text="two", thread="a"))
    assert {message.conversation.thread for message in assistant.offered} == {"a"}


@pytest.mark.parametrize("text", ["", " \n"])
async def test_a_blank_question_is_refused(run: Run, text: str) -> None:
    with pytest.raises(BadInput, match="no question"):
        await run(Ask(text=text))


async def test_json_ends_with_the_whole_reply_even_if_it_failed(run: Run, pipe: Console) -> None:
    assert await run(Ask(text="broken?", json=True)) == 1
    last = json.loads(printed(pipe).splitlines()[-1])
    assert (last["kind"], last["status"], last["text"], last["incident"]) == (
        "reply",
        "failed",
        "That failed.",
        "ab12",
    )


async def test_a_link_into_the_library_is_the_same_in_every_run(run: Run, pipe: Console) -> None:
    await run(Ask(text="cited?", json=True))
    await run(Ask(text="cited?", json=True))
    links = [json.loads(line)["citations"][0]["link"] for line in printed(pipe).splitlines() if '"reply"' in line]
    assert links == ["switchboard://documents/d1#page=3"] * 2


async def test_a_link_names_the_conversation_when_a_file_was_attached(
    run: Run, pipe: Console, assistant: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("a")
    await run(Ask(text="cited?", files=[str(tmp_path / "a.txt")], json=True))
    (message,) = assistant.offered
    assert [file.name for file in message.attachments] == ["a.txt"]
    link = json.loads(printed(pipe).splitlines()[-1])["citations"][0]["link"]
    assert "?conversation=t%2Fterminal%2Fann%2Fonce-" in link


async def test_a_file_that_was_made_is_copied_and_linked(
    run: Run, pipe: Console, assistant: Any, tmp_path: Path
) -> None:
    async def bytes_of() -> Any:
        yield b"picture"

    conversation = TerminalChannel(tenant="t").conversation(ANN, "a")
    blob = await assistant.blobs.put(bytes_of(), owner=conversation.key, limit=100)
    made = Artifact(name="a.png", media_type="image/png", size=7, digest=blob.digest)
    foreign = Artifact(name="b.png", media_type="image/png", size=7, digest="0" * 64)
    assistant.scripts["draw"] = [made, foreign, Final(text="Here.")]
    await run(Ask(text="draw", thread="a", json=True))
    first, second = json.loads(printed(pipe).splitlines()[-1])["artifacts"]
    assert Path(first["link"].removeprefix("file://")).read_bytes() == b"picture"
    assert second["link"] == ""


async def test_ctrl_c_stops_and_prints_what_there_is(run: Run, pipe: Console, assistant: Any) -> None:
    task = asyncio.create_task(run(Ask(text="long?")))
    while not assistant.offered:
        await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    assert await task == 130
    assert printed(pipe) == "So far\n\nStopped. What was there is kept.\n"


async def test_ctrl_c_twice_does_not_wait(run: Run, assistant: Any) -> None:
    task = asyncio.create_task(run(Ask(text="stuck?")))
    while not assistant.offered:
        await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    while not assistant.stopped:
        await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    assert await task == 130


async def test_ctrl_c_means_afterwards_what_it_meant_before(run: Run) -> None:
    before = signal.getsignal(signal.SIGINT)
    await run(Ask(text="hello"))
    assert signal.getsignal(signal.SIGINT) is before


async def test_being_cancelled_is_not_taken_for_ctrl_c(run: Run, assistant: Any) -> None:
    task = asyncio.create_task(run(Ask(text="stuck?")))
    while not assistant.offered:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_when_nobody_reads_the_turn_is_stopped_and_not_confirmed(run: Run, pipe: Console, assistant: Any) -> None:
    class Closed(type(pipe.file)):  # type: ignore[misc]
        def write(self, text: str) -> int:
            raise BrokenPipeError

    pipe.file = Closed()
    with pytest.raises(BrokenPipeError):
        await run(Ask(text="hello", json=True))
    assert assistant.stopped == [assistant.offered[0].id]
    assert assistant.receipts == [Receipt(delivered=False, why="standard output: BrokenPipeError")]
