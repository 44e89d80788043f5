"""The chat in a real pseudo-terminal: keys in, screen out."""

from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CTRL_C, CTRL_D, UP = "\x03", "\x04", "\x1b[A"


def test_an_answer_is_shown_with_its_sources(chatting: Any) -> None:
    chatting.type("leave?\r")
    assert "\x1b[1msixteen weeks" in chatting.wait_for("Sources")
    chatting.wait_for("Leave policy, page 3")


def test_the_arrow_key_brings_back_what_was_asked_in_an_earlier_run(
    chatting: Any, terminal: Any, tmp_path: Path
) -> None:
    chatting.type("leave?\r")
    chatting.wait_for("Sources")
    chatting.wait_for("›")
    chatting.type(CTRL_D)
    assert chatting.exit_code() == 0
    with terminal([str(HERE / "scripted_assistant.py"), str(tmp_path)]) as second:
        second.wait_for("›")
        second.type(UP + "\r")
        second.wait_for("sixteen weeks")


def test_ctrl_c_stops_the_answer_and_keeps_what_is_there(chatting: Any) -> None:
    chatting.type("long?\r")
    chatting.wait_for("The second")
    chatting.type(CTRL_C)
    assert "The second" in chatting.wait_for("Stopped. What was there is kept.")
    chatting.wait_for("›")
    chatting.type("still there?\r")
    chatting.wait_for("You said still there?")


def test_ctrl_c_twice_leaves_even_if_the_answer_hangs(chatting: Any) -> None:
    chatting.type("stuck?\r")
    chatting.wait_for("So far")
    chatting.type(CTRL_C)
    chatting.wait_for("Stopping...")
    chatting.type(CTRL_C)
    assert chatting.exit_code() == 0
    assert "So far" in chatting.shown.rpartition("Stopping...")[2]
    assert "Traceback" not in chatting.shown


def test_ctrl_c_at_an_empty_prompt_leaves(chatting: Any) -> None:
    chatting.type(CTRL_C)
    assert chatting.exit_code() == 0


def test_ctrl_c_clears_a_prompt_that_is_not_empty(chatting: Any) -> None:
    chatting.type("half a thou")
    chatting.wait_for("thou")
    chatting.type(CTRL_C + "leave?\r")
    chatting.wait_for("sixteen weeks")


def test_pasted_lines_are_one_message(chatting: Any) -> None:
    chatting.type("\x1b[200~first line\nsecond line\x1b[201~")
    chatting.wait_for("second line")
    chatting.type("\r")
    chatting.wait_for("You said first line second line")


def test_alt_enter_starts_a_new_line(chatting: Any) -> None:
    chatting.type("one\x1b\rtwo\r")
    chatting.wait_for("You said one two")


def test_what_is_typed_during_an_answer_waits_for_the_prompt(chatting: Any) -> None:
    chatting.type("long?\r")
    chatting.wait_for("The second")
    chatting.type("leave?")
    chatting.type(CTRL_C)
    assert "leave?" not in chatting.wait_for("Stopped.")
    chatting.wait_for("›")
    chatting.wait_for("leave?")


def test_commands_complete_with_tab(chatting: Any) -> None:
    chatting.type("/he\t")
    chatting.wait_for("lp")
    chatting.type("\r")
    chatting.wait_for("Ctrl-C stops an answer")


def test_quit_leaves(chatting: Any) -> None:
    chatting.type("/quit\r")
    assert chatting.exit_code() == 0


def test_a_narrow_terminal_without_colour_gets_no_colours(terminal: Any, tmp_path: Path) -> None:
    command = [str(HERE / "scripted_assistant.py"), str(tmp_path)]
    with terminal(command, columns=20, env={"NO_COLOR": "1"}) as narrow:
        narrow.wait_for("›")
        narrow.type("leave?\r")
        shown = narrow.wait_for("Sources") + narrow.wait_for("›")
    assert "\x1b[36m" not in shown
    assert "\x1b[1;36m" not in shown


def test_a_dumb_terminal_gets_plain_text(terminal: Any, tmp_path: Path) -> None:
    with terminal([str(HERE / "scripted_assistant.py"), str(tmp_path)], env={"TERM": "dumb"}) as dumb:
        dumb.wait_for("›")
        dumb.type("leave?\r")
        shown = dumb.wait_for("Sources")
    assert "\x1b[" not in shown


def test_a_result_is_printed_above_what_is_being_typed(chatting: Any) -> None:
    chatting.type("count?\r")
    chatting.wait_for("I'm on it.")
    chatting.wait_for("›")
    chatting.type("done?\r")
    chatting.wait_for("It is.")
    assert "\x1b[1mthree" in chatting.wait_for("three")
    chatting.wait_for("›")
    chatting.type("/jobs\r")
    chatting.wait_for("succeeded")
