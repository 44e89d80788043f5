"""Where questions come from."""

import asyncio
import io
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from channels.terminal.prompts import EditorPrompt, LinePrompt, _completer, _history
from channels.terminal.slash import meanings


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as given:
        yield given


def editor(keys: PipeInput, history: Path) -> EditorPrompt:
    return EditorPrompt(history=history, commands=meanings(), keys_in=keys, out=DummyOutput())


def completions(text: str) -> list[str]:
    found = _completer(meanings()).get_completions(Document(text, len(text)), CompleteEvent())
    return [completion.text for completion in found]


async def test_enter_sends_what_was_written(keys: PipeInput, tmp_path: Path) -> None:
    keys.send_text("hello\r")
    assert await editor(keys, tmp_path / "history").read("> ") == "hello"


@pytest.mark.parametrize("leave", ["\x03", "\x04"])
async def test_an_empty_prompt_can_be_left(keys: PipeInput, tmp_path: Path, leave: str) -> None:
    keys.send_text(leave)
    assert await editor(keys, tmp_path / "history").read("> ") is None


async def test_bytes_that_are_no_text_are_replaced_and_kept_out_of_the_history(keys: PipeInput, tmp_path: Path) -> None:
    keys.send_bytes(b"caf\xe9 \r")
    assert await editor(keys, tmp_path / "history").read("> ") == "caf\ufffd "
    assert "caf\ufffd" in (tmp_path / "history").read_text(encoding="utf-8")


def test_the_history_is_for_its_owner_only(tmp_path: Path) -> None:
    _history(tmp_path / "terminal" / "history")
    assert stat.S_IMODE((tmp_path / "terminal" / "history").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "terminal").stat().st_mode) == 0o700


def test_without_a_place_for_the_history_it_lasts_as_long_as_the_chat(tmp_path: Path) -> None:
    (tmp_path / "terminal").touch()
    assert isinstance(_history(tmp_path / "terminal" / "history"), InMemoryHistory)


def test_the_beginning_of_a_command_is_completed() -> None:
    assert completions("/") == list(meanings())
    assert completions("/con") == ["/conversations"]


def test_a_question_is_not_completed() -> None:
    assert completions("what") == []
    assert completions("/open 1") == []


def test_the_path_of_an_attachment_is_completed(tmp_path: Path) -> None:
    (tmp_path / "report.pdf").touch()
    assert completions(f"/attach {tmp_path}/rep") == ["ort.pdf"]


async def test_lines_of_a_pipe_are_messages_and_blank_ones_are_none() -> None:
    prompt = LinePrompt(io.StringIO("one\n\n  \ntwo"))
    assert [await prompt.read(""), await prompt.read(""), await prompt.read("")] == ["one", "two", None]


class Screen(DummyOutput):
    """Keeps what is written to it."""

    def __init__(self) -> None:
        self.shown = ""

    def write(self, data: str) -> None:
        self.shown += data

    async def shows(self, text: str) -> None:
        while text not in self.shown:
            await asyncio.sleep(0)


async def test_a_line_below_the_prompt_is_shown_while_somebody_writes(keys: PipeInput, tmp_path: Path) -> None:
    screen = Screen()
    prompt = EditorPrompt(history=tmp_path / "history", commands={}, keys_in=keys, out=screen)
    reading = asyncio.create_task(prompt.read("> "))
    await screen.shows(">")
    prompt.below("Reading (1 of 4)")
    await screen.shows("Reading")
    prompt.below("")
    keys.send_text("hello\r")
    assert await reading == "hello"
    assert screen.shown.count("Reading") == 1


async def test_what_is_printed_above_keeps_what_is_being_written(keys: PipeInput, tmp_path: Path) -> None:
    screen = Screen()
    prompt = EditorPrompt(history=tmp_path / "history", commands={}, keys_in=keys, out=screen)
    await prompt.above(lambda: screen.write("before "))
    reading = asyncio.create_task(prompt.read("> "))
    keys.send_text("hel")
    await screen.shows("hel")
    await prompt.above(lambda: screen.write("a result "))
    keys.send_text("lo\r")
    assert await reading == "hello"
    assert screen.shown.index("before") < screen.shown.index("hel") < screen.shown.index("a result")


async def test_a_pipe_has_what_is_printed_above_between_its_lines() -> None:
    shown: list[str] = []
    prompt = LinePrompt(io.StringIO("one\n"))
    prompt.below("Reading")
    await prompt.above(lambda: shown.append("a result"))
    assert shown == ["a result"]
