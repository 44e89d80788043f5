"""Frames in and out, and the protocol's document, whose every example is held to the code."""

import contextlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.websocket import protocol
from channels.websocket.failures import describe
from channels.websocket.protocol import BadFrame, Happened, Say, read, write
from channels.websocket.shapes import Bounds, FileView
from switchboard import BadInput, Delta, Late, Refused, ToolFailed
from switchboard.events import EVENT_TYPES
from switchboard.wire import event_from_json, from_json, to_json

BOUNDS = Bounds(text=32_000, upload=50_000_000, attachments=10)
PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = [(kind, json.loads(text)) for kind, text in re.findall(r"```json (\w+)\n(.*?)```", PAGE, flags=re.DOTALL)]


def examples(kind: str) -> list[dict[str, Any]]:
    return [data for each, data in EXAMPLES if each == kind]


@pytest.mark.parametrize("data", examples("client"), ids=lambda data: data["type"])
def test_a_clients_frame_of_the_document_is_read(data: dict[str, Any]) -> None:
    request = read(json.dumps(data), bounds=BOUNDS)
    assert {"type": request.type, **to_json(request)}.items() >= {
        name: value for name, value in data.items() if name != "attachments"
    }.items()


@pytest.mark.parametrize("data", examples("server"), ids=lambda data: data["type"])
def test_a_servers_frame_of_the_document_is_written_so(data: dict[str, Any]) -> None:
    if data["type"] == "event":
        assert json.loads(write(Happened(message_id=data["message_id"], event=event_from_json(data["event"])))) == data
    elif data["type"] == "events":
        events = tuple(map(event_from_json, data["events"]))
        written = json.loads(write(protocol.HappenedSince(message_id=data["message_id"], events=events)))
        assert [each["seq"] for each in written["events"]] == [each["seq"] for each in data["events"]]
        assert written.keys() == data.keys()
    else:
        assert json.loads(write(from_json(protocol.RESPONSES[data["type"]], data))) == data


@pytest.mark.parametrize("data", examples("event"), ids=lambda data: data["kind"])
def test_an_event_of_the_document_has_all_its_members(data: dict[str, Any]) -> None:
    assert to_json(event_from_json(data)) == data


def test_the_upload_of_the_document_has_all_its_members() -> None:
    (data,) = examples("upload")
    assert to_json(from_json(FileView, data)) == data


def test_the_document_leaves_out_no_frame_and_no_event() -> None:
    assert {data["type"] for data in examples("client")} == set(protocol.REQUESTS)
    assert {data["type"] for data in examples("server")} == set(protocol.RESPONSES)
    assert {data["kind"] for data in examples("event")} == {event.kind for event in EVENT_TYPES}


def test_the_document_names_every_close_code() -> None:
    codes = [value for name, value in vars(protocol).items() if name.startswith("CLOSE_")]
    assert [code for code in codes if f"| {code} |" not in PAGE] == []


def test_the_document_names_every_error_code() -> None:
    sources = (Path(protocol.__file__).parent).glob("*.py")
    codes = {code for source in sources for code in re.findall(r'code="(\w+)"', source.read_text(encoding="utf-8"))}
    http_only = {"wrong_host", "wrong_origin", "not_found", "not_allowed"}
    assert [code for code in codes - http_only if f"`{code}`" not in PAGE] == []


@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_comes_is_a_request_or_a_sentence(text: str) -> None:
    with pytest.raises(BadFrame, match=r"\.$"):
        read(text, bounds=BOUNDS)


@pytest.mark.parametrize("kind", sorted(protocol.REQUESTS))
@given(
    members=st.dictionaries(
        st.sampled_from(["v", "id", "text", "seq", "after", "message_id"]), st.integers() | st.text()
    )
)
def test_whatever_members_come_are_a_request_or_a_sentence(kind: str, members: dict[str, Any]) -> None:
    with contextlib.suppress(BadFrame):
        assert read(json.dumps({**members, "type": kind}), bounds=BOUNDS).type == kind


@pytest.mark.parametrize("count", [-1, 2**64])
@pytest.mark.parametrize(
    "frame", [{"type": "resume", "message_id": "message-1", "after": 0}, {"type": "history", "before": 0}]
)
def test_a_number_that_counts_nothing_is_refused(frame: dict[str, Any], count: int) -> None:
    with pytest.raises(BadFrame):
        read(json.dumps({name: count if value == 0 else value for name, value in frame.items()}), bounds=BOUNDS)


def test_a_problem_names_the_message_that_it_is_about() -> None:
    with pytest.raises(BadFrame) as caught:
        read('{"type":"message","id":"message-1"}', bounds=BOUNDS)
    assert caught.value.about == "message-1"


def test_a_problem_repeats_no_id_that_is_none() -> None:
    with pytest.raises(BadFrame) as caught:
        read('{"type":"message","id":"<script>","text":"hi"}', bounds=BOUNDS)
    assert caught.value.about == ""


def test_too_many_files_are_refused() -> None:
    frame = Say(id="message-1", text="", attachments=("0" * 64,) * 11)
    with pytest.raises(BadFrame, match="At most 10 files"):
        read(json.dumps({"type": "message", **to_json(frame)}), bounds=BOUNDS)


@pytest.mark.parametrize("answered", ["<script>", "a" * 141, "message-1\n"])
def test_an_answer_to_what_can_be_no_message_is_refused(answered: str) -> None:
    frame = Say(id="message-2", text="Yes", reply_to=answered)
    with pytest.raises(BadFrame):
        read(json.dumps({"type": "message", **to_json(frame)}), bounds=BOUNDS)


def test_half_a_surrogate_pair_goes_through() -> None:
    request = read('{"type":"message","id":"message-1","text":"\\ud800"}', bounds=BOUNDS)
    assert isinstance(request, Say)
    assert "\\ud800" in write(Happened(message_id=request.id, event=Delta(text=request.text)))


@pytest.mark.parametrize(
    ("error", "code", "status", "logged"),
    [
        (BadInput("No.", status=404), "unknown", 404, False),
        (BadInput("No.", status=413), "too_large", 413, False),
        (BadInput("No."), "bad_input", 400, False),
        (Refused("No.", policy="p"), "refused", 403, False),
        (Late(what="search", seconds=1), "late", 504, True),
        (ToolFailed("No."), "failed", 500, True),
        (ValueError("secret"), "failed", 500, True),
    ],
)
def test_each_kind_of_error_has_its_code(error: Exception, code: str, status: int, logged: bool) -> None:
    failure = describe(error)
    assert (failure.code, failure.status, bool(failure.incident)) == (code, status, logged)
    assert "secret" not in failure.text
