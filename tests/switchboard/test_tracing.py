"""Traces: a line for each piece of work, and a span where OpenTelemetry is loaded."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from switchboard.tracing import trace_id, traced


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "switchboard.trace")
    return caplog


def test_pieces_of_one_piece_share_its_trace(lines: pytest.LogCaptureFixture) -> None:
    with traced("turn", channel="c") as turn:
        outer = trace_id()
        with traced("tool", tool="t"):
            assert trace_id() == outer
        turn.set(stored=True)
    inner_line, outer_line = (json.loads(record.message) for record in lines.records)
    assert (inner_line["span"], inner_line["tool"], inner_line["trace"]) == ("tool", "t", outer)
    assert (outer_line["span"], outer_line["stored"], outer_line["trace"]) == ("turn", True, outer)
    assert outer_line["seconds"] >= 0
    assert trace_id() == ""


def test_a_failure_is_noted_by_its_type_alone(lines: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="secret"), traced("tool"):
        raise ValueError("secret")
    assert json.loads(lines.records[0].message)["error"] == "ValueError"
    assert "secret" not in lines.records[0].message


def test_a_span_is_made_where_the_program_has_loaded_opentelemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    spans: list[tuple[str, dict[str, Any]]] = []

    class Tracer:
        @contextmanager
        def start_as_current_span(self, name: str) -> Iterator[Any]:
            yield SimpleNamespace(set_attributes=lambda fields: spans.append((name, dict(fields))))

    module = SimpleNamespace(get_tracer=lambda name: Tracer())
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", module)
    with traced("turn", channel="c"):
        pass
    assert spans[0][0] == "turn"
    assert spans[0][1]["channel"] == "c"
