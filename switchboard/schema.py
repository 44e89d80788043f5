"""From a tool's signature and docstring to the JSON schema that the model sees, and back to checked arguments."""

import inspect
import re
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import ConfigDict, Field, ValidationError, create_model

from switchboard.errors import ToolRetry
from switchboard.tools import Tool, ToolFunction

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SECTION = re.compile(r"^(Args|Returns|Raises|Examples):\s*$", re.MULTILINE)
_ARGUMENT = re.compile(r"^ {4}(\w+):\s*(.*)$")


def describe(target: ToolFunction, *, name: str, deadline: float, needs_approval: bool) -> Tool:
    """Make a `Tool` of a function.

    Raises:
        TypeError: The function is not ``async def f(context, *, ...)`` with annotations and a docstring, or the name
            does not fit.
    """
    tool_name = name or getattr(target, "__name__", "")
    if not _NAME.fullmatch(tool_name):
        raise TypeError(f"a tool's name is 1 to 64 of [a-zA-Z0-9_-], not {tool_name!r}")
    sections = _sections(inspect.getdoc(target) or "")
    if not sections[""]:
        raise TypeError(f"{tool_name} needs a docstring: the model chooses by it")
    about = _arguments(sections.get("Args", ""))
    model = create_model(
        tool_name,
        __config__=ConfigDict(extra="forbid", str_strip_whitespace=True),
        **_fields(target, tool_name, about),
    )
    examples = f"\n\nExamples:\n{sections['Examples']}" if "Examples" in sections else ""
    return Tool(
        name=tool_name,
        description=sections[""] + examples,
        parameters=_without_titles(model.model_json_schema()),
        function=target,
        validate=_validator(model),
        deadline=deadline,
        needs_approval=needs_approval,
    )


def _fields(target: ToolFunction, name: str, about: dict[str, str]) -> dict[str, Any]:
    if not inspect.iscoroutinefunction(target):
        raise TypeError(f"{name} has to be an async function")
    hints = get_type_hints(target, include_extras=True)
    context, *parameters = inspect.signature(target).parameters.values()
    if context.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
        raise TypeError(f"{name} takes the context first")
    fields: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or parameter.name not in hints:
            raise TypeError(f"{name}: {parameter.name} has to be keyword-only and annotated")
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        field = Field(default, description=about.get(parameter.name))
        fields[parameter.name] = (hints[parameter.name], field)
    return fields


def _validator(model: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def validate(arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            checked = model.model_validate(arguments)
        except ValidationError as error:
            faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
            raise ToolRetry("; ".join(faults)) from None
        return {field: getattr(checked, field) for field in model.model_fields}

    return validate


def _sections(docstring: str) -> dict[str, str]:
    """A Google docstring by section; the text before the first is under the empty name."""
    pieces = _SECTION.split(docstring)
    sections = {"": pieces[0].strip()}
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        sections[title] = inspect.cleandoc("\n" + body) if title != "Args" else body
    return sections


def _arguments(section: str) -> dict[str, str]:
    about: dict[str, str] = {}
    current = ""
    for line in section.splitlines():
        if match := _ARGUMENT.match(line):
            current = match[1]
            about[current] = match[2]
        elif current and line.strip():
            about[current] += " " + line.strip()
    return about


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    """Titles are made of the names and tell the model nothing; only a property may be called ``title``."""
    out: dict[str, Any] = {}
    for key, item in schema.items():
        if key == "title" and isinstance(item, str):
            continue
        if key in ("properties", "$defs"):
            out[key] = {name: _without_titles(value) for name, value in item.items()}
        else:
            out[key] = _without_titles(item) if isinstance(item, dict) else item
    return out
