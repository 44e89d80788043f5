"""The function of the stack under the real Lambda runtime client, in a process of its own."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks._lambda import function
from channels.lex import texts

from .lexing import SECRET, faults, payload, says

HANDLER = "infra.functions.lex.handler"


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


def test_a_function_without_a_secret_says_so(tmp_path: Path) -> None:
    with (
        function(HANDLER, environ={"SWITCHBOARD_DATA_DIR": str(tmp_path)}) as made,
        pytest.raises(RuntimeError, match="SWITCHBOARD_CHANNELS__LEX__SECRET"),
    ):
        made.invoke(payload())
