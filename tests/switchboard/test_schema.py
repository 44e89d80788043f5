"""Tools from signatures and docstrings."""

from typing import Any, Literal

import pytest

from switchboard import Tool, ToolContext, ToolResult, ToolRetry, tool


@tool(deadline=5.0)
async def pay(
    context: ToolContext, *, amount: float, unit: Literal["EUR", "USD"] = "EUR", title: str = ""
) -> ToolResult:
    """Pay somebody.

    Only what was agreed.

    Args:
        amount: How much,
            at least a cent.
        title: What for.

    Returns:
        What the bank said.

    Examples:
        - pay the invoice
        - send 20 euros
    """
    return ToolResult(text=f"{amount} {unit} {title}")


def test_a_tool_is_described_by_its_docstring() -> None:
    assert (pay.name, pay.deadline) == ("pay", 5.0)
    assert pay.description == (
        "Pay somebody.\n\nOnly what was agreed.\n\nExamples:\n- pay the invoice\n- send 20 euros"
    )


def test_the_schema_has_types_defaults_and_descriptions() -> None:
    properties = pay.parameters["properties"]
    assert pay.parameters["required"] == ["amount"]
    assert pay.parameters["additionalProperties"] is False
    assert properties["amount"] == {"type": "number", "description": "How much, at least a cent."}
    assert properties["unit"] == {"type": "string", "enum": ["EUR", "USD"], "default": "EUR"}
    assert properties["title"] == {"type": "string", "default": "", "description": "What for."}


def test_arguments_are_checked_and_completed() -> None:
    assert pay.validate({"amount": "3"}) == {"amount": 3.0, "unit": "EUR", "title": ""}


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({}, "amount"),
        ({"amount": "much"}, "amount"),
        ({"amount": 1, "unit": "GBP"}, "unit"),
        ({"amount": 1, "x": 1}, "x"),
    ],
)
def test_wrong_arguments_are_a_hint_for_the_model(arguments: dict[str, Any], hint: str) -> None:
    with pytest.raises(ToolRetry) as caught:
        pay.validate(arguments)
    assert hint in caught.value.hint


def not_async(context: ToolContext) -> None:
    """Say."""


async def no_docstring(context: ToolContext) -> ToolResult:
    return ToolResult()


async def positional(context: ToolContext, text: str) -> ToolResult:
    """Say."""
    return ToolResult()


async def not_annotated(context: ToolContext, *, text) -> ToolResult:  # type: ignore[no-untyped-def]
    """Say."""
    return ToolResult()


async def no_context(*, text: str) -> ToolResult:
    """Say."""
    return ToolResult()


@pytest.mark.parametrize("function", [not_async, no_docstring, positional, not_annotated, no_context])
def test_a_function_that_is_no_tool_is_refused_at_registration(function: Any) -> None:
    with pytest.raises(TypeError):
        tool(function)


def test_a_name_that_providers_refuse_is_refused_at_registration() -> None:
    async def say(context: ToolContext) -> ToolResult:
        """Say."""
        return ToolResult()

    with pytest.raises(TypeError, match="name"):
        tool(name="say it")(say)
    assert isinstance(tool(name="say-it")(say), Tool)
