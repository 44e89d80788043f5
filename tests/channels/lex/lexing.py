"""What the tests of the Lex channel share: payloads, a channel, tokens, and the service's model as the judge."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from botocore.model import Shape
from botocore.session import Session
from botocore.validate import ParamValidator

from channels.lex.channel import LexChannel
from channels.lex.dialog import ToolNeeds
from channels.lex.settings import LexSettings

PAYLOADS = Path(__file__).parents[2] / "payloads" / "lex"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
SECRET = "a secret that is long enough to sign with"
NOW = 1_700_000_000.0


def payload(name: str = "fallback_text", **changes: Any) -> dict[str, Any]:
    """A call as the service sends it; ``changes`` are members of it to replace."""
    event: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return {**event, **changes}


def says(words: str, *, attributes: Mapping[str, str] | None = None, session: str = "visitor-7f3a") -> dict[str, Any]:
    """A call in which somebody says something that no intent understands."""
    event = payload(inputTranscript=words, sessionId=session)
    event["sessionState"]["sessionAttributes"] = dict(attributes or {})
    return event


def a_channel(tools: Mapping[str, ToolNeeds] | None = None, **settings: Any) -> LexChannel:
    """The channel with these settings."""
    made = LexSettings.model_validate({"secret": SECRET, **settings})
    return LexChannel(settings=made, tenant="local", tools=tools or {})


def token(secret: str = SECRET, header: object = None, **claims: Any) -> str:
    """A JSON Web Token as an application of the operator would make it."""
    parts = [{"alg": "HS256", "typ": "JWT"} if header is None else header, {"sub": "ann", "exp": NOW + 60, **claims}]
    signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{encoded(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def encoded(data: bytes) -> str:
    """Base64 as tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def faults(response: Mapping[str, Any]) -> list[str]:
    """What the service's model has against an answer of the function."""
    shape = _answer_shape()
    members = {name: _filled(response[name]) for name in response if name in shape.members}
    report = ParamValidator().validate(members, shape)
    unknown = [name for name in response if name not in shape.members]
    return [*([report.generate_report()] if report.has_errors() else []), *problems(members, shape), *unknown]


def _filled(value: Any) -> Any:
    """Without slots that have no value: the service takes ``null`` for them, its model does not say so."""
    if isinstance(value, dict):
        return {name: _filled(each) for name, each in value.items() if each is not None}
    return [_filled(each) for each in value] if isinstance(value, list) else value


@cache
def _answer_shape() -> Any:
    return Session().get_service_model("lexv2-runtime").operation_model("RecognizeText").output_shape


def problems(value: Any, shape: Shape | Any, path: str = "") -> Iterator[str]:
    """What botocore's validator leaves unchecked: largest sizes, enums, patterns."""
    meta, kind = shape.metadata, shape.type_name
    if "max" in meta and (size := _measured(value, kind)) > meta["max"]:
        yield f"{path}: {size} is more than {meta['max']}"
    if kind == "string":
        if getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path}: {value!r} is not one of {shape.enum}"
        pattern = meta.get("pattern", "")
        if pattern and not re.search(r"\\[pPz]", pattern) and not re.fullmatch(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
    elif kind == "structure":
        for name, member in value.items():
            yield from problems(member, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        for number, each in enumerate(value):
            yield from problems(each, shape.member, f"{path}[{number}]")
    elif kind == "map":
        for name, each in value.items():
            yield from problems(each, shape.value, f"{path}.{name}")


def _measured(value: Any, kind: str) -> int:
    return len(value.encode("utf-16-le")) // 2 if kind == "string" else len(value)
