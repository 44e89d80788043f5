"""How a turn looks while it runs."""

import json
import re
from typing import Any

import pytest
from rich.console import Console

from channels.terminal import TerminalChannel
from channels.terminal.links import Links
from channels.terminal.progress import Progress
from channels.terminal.screens import JsonScreen, LiveScreen, PlainScreen
from switchboard import Citation, Delta, Event, Failed, Final, Status, ToolFinished, ToolStarted, fold

PAGE = Citation(number=1, title="Policy", source="policy.pdf", page=3, document="d/1")
STARTED = ToolStarted(call_id="1", tool="search", text="Searching")


def play(screen: Any, events: list[Event]) -> None:
    with screen:
        for event in events:
            screen.show(event)
    screen.finish(fold(events))


def lasting(console: Console) -> str:
    """What stays on the screen: escapes obeyed as far as Rich uses them, styles dropped."""
    lines = [""]
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\n|\r|[^\x1b\n\r]+", text):
        match piece:
            case "\x1b[1A":
                lines.pop()
            case "\x1b[2K" | "\r":
                lines[-1] = "" if piece == "\x1b[2K" else lines[-1]
            case "\n":
                lines.append("")
            case _ if not piece.startswith("\x1b"):
                lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines).strip()


@pytest.fixture
def channel(screen: Console) -> TerminalChannel:
    return TerminalChannel(tenant="t", console=screen)


def test_streamed_text_stays_once(channel: TerminalChannel) -> None:
    pieces = ["One", ".\n\nT", "wo.\r", "\n\r\n", "Three."]
    text = "".join(pieces)
    play(LiveScreen(channel), [*(Delta(text=piece) for piece in pieces), Final(text=text)])
    assert lasting(channel.console) == "One.\n\nTwo.\n\nThree."


def test_text_that_was_not_streamed_is_shown_at_the_end(channel: TerminalChannel) -> None:
    play(LiveScreen(channel), [Delta(text="One.\n\nTwo"), Final(text="One.\n\nTwo.\n\nThree.")])
    assert lasting(channel.console) == "One.\n\nTwo.\n\nThree."


def test_a_final_text_that_is_another_replaces_what_was_streamed(channel: TerminalChannel) -> None:
    play(LiveScreen(channel), [Delta(text="One.\n\nTwo"), Final(text="Neither.")])
    assert lasting(channel.console) == "One.\n\nThe answer was revised:\n\nNeither."


def test_a_failure_keeps_what_was_there(channel: TerminalChannel) -> None:
    play(LiveScreen(channel), [Delta(text="One.\n\nTwo"), Failed(text="It broke.", incident="7")])
    assert lasting(channel.console) == "One.\n\nTwo\n\nIt broke. (incident 7)"


def test_an_error_keeps_what_was_there(channel: TerminalChannel) -> None:
    def break_off() -> None:
        with LiveScreen(channel) as screen:
            screen.show(Delta(text="Half a sen"))
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert lasting(channel.console) == "Half a sen"


def test_a_block_taller_than_the_screen_stays_whole(channel: TerminalChannel) -> None:
    text = "\n".join(f"- point {number}" for number in range(100))
    play(LiveScreen(channel), [Delta(text=text), Final(text=text)])
    assert lasting(channel.console).count("point") == 100


def test_progress_is_shown_with_a_bar_when_it_can_be_counted(channel: TerminalChannel) -> None:
    screen = LiveScreen(channel)
    with screen:
        screen.show(STARTED)
        screen.show(Status(text="Reading pages", done=3, total=7))
        screen._area._live.refresh()
    shown = channel.console.file.getvalue()  # type: ignore[attr-defined]
    assert "Reading pages" in shown
    assert "3/7" in shown


def test_progress_names_the_tool_that_still_runs() -> None:
    progress = Progress()
    for event in (
        STARTED,
        ToolStarted(call_id="2", tool="look"),
        ToolFinished(call_id="2", tool="look", status="complete"),
    ):
        progress = progress.after(event)
    assert progress.text == "Searching"


def test_progress_goes_back_to_thinking_after_the_last_tool() -> None:
    finished = ToolFinished(call_id="1", tool="search", status="complete")
    assert Progress().after(STARTED).after(finished) == Progress()


@pytest.mark.parametrize(("done", "total"), [(0, 0), (5, 3), (-1, 3)])
def test_progress_that_makes_no_sense_is_not_drawn(done: int, total: int) -> None:
    assert not Progress(done=done, total=total).counted


def test_a_pipe_gets_the_reply_at_the_end_and_no_progress(pipe: Console) -> None:
    aside = Console(file=type(pipe.file)())
    events: list[Event] = [STARTED, PAGE, Delta(text="Yes"), Final(text="Yes [1].")]
    play(PlainScreen(TerminalChannel(tenant="t", console=pipe), aside=aside), events)
    assert pipe.file.getvalue() == "Yes [1].\n\nSources:\n[1] Policy, page 3, policy.pdf\n"  # type: ignore[attr-defined]
    assert aside.file.getvalue() == ""  # type: ignore[attr-defined]


def test_progress_goes_to_standard_error_if_that_is_a_terminal(pipe: Console, screen: Console) -> None:
    plain = PlainScreen(TerminalChannel(tenant="t", console=pipe), aside=screen)
    with plain:
        plain.show(Status(text="Reading [pages]", done=1, total=2))
        assert plain._spinner
        screen.print("-")
    assert "Reading [pages] (1 of 2)" in screen.file.getvalue()  # type: ignore[attr-defined]
    assert pipe.file.getvalue() == ""  # type: ignore[attr-defined]


def test_json_lines_are_the_events_and_then_the_reply(pipe: Console) -> None:
    events: list[Event] = [PAGE, Delta(text="\x1b[31m\ud800"), Final(text="Yes")]
    play(JsonScreen(TerminalChannel(tenant="t", console=pipe), links=Links()), events)
    written = pipe.file.getvalue()  # type: ignore[attr-defined]
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["kind"] for line in lines] == ["citation", "delta", "final", "reply"]
    assert lines[0]["link"] == lines[3]["citations"][0]["link"] == "switchboard://documents/d%2F1#page=3"
    assert written.isascii()
    assert "\x1b" not in written
