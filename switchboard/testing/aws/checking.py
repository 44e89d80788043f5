"""What is wrong with a request or an answer, by the service's own description: the one place that decides.

botocore checks what a caller gives it, but not upper limits, enumerations and patterns; those are added here.
"""

import re
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

_FOREIGN = re.compile(r"\\[pPzZQEhH]|\[:|&&|\(\?[^:=!]")
"""What Java's patterns have and Python's do not: such a pattern is not checked."""
_SIZED = ("string", "blob", "list", "map")


def faults(value: Any, shape: Any) -> list[str]:
    """Everything that is wrong with a value, each in a sentence."""
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        return str(report.generate_report()).splitlines()
    return list(_beyond(value, shape, shape.name))


def _beyond(value: Any, shape: Any, path: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return  # any JSON
    most, kind = shape.metadata.get("max"), shape.type_name
    size = len(value) if kind in _SIZED else value
    if most is not None and isinstance(size, int | float) and size > most:
        yield f"{path}: {size} is more than {most}"
    match kind:
        case "string":
            yield from _of_text(value, shape, path)
        case "structure":
            for name, member in value.items():
                yield from _beyond(member, shape.members[name], f"{path}.{name}")
        case "list":
            for index, member in enumerate(value):
                yield from _beyond(member, shape.member, f"{path}[{index}]")
        case "map":
            for name, member in value.items():
                yield from _beyond(name, shape.key, f"{path} key")
                yield from _beyond(member, shape.value, f"{path}[{name!r}]")


def _of_text(value: str, shape: Any, path: str) -> Iterator[str]:
    enumeration = getattr(shape, "enum", None)
    if enumeration and value not in enumeration:
        yield f"{path}: {value!r} is not one of {', '.join(enumeration)}"
    pattern = _pattern(shape.metadata.get("pattern", ""))
    if pattern and not pattern.fullmatch(value):
        yield f"{path}: {value!r} does not match {pattern.pattern}"


@cache
def _pattern(text: str) -> "re.Pattern[str] | None":
    """A pattern as Python reads it; ``None`` for one that it reads differently, or not at all."""
    if not text or _FOREIGN.search(text):
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return re.compile(text, re.DOTALL)
    except re.error:
        return None
