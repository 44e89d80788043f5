"""Traces: one log line for each turn, model call and tool call, and an OpenTelemetry span where that is loaded.

Fields are names, counts and times; never what a person wrote or a tool found.
"""

import json
import logging
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

log = logging.getLogger("switchboard.trace")
_trace: ContextVar[str] = ContextVar("trace", default="")

Field = str | int | float | bool


class Span:
    """A piece of work while it goes on; what is set on it stands in its log line."""

    def __init__(self, name: str, fields: dict[str, Field]) -> None:
        self.name = name
        self.fields = fields

    def set(self, **fields: Field) -> None:
        """Add fields."""
        self.fields.update(fields)


def trace_id() -> str:
    """The trace that this task belongs to; empty outside of any."""
    return _trace.get()


@contextmanager
def traced(name: str, **fields: Field) -> Iterator[Span]:
    """Trace a piece of work. The outermost one begins a trace; an exception is noted by its type and goes on."""
    token = None if _trace.get() else _trace.set(secrets.token_hex(16))
    span, started = Span(name, fields), time.perf_counter()
    with ExitStack() as ending:
        if token is not None:
            ending.callback(_trace.reset, token)
        otel = ending.enter_context(_otel(name))

        def end(kind: type[BaseException] | None, _error: object, _traceback: object) -> None:
            if kind is not None:
                span.set(error=kind.__name__)
            span.set(seconds=round(time.perf_counter() - started, 4))
            if otel is not None:
                otel.set_attributes(span.fields)
            if log.isEnabledFor(logging.INFO):
                log.info("%s", json.dumps({"span": name, "trace": _trace.get(), **span.fields}))

        ending.push(end)
        yield span


@contextmanager
def _otel(name: str) -> Iterator[Any]:
    module = sys.modules.get("opentelemetry.trace")
    if module is None:
        yield None
        return
    with module.get_tracer("switchboard").start_as_current_span(name) as span:
        yield span
