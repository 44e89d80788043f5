"""The OpenAPI 3.1 description, made of the table of operations and of what checks requests, tools included. Pure."""

from collections.abc import Mapping
from dataclasses import is_dataclass
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from channels.http.operation import Operation, Parameter
from channels.http.operations import OPERATIONS
from channels.http.problems import OPENAI, Problem
from channels.http.tool_requests import IMAGES
from channels.http.views import JobProgress
from switchboard import Tool
from switchboard.events import EVENT_TYPES

_GIVEN: tuple[type[Any], ...] = (
    *dict.fromkeys(
        kind for one in OPERATIONS for kind in one.gives.values() if isinstance(kind, type) and is_dataclass(kind)
    ),
    JobProgress,
    Problem,
    *EVENT_TYPES,
)
_EVERYWHERE = (400, 401)
_OPENAI_ERROR: dict[str, Any] = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "code": {"type": "string"},
                "param": {"type": "null"},
            },
            "required": ["message", "type", "code"],
        }
    },
    "required": ["error"],
}


def document(tools: Mapping[str, Tool]) -> dict[str, Any]:
    """The whole description, for an installation with these tools."""
    bodies = [one.body for one in OPERATIONS if isinstance(one.body, type) and issubclass(one.body, BaseModel)]
    wanted: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = [
        *((kind, "validation", TypeAdapter(kind)) for kind in bodies),
        *((kind, "serialization", TypeAdapter(kind)) for kind in _GIVEN),
    ]
    references, rest = TypeAdapter.json_schemas(wanted, ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = rest["$defs"]
    for event in EVENT_TYPES:
        schema = schemas[event.__name__]
        schema["properties"] = {"kind": {"const": event.kind}, **schema["properties"]}
    for kind in _GIVEN:  # all members are always there
        schemas[kind.__name__]["required"] = list(schemas[kind.__name__]["properties"])
    schemas["OpenAIError"] = _OPENAI_ERROR
    if painter := tools.get(IMAGES.tool):
        _describe_options(painter, schemas)
    named = {kind: reference for (kind, _), reference in references.items()}
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Switchboard",
            "version": _version(),
            "description": "One assistant for programs: messages, streams, files, jobs, and OpenAI's chat completions.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "A key or a token."}},
        },
    }


def _describe_options(tool: Tool, schemas: dict[str, Any]) -> None:
    """What a picture's options may be: the tool's own arguments, but for the prompt."""
    prefix = f"#/components/schemas/{tool.name}."
    parameters: dict[str, Any] = _moved(tool.parameters, prefix)
    schemas.update({f"{tool.name}.{name}": schema for name, schema in parameters.pop("$defs", {}).items()})
    parameters["properties"] = {name: one for name, one in parameters.get("properties", {}).items() if name != "prompt"}
    required = [name for name in parameters.pop("required", []) if name != "prompt"]
    described = schemas["NewImage"]["properties"]["options"]["description"]
    schemas["NewImage"]["properties"]["options"] = {**parameters, "description": described}
    if required:
        schemas["NewImage"]["properties"]["options"]["required"] = required
        schemas["NewImage"]["required"].append("options")


def _moved(schema: Any, prefix: str) -> Any:
    """A copy of a schema whose references lead to where its definitions are put."""
    if isinstance(schema, dict):
        return {
            key: value.replace("#/$defs/", prefix, 1)
            if key == "$ref" and isinstance(value, str)
            else _moved(value, prefix)
            for key, value in schema.items()
        }
    return [_moved(one, prefix) for one in schema] if isinstance(schema, list) else schema


def _operation(operation: Operation, named: dict[Any, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_parameter(one) for one in operation.parameters],
        "responses": _responses(operation, named),
    }
    if operation.ticket:
        made["security"] = [{"bearer": []}, {}]
    if operation.body is bytes:
        made["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": {"minLength": 1}}}}
    elif operation.body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": named[operation.body]}}}
    return made


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": one.place,
        "description": one.about,
        "required": one.required,
        "schema": one.schema,
    }


def _responses(operation: Operation, named: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, kind in operation.gives.items():
        if kind is bytes:
            content: dict[str, Any] = {"*/*": {"schema": {}}}
        else:
            content = {"application/json": {"schema": kind if isinstance(kind, dict) else named[kind]}}
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    if operation.streams:
        found.setdefault("200", {"description": "OK", "content": {}})["content"]["text/event-stream"] = {
            "schema": {"type": "string", "description": f"Server-sent events. {operation.streams}"}
        }
    if operation.path.startswith(OPENAI):
        refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}}
    else:
        refusal = {"application/problem+json": {"schema": named[Problem]}}
    for status in sorted({*_EVERYWHERE, *operation.problems}):
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": refusal}
    return found


def _version() -> str:
    try:
        return version("switchboard-assistant")
    except PackageNotFoundError:
        return "0"
