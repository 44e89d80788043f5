"""The tools of the house keep the contract that strangers' tools are held to, and one that breaks it is found out."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar

import pytest

from switchboard import Tool, ToolContext, ToolFailed, ToolResult, tool
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.tool import ToolContract
from switchboard.testing.tool_calls import call, fitting, misfits


def setup(folder: Path) -> Setup:
    return Setup(load(None, {"SWITCHBOARD_DATA_DIR": str(folder)}))


class TestSearchDocuments(ToolContract):
    arguments: ClassVar[dict[str, Any] | None] = {"query": "How much is the travel allowance?"}

    @pytest.fixture
    def tool(self, tmp_path: Path) -> Tool:
        from tools.retrieval import search_documents

        return search_documents(setup(tmp_path))


class TestListDocuments(ToolContract):
    @pytest.fixture
    def tool(self, tmp_path: Path) -> Tool:
        from tools.retrieval import list_documents

        return list_documents(setup(tmp_path))


class TestCheckJob(ToolContract):
    @pytest.fixture
    def tool(self, tmp_path: Path) -> Tool:
        from tools.jobs import check_job

        return check_job(setup(tmp_path))


@tool
async def careless(context: ToolContext, *, city: str, days: int = 1, kind: str = "rain") -> ToolResult:
    """Tell the weather, badly."""
    if city == "crash":
        raise ValueError(city)
    if city == "refuse":
        raise ToolFailed("There is no weather there.")
    return ToolResult(text="Sunny.", status="partial" if city == "half" else "complete")


async def test_an_exception_that_is_nobodys_sentence_fails_the_test() -> None:
    with pytest.raises(ValueError, match="crash"):
        await call(careless, {"city": "crash"})


async def test_a_failure_with_a_sentence_is_an_outcome() -> None:
    ToolContract().consistent(await call(careless, {"city": "refuse"}))


async def test_a_partial_result_that_does_not_say_what_is_missing_is_found_out() -> None:
    with pytest.raises(AssertionError, match="missing"):
        ToolContract().consistent(await call(careless, {"city": "half"}))


def test_arguments_that_nobody_describes_are_found_out() -> None:
    with pytest.raises(AssertionError):
        ToolContract().test_every_argument_has_a_type_and_a_description(careless)


async def test_a_tool_that_can_not_be_cancelled_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = asyncio.Event()

    @tool
    async def deaf(context: ToolContext) -> ToolResult:
        """Hear nothing at all."""
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        return ToolResult(text="Done.")

    monkeypatch.setattr("switchboard.testing.tool.PATIENCE", 0.01)
    with pytest.raises(AssertionError, match="still runs"):
        await ToolContract().test_a_call_can_be_cancelled(deaf)
    let_go.set()


def test_arguments_are_made_that_fit_a_schema_and_that_do_not() -> None:
    assert fitting(careless.parameters) == {"city": "travel"}
    assert list(misfits(careless.parameters)) == [
        {"city": "travel", "no_such_argument": 1},
        {},
        {"city": {"a": 1}},
        {"city": "travel", "kind": {"a": 1}},
    ]


def test_every_kind_of_argument_can_be_made() -> None:
    kinds = {
        "a": {"type": "integer", "minimum": 3},
        "b": {"enum": ["x", "y"]},
        "c": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
        "d": {"$ref": "#/$defs/D"},
        "e": {"default": 7},
    }
    defined = {"D": {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}}
    schema = {"type": "object", "properties": kinds, "required": list(kinds), "$defs": defined}
    assert fitting(schema) == {"a": 3, "b": "x", "c": True, "d": {"n": 1.5}, "e": 7}
