"""The function of the stack under the real Lambda runtime client, in a process of its own."""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks._lambda import function
from channels.lex import texts

from .lexing import SECRET, faults, payload, says

HANDLER = "infra.functions.lex.handler"
HANGING = """
import asyncio, os, pathlib
from itertools import repeat
from channels.lex.answering import Fulfilment
from channels.lex.channel import channel
from channels.lex.handler import LambdaHandler
from infra.functions.starting import Started
from switchboard.plugins import Setup

def made(settings):
    from agent.assistant import build
    from switchboard.testing.models import Say, ScriptedChatModel

    def step(messages):
        with pathlib.Path(os.environ["CALLS"]).open("a") as calls:
            calls.write("called\\n")
        return Say(text="Sixteen weeks.", gate=asyncio.Event() if os.environ["HANGS"] else None)

    setup = Setup(settings, given={"chat_model": ScriptedChatModel(repeat(step)), "tools": ()})
    return Fulfilment(channel(setup), build(settings, setup))

handler = LambdaHandler(Started(made, Fulfilment.close))
"""


def settings(folder: Path) -> Mapping[str, str]:
    return {
        "SWITCHBOARD_DATA_DIR": str(folder),
        "SWITCHBOARD_CHANNELS__LEX__SECRET": SECRET,
        "COVERAGE_PROCESS_START": os.environ.get("COVERAGE_PROCESS_START", ""),
    }


def test_calls_are_answered_and_a_repeat_in_another_process_gets_the_same_answer(tmp_path: Path) -> None:
    with function(HANDLER, environ=settings(tmp_path)) as made:
        first, _ = made.invoke(payload())
        attributes = first["sessionState"]["sessionAttributes"]
        second, _ = made.invoke(says("And how long is the notice period?", attributes=attributes))
        silent, _ = made.invoke(payload("empty_transcript"))
        malformed, _ = made.invoke([])
    with function(HANDLER, environ=settings(tmp_path)) as made:
        again, _ = made.invoke(says("And how long is the notice period?", attributes=attributes))
    assert [faults(each) for each in (first, second, silent, malformed, again)] == [[]] * 5
    assert first["sessionState"]["dialogAction"]["type"] == "Close"
    assert silent["messages"][0]["content"] == texts.NOT_HEARD
    assert malformed["messages"][0]["content"] == texts.MALFORMED
    assert again["messages"] == second["messages"]


@pytest.mark.parametrize(("kind", "opened"), [("on-demand", True), ("snap-start", False)])
def test_stores_are_open_before_the_first_call_unless_a_snapshot_would_copy_them(
    tmp_path: Path, kind: str, opened: bool
) -> None:
    environ = {**settings(tmp_path), "AWS_LAMBDA_INITIALIZATION_TYPE": kind}
    with function(HANDLER, environ=environ) as made:
        made.wait()
        assert any(tmp_path.rglob("*.sqlite"))
        assert any(tmp_path.rglob("*.sqlite-wal")) == opened
        answer, _ = made.invoke(payload())
    assert faults(answer) == []


def test_a_function_without_a_secret_says_so(tmp_path: Path) -> None:
    with (
        function(HANDLER, environ={"SWITCHBOARD_DATA_DIR": str(tmp_path)}) as made,
        pytest.raises(RuntimeError, match="SWITCHBOARD_CHANNELS__LEX__SECRET"),
    ):
        made.invoke(payload())


def test_a_call_whose_process_died_in_the_middle_of_its_turn_is_answered_when_it_comes_again(tmp_path: Path) -> None:
    (tmp_path / "hanging.py").write_text(HANGING, encoding="utf-8")
    calls = tmp_path / "calls"
    environ = {**settings(tmp_path), "CALLS": str(calls), "SWITCHBOARD_TURN__LEASE_SECONDS": "1"}
    with (
        ThreadPoolExecutor() as threads,
        function("hanging.handler", folder=tmp_path, environ={**environ, "HANGS": "1"}) as made,
    ):
        lost = threads.submit(made.invoke, payload())
        while not calls.exists():
            time.sleep(0.01)
        made.kill()
        assert isinstance(lost.exception(), RuntimeError)
    with function("hanging.handler", folder=tmp_path, environ={**environ, "HANGS": ""}) as made:
        answer, _ = made.invoke(payload())
        asked = calls.read_text(encoding="utf-8")
        again, _ = made.invoke(payload())
    assert answer["messages"] == again["messages"] == [{"contentType": "PlainText", "content": "Sixteen weeks."}]
    assert calls.read_text(encoding="utf-8") == asked


def test_a_call_with_two_seconds_left_is_answered_before_they_are_over(tmp_path: Path) -> None:
    (tmp_path / "hanging.py").write_text(HANGING, encoding="utf-8")
    environ = {**settings(tmp_path), "CALLS": str(tmp_path / "calls"), "HANGS": "1"}
    with function("hanging.handler", folder=tmp_path, environ=environ) as made:
        made.invoke(payload("empty_transcript"))
        answer, _ = made.invoke(payload(), seconds=2.0)
    assert "still working" in answer["messages"][0]["content"]
    assert answer["sessionState"]["dialogAction"]["type"] == "Close"
