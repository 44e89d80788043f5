"""What every tool must do, as tests that a tool of your own inherits.

class TestWeather(ToolContract):
    arguments = {"city": "Bern"}

    @pytest.fixture
    def tool(self) -> Tool:
        return weather
"""
# ruff: noqa: D102 - a test's name is its description

import asyncio
import json
import re
import subprocess
import sys
from typing import Any, ClassVar

import pytest

from switchboard.errors import SwitchboardError, ToolRetry
from switchboard.identity import Principal
from switchboard.testing.samples import HOSTILE_NAMES
from switchboard.testing.tool_calls import INSIDER, STRANGER, Outcome, call, fitting, misfits
from switchboard.tools import Tool, ToolResult

HEAVY = ("boto3", "langchain", "langgraph", "numpy", "onnxruntime", "pandas", "torch", "transformers")
LONGEST_SCHEMA = 16_000
"""Characters of a schema as JSON; each call of the model carries all of them."""
PATIENCE = 10.0
"""Seconds within which a cancelled call has to end."""
TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})


class ToolContract:
    """What the agent relies on. Needs a fixture ``tool``; ``arguments`` are those of a call that should work."""

    arguments: ClassVar[dict[str, Any] | None] = None
    """Without them, some are made that fit the schema."""

    def test_the_name_is_one_that_models_accept(self, tool: Tool) -> None:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name)

    def test_the_model_is_told_what_it_is_for(self, tool: Tool) -> None:
        assert len(tool.description.split()) >= 3

    def test_the_schema_is_one_that_models_accept(self, tool: Tool) -> None:
        schema = tool.parameters
        properties = schema.get("properties", {})
        assert schema.get("type") == "object"
        assert schema.get("additionalProperties") is False
        assert set(schema.get("required", ())) <= set(properties)
        assert [name for name in properties if not re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", name)] == []
        assert len(json.dumps(schema)) <= LONGEST_SCHEMA

    def test_every_argument_has_a_type_and_a_description(self, tool: Tool) -> None:
        properties: dict[str, dict[str, Any]] = tool.parameters.get("properties", {})
        typed = ("type", "enum", "const", "anyOf", "$ref")
        assert [name for name, about in properties.items() if not set(typed) & set(about)] == []
        assert [name for name, about in properties.items() if about.get("type", "null") not in TYPES] == []
        assert [name for name, about in properties.items() if not about.get("description")] == []

    def test_arguments_that_do_not_fit_are_sent_back_with_a_hint(self, tool: Tool) -> None:
        for wrong in misfits(tool.parameters):
            with pytest.raises(ToolRetry) as raised:
                tool.validate(wrong)
            assert raised.value.hint.strip(), wrong

    def test_the_deadline_is_one_that_a_person_waits_for(self, tool: Tool) -> None:
        assert 0 < tool.deadline <= 900

    @pytest.mark.asyncio
    async def test_a_call_that_fits_has_a_consistent_outcome(self, tool: Tool) -> None:
        self.consistent(await call(tool, self.fitting(tool)))

    @pytest.mark.asyncio
    @pytest.mark.parametrize("text", HOSTILE_NAMES, ids=ascii)
    async def test_hostile_arguments_cost_a_sentence_at_most(self, tool: Tool, text: str) -> None:
        properties: dict[str, dict[str, Any]] = tool.parameters.get("properties", {})
        for name in (name for name, about in properties.items() if about.get("type") == "string"):
            self.consistent(await call(tool, {**self.fitting(tool), name: text}))

    @pytest.mark.asyncio
    async def test_a_call_can_be_cancelled(self, tool: Tool) -> None:
        work = asyncio.create_task(call(tool, self.fitting(tool)))
        await asyncio.sleep(0)  # it has begun
        work.cancel()
        done, _ = await asyncio.wait((work,), timeout=PATIENCE)
        assert done, f"it was cancelled and still runs {PATIENCE:g} s later"

    @pytest.mark.asyncio
    async def test_a_call_ends_at_its_deadline(self, tool: Tool) -> None:
        work = asyncio.create_task(call(tool, self.fitting(tool), seconds=0.0))
        done, _ = await asyncio.wait((work,), timeout=PATIENCE)
        assert done, "it goes on after its deadline"

    @pytest.mark.asyncio
    async def test_a_stopped_call_ends(self, tool: Tool) -> None:
        work = asyncio.create_task(call(tool, self.fitting(tool), stopped=True))
        done, _ = await asyncio.wait((work,), timeout=max(PATIENCE, tool.deadline))
        assert done, "it does not look at context.cancelled"

    @pytest.mark.asyncio
    async def test_who_is_in_no_group_sees_no_more(self, tool: Tool) -> None:
        strangers, insiders = [await self.seen(tool, principal) for principal in (STRANGER, INSIDER)]
        assert strangers <= insiders

    def test_who_is_asking_can_not_be_said_in_an_argument(self, tool: Tool) -> None:
        for name in ("principal", "user", "groups", "context"):
            if name not in tool.parameters.get("properties", {}):
                with pytest.raises(ToolRetry):
                    tool.validate({**self.fitting(tool), name: "admin"})

    def test_importing_it_loads_nothing_heavy(self, tool: Tool) -> None:
        path = f"import sys; sys.path[:0] = {sys.path!r}"
        code = f"{path}; import {tool.function.__module__}; print(*{{name.partition('.')[0] for name in sys.modules}})"
        fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
        assert [name for name in HEAVY if name in fresh.stdout.split()] == []

    def fitting(self, tool: Tool) -> dict[str, Any]:
        """Arguments that the schema allows."""
        return fitting(tool.parameters) if self.arguments is None else dict(self.arguments)

    async def seen(self, tool: Tool, principal: Principal) -> set[tuple[str, int, str]]:
        """What somebody gets to see of sources."""
        outcome = await call(tool, self.fitting(tool), principal=principal)
        citations = outcome.citations if isinstance(outcome, ToolResult) else ()
        return {(citation.document or citation.source, citation.page, citation.quote) for citation in citations}

    def consistent(self, outcome: Outcome) -> None:
        """Hold an outcome to what the agent makes of it."""
        if isinstance(outcome, SwitchboardError):
            assert outcome.user_text.strip()
            return
        assert isinstance(outcome, ToolResult), f"a tool gives a ToolResult, not {type(outcome).__name__}"
        assert (outcome.status == "partial") == bool(outcome.missing), "partial says in missing what is not there"
        assert outcome.text.strip() or outcome.citations or outcome.artifacts, "the model is told nothing"
        assert all(citation.title and not citation.number for citation in outcome.citations), "the agent numbers them"
        json.dumps(outcome.data)
