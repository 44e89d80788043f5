"""Amazon's JSON protocols from the service's side: a request becomes parameters, an answer becomes bytes. Pure.

Two of them: ``json``, where a header names the operation and the body has everything, and ``rest-json``, where method
and path name it and parameters stand in the path, the query, headers and the body.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from switchboard.testing.aws import eventstream
from switchboard.testing.aws.service import FakeService, Parameters, ServiceFault

JSON = "application/json"
JSON_11 = "application/x-amz-json-1.1"
_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/[^/,]+/([^/,]+)/aws4_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came in; names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def signed_for(self) -> str:
        """The service that the request is signed for; empty if it is not signed."""
        scope = re.search(
            r"Credential=[^/,]+/\d{8}/[^/,]+/([^/,]+)/aws4_request", self.headers.get("authorization", "")
        )
        return scope[1] if scope else ""

    @property
    def media_type(self) -> str:
        """What the body says to be."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes out."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def operation(request: Request, service: FakeService) -> str:
    """The operation of a service that a request names; empty if it is for another.

    Raises:
        ServiceFault: It names none that the service has.
    """
    prefix = service.model.metadata.get("targetPrefix", "")
    target = request.headers.get("x-amz-target", "")
    if target:
        named, _, name = target.rpartition(".")
        if named != prefix:
            return ""
        if name not in service.model.operation_names or name not in service.operations:
            raise ServiceFault("UnknownOperationException", f"{service.name} has no operation {name!r} here")
        return name
    if request.signed_for != service.model.signing_name:
        return ""
    path = urlsplit(request.target).path
    for name in service.operations:
        http = service.model.operation_model(name).http
        if http["method"] == request.method and _path(http["requestUri"]).fullmatch(path):
            return name
    return ""


def parameters(request: Request, service: FakeService, name: str) -> Parameters:
    """The parameters of an operation.

    Raises:
        ServiceFault: The body is in a form that the service does not speak, or broken.
    """
    model = service.model.operation_model(name)
    shape = model.input_shape
    if shape is None:
        return {}
    if "x-amz-target" in request.headers:
        if request.media_type not in (JSON_11, "application/x-amz-json-1.0"):
            raise ServiceFault("SerializationException", f"{request.media_type!r} is not spoken here")
        return _object(request.body, shape)
    parts = urlsplit(request.target)
    found = _located(request, parts.path, parts.query, model)
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name == "blob":
        return {**found, payload: request.body}
    if payload:
        return {**found, payload: _object(request.body, shape.members[payload])}
    return {**found, **_object(request.body, shape)}


def answer(result: Parameters, service: FakeService, name: str) -> Answer:
    """An answer as the operation gives it."""
    model = service.model.operation_model(name)
    shape = model.output_shape
    target = service.model.metadata.get("targetPrefix")
    if shape is None:
        return Answer()
    if model.has_event_stream_output:
        return _stream(result, model.get_event_stream_output())
    headers = {"Content-Type": JSON_11 if target else JSON}
    members = dict(result)
    for member, inner in shape.members.items():
        place = inner.serialization
        if place.get("location") == "header" and member in members:
            headers[place["name"]] = str(members.pop(member))
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name == "blob":
        return Answer(headers=headers, body=bytes(members.get(payload, b"")))
    body = _plain(members.get(payload), shape.members[payload]) if payload else _plain(members, shape)
    return Answer(headers=headers, body=json.dumps(body).encode())


def _stream(result: Parameters, shape: Any) -> Answer:
    """An answer that comes as events."""
    ((_, events),) = result.items()
    frames = [
        eventstream.frame(kind, json.dumps(_plain(event, shape.members[kind])).encode())
        for one in events
        for kind, event in one.items()
    ]
    return Answer(headers={"Content-Type": eventstream.MEDIA_TYPE}, body=b"".join(frames))


def refusal(fault: ServiceFault, status: int) -> Answer:
    """An error, for both protocols."""
    body = json.dumps({"__type": fault.code, "message": fault.message}).encode()
    return Answer(status=status, headers={"Content-Type": JSON_11, "x-amzn-ErrorType": fault.code}, body=body)


def _located(request: Request, path: str, query: str, model: Any) -> Parameters:
    """What stands in the path, the query and headers."""
    match = _path(model.http["requestUri"]).fullmatch(path)
    in_path = {name: unquote(value) for name, value in match.groupdict().items()} if match else {}
    asked = parse_qs(query, keep_blank_values=True)
    found: Parameters = {}
    for member, shape in model.input_shape.members.items():
        name = shape.serialization.get("name", member)
        match shape.serialization.get("location"):
            case "uri" if name in in_path:
                found[member] = _value(in_path[name], shape)
            case "querystring" if name in asked:
                found[member] = asked[name] if shape.type_name == "list" else _value(asked[name][0], shape)
            case "header" if name.lower() in request.headers:
                found[member] = _value(request.headers[name.lower()], shape)
    return found


def _value(text: str, shape: Any) -> Any:
    if shape.type_name in ("integer", "long"):
        return int(text)
    return text == "true" if shape.type_name == "boolean" else text


@cache
def _path(template: str) -> "re.Pattern[str]":
    """``/model/{modelId}/converse`` as a pattern; ``{name+}`` takes slashes as well."""
    pieces = re.split(r"\{(\w+)(\+?)\}", template.partition("?")[0])
    pattern = re.escape(pieces[0])
    for name, greedy, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        pattern += f"(?P<{name}>{'.+' if greedy else '[^/]+'}){re.escape(after)}"
    return re.compile(pattern)


def _object(body: bytes, shape: Any) -> Parameters:
    try:
        read = json.loads(body or b"{}")
        if not isinstance(read, dict):
            raise ValueError("not an object")
        found: Parameters = _binary(read, shape)
    except (ValueError, RecursionError, binascii.Error) as error:
        raise ServiceFault("SerializationException", f"The body can't be read: {error}") from None
    return found


def _binary(value: Any, shape: Any) -> Any:
    """JSON with base64 taken back to bytes; what does not have the described shape stays, for the check to find."""
    match shape.type_name, value:
        case "blob", str():
            return base64.b64decode(value, validate=True)
        case "structure", dict():
            members = shape.members
            return {name: _binary(one, members[name]) if name in members else one for name, one in value.items()}
        case "list", list():
            return [_binary(one, shape.member) for one in value]
        case "map", dict():
            return {name: _binary(one, shape.value) for name, one in value.items()}
    return value


def _plain(value: Any, shape: Any) -> Any:
    """The other way round: bytes as base64, times as seconds."""
    if getattr(shape, "is_document_type", False):
        return value
    match value:
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case datetime():
            return value.timestamp()
        case dict():
            inner = (
                shape.members if shape.type_name == "structure" else dict.fromkeys(value, getattr(shape, "value", None))
            )
            return {name: _plain(one, inner[name]) for name, one in value.items() if one is not None}
        case list() | tuple():
            return [_plain(one, shape.member) for one in value]
    return value
