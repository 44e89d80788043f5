"""Work that outlives its turn, at the prompt, in a pipe and for scripts."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from channels.terminal import TerminalChannel
from channels.terminal.chat import Chat
from channels.terminal.jobs import progress
from channels.terminal.once import Ask, once
from channels.terminal.opened import Opened
from switchboard import (
    BackendError,
    Conversation,
    Event,
    Failed,
    Final,
    JobStarted,
    Message,
    MessageId,
    Principal,
    Status,
)
from switchboard.assistant import JobNews
from switchboard.storage import Job
from switchboard.testing.assistant import FakeAssistant

ANN = Principal(id="ann", verified=True)


class Worked(FakeAssistant):
    """Begins a job for each question, which waits to be let go; with "hello" it only answers."""

    def __init__(self, *outcome: Event) -> None:
        super().__init__(self.begin, job_script=self.work)
        self.outcome = outcome or (Final(text="All read."),)
        self.go = asyncio.Event()
        self.reading = asyncio.Event()

    async def begin(self, message: Message) -> AsyncIterator[Event]:
        if message.text == "hello":
            yield Final(text="Hello yourself.")
            return
        yield JobStarted(job_id="job-1", text="I'm on it.")
        yield Final(text="I'm on it.")

    async def work(self, job: Job) -> AsyncIterator[Event]:
        yield Status(text="Reading", done=1, total=4)
        self.reading.set()
        await self.go.wait()
        for event in self.outcome:
            yield event


class Typist:
    """A prompt at which somebody does these things, one after the other, and then leaves."""

    def __init__(self, *does: "str | Callable[[], Any]", attended: bool = True) -> None:
        self.does = list(does)
        self.attended = attended
        self.lines: list[str] = []
        self.shown = asyncio.Event()

    async def read(self, label: str) -> str | None:
        while self.does:
            act = self.does.pop(0)
            if isinstance(act, str):
                return act
            await act()
        return None

    def below(self, line: str) -> None:
        self.lines.append(line)

    async def above(self, show: Callable[[], None]) -> None:
        show()
        self.shown.set()


def chat_with(assistant: Worked, console: Console, folder: Path) -> Chat:
    return Chat(
        assistant=assistant,
        channel=TerminalChannel(tenant="t", console=console),
        principal=ANN,
        aside=console,
        opened=Opened(folder),
        upload_limit=1,
    )


def printed(console: Console) -> str:
    """The words on it, without colours and line breaks."""
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return " ".join(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).split())


async def let_go(assistant: Worked) -> None:
    await assistant.reading.wait()
    assistant.go.set()


async def confirmed(assistant: Worked, message_id: str) -> None:
    while message_id not in [each for each, _ in assistant.receipts]:
        await asyncio.sleep(0)


async def test_a_result_comes_by_itself_while_the_person_goes_on(screen: Console, tmp_path: Path) -> None:
    assistant = Worked()
    typist = Typist("read it", "hello", lambda: let_go(assistant), lambda: confirmed(assistant, "job:job-1"))
    chat = chat_with(assistant, screen, tmp_path)
    await chat.run(typist)
    shown = printed(screen)
    assert shown.index("Hello yourself.") < shown.index("Result of: read it") < shown.index("All read.")
    assert "Reading (1 of 4)" in typist.lines
    assert typist.lines[-1] == ""
    assert "switchboard worker" not in shown
    assert chat.last is not None
    assert chat.last.text == "All read."


async def test_whoever_leaves_is_told_how_to_hear_of_the_result(screen: Console, tmp_path: Path) -> None:
    assistant = Worked()
    await chat_with(assistant, screen, tmp_path).run(Typist("read it"))
    assert "`switchboard jobs show job-1`" in printed(screen)
    await assistant.close()


async def test_whoever_comes_back_gets_progress_and_result_once(screen: Console, tmp_path: Path) -> None:
    assistant = Worked()
    await chat_with(assistant, screen, tmp_path).run(Typist("read it"), thread="a")
    second = Typist(lambda: let_go(assistant), lambda: confirmed(assistant, "job:job-1"))
    await chat_with(assistant, screen, tmp_path).run(second, thread="a")
    assert "Reading (1 of 4)" in second.lines
    assert printed(screen).count("All read.") == 1


async def test_results_that_came_meanwhile_are_shown_and_confirmed(screen: Console, tmp_path: Path) -> None:
    assistant = Worked()
    await chat_with(assistant, screen, tmp_path).run(Typist("read it"), thread="a")
    await let_go(assistant)
    chat = chat_with(assistant, screen, tmp_path)
    async for _ in assistant.watch_job(chat.channel.conversation(ANN, "a"), "job-1"):
        pass
    async for _ in assistant.events(chat.channel.conversation(ANN, "a"), MessageId("job:job-1")):
        pass
    await chat.run(Typist(), thread="a")
    assert printed(screen).count("Result of: read it") == 1
    assert [each for each, _ in assistant.receipts][-1] == "job:job-1"


async def test_in_another_conversation_the_work_is_not_followed(screen: Console, tmp_path: Path) -> None:
    assistant = Worked()
    await chat_with(assistant, screen, tmp_path).run(Typist("read it", "/new"))
    shown = printed(screen)
    assert "its result will be in the conversation" in shown
    assert "switchboard jobs" not in shown
    await assistant.close()


async def test_jobs_are_listed_and_cancelled_by_number(screen: Console, tmp_path: Path) -> None:
    assistant = Worked()
    acts = ("/cancel 1", "read it", assistant.reading.wait, "/jobs", "/cancel 2", "/cancel 1")
    told = Typist(*acts, lambda: confirmed(assistant, "job:job-1"), "/cancel 1")
    await chat_with(assistant, screen, tmp_path).run(told)
    shown = printed(screen)
    assert "running" in shown
    assert "Reading (1 of 4) job-1" in shown
    assert shown.count("There is no such job.") == 2
    assert "The job is asked to end." in shown
    assert "The work was cancelled." in shown
    assert "That job has ended already." in shown


class Away(Worked):
    """Its store of jobs can't be reached."""

    async def watch_job(self, conversation: Conversation, job_id: str) -> AsyncIterator[JobNews]:
        raise BackendError(service="jobs", operation="get", code="away")
        yield


async def test_a_job_that_can_not_be_followed_is_told_and_the_chat_goes_on(screen: Console, tmp_path: Path) -> None:
    assistant = Away()
    await chat_with(assistant, screen, tmp_path).run(Typist("read it", assistant.reading.wait, "hello"))
    shown = printed(screen)
    assert shown.index("not available right now") < shown.index("Hello yourself.")
    await assistant.close()


async def test_a_conversation_without_jobs_says_so(screen: Console, tmp_path: Path) -> None:
    await chat_with(Worked(), screen, tmp_path).run(Typist("/jobs"))
    assert "Nothing is worked on" in printed(screen)


async def test_where_nobody_writes_the_result_is_waited_for(pipe: Console, tmp_path: Path) -> None:
    assistant = Worked()
    assistant.go.set()
    chat = chat_with(assistant, pipe, tmp_path)
    chat.aside = Console(file=StringIO(), markup=False)
    assert await chat.run(Typist("read it", "hello", attended=False)) == 0
    assert printed(pipe) == "All read. Hello yourself."
    assert printed(chat.aside) == "I'm on it."


async def ask(assistant: Worked, pipe: Console, folder: Path, *, aside: Console, as_json: bool = False) -> int:
    return await once(
        Ask(text="read it", json=as_json),
        assistant=assistant,
        channel=TerminalChannel(tenant="t", console=pipe),
        principal=ANN,
        aside=aside,
        opened=Opened(folder),
        upload_limit=1,
    )


@pytest.fixture
def aside() -> Console:
    return Console(file=StringIO(), markup=False)


async def test_one_question_waits_for_the_result_and_prints_only_that(
    pipe: Console, aside: Console, tmp_path: Path
) -> None:
    assistant = Worked()
    assistant.go.set()
    assert await ask(assistant, pipe, tmp_path, aside=aside) == 0
    assert (printed(pipe), printed(aside)) == ("All read.", "I'm on it.")
    assert [receipt.delivered for _, receipt in assistant.receipts] == [True, True]


async def test_the_exit_code_is_that_of_the_result(pipe: Console, aside: Console, tmp_path: Path) -> None:
    assistant = Worked(Failed(text="That failed.", incident="ab12"))
    assistant.go.set()
    assert await ask(assistant, pipe, tmp_path, aside=aside) == 1
    assert printed(aside) == "I'm on it. That failed. (incident ab12)"


async def test_progress_is_shown_on_standard_error_if_somebody_looks(pipe: Console, tmp_path: Path) -> None:
    assistant = Worked()
    assistant.go.set()
    watched = Console(file=StringIO(), force_terminal=True, markup=False)
    assert await ask(assistant, pipe, tmp_path, aside=watched) == 0
    assert printed(pipe) == "All read."


async def test_json_lines_tell_of_the_job_and_end_with_its_result(
    pipe: Console, aside: Console, tmp_path: Path
) -> None:
    assistant = Worked()
    assistant.go.set()
    assert await ask(assistant, pipe, tmp_path, aside=aside, as_json=True) == 0
    lines = [json.loads(line) for line in pipe.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    kinds = list(dict.fromkeys(line["kind"] for line in lines))
    assert kinds == ["job_started", "final", "reply", "job"]
    news = [line for line in lines if line["kind"] == "job"][-1]
    assert news == {
        "kind": "job",
        "job_id": "job-1",
        "state": "succeeded",
        "text": "Reading",
        "done": 1,
        "total": 4,
    }
    assert (lines[-1]["kind"], lines[-1]["text"], lines[-1]["job"]) == ("reply", "All read.", None)


async def test_ctrl_c_leaves_the_job_and_says_how_to_get_at_it(pipe: Console, aside: Console, tmp_path: Path) -> None:
    assistant = Worked()
    task = asyncio.create_task(ask(assistant, pipe, tmp_path, aside=aside))
    while not assistant.receipts:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGINT)
    assert await task == 130
    assert "`switchboard jobs show job-1`" in printed(aside)
    (job,) = await assistant.jobs(next(iter(assistant._lines)))
    assert job.state == "running"
    await assistant.close()


async def test_being_cancelled_while_waiting_is_not_taken_for_ctrl_c(
    pipe: Console, aside: Console, tmp_path: Path
) -> None:
    assistant = Worked()
    task = asyncio.create_task(ask(assistant, pipe, tmp_path, aside=aside))
    while not assistant.receipts:
        await asyncio.sleep(0)
    await assistant.reading.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await assistant.close()


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (JobNews(state="running", text="Reading\x1b[2J", done=1, total=2), "Reading␛[2J (1 of 2)"),
        (JobNews(state="queued"), "Working on it..."),
        (JobNews(state="running", text="Odd", done=9, total=2), "Odd"),
    ],
)
def test_progress_is_one_clean_line(news: JobNews, line: str) -> None:
    assert progress(news) == line
