"""Words survive the way into JSON and back."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard import BadInput, Citation, Conversation, Delta, Event, Final, Message, MessageId, Principal, Reply
from switchboard.storage import Change, Inbox, Job, Lease, Turn
from switchboard.wire import dumps, event_from_json, from_json, loads, reply_to_json, to_json

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
words = st.one_of(
    *(st.from_type(kind) for kind in (Reply, Turn, Inbox, Lease, Job, Message, Principal, *get_args(Event)))
)


@given(words)
def test_a_word_survives(word: object) -> None:
    assert loads(type(word), dumps(word)) == word
    assert loads(type(word), dumps(word, compact=False)) == word


@given(st.from_type(Delta) | st.from_type(Final) | st.from_type(Citation))
def test_an_event_is_read_by_its_kind(event: Event) -> None:
    assert event_from_json(to_json(event)) == event


def test_compact_leaves_out_what_is_at_its_default() -> None:
    assert to_json(Delta(text="a"), compact=True) == {"kind": "delta", "text": "a"}
    assert to_json(Delta(text="a")) == {"kind": "delta", "text": "a", "seq": 0}


def test_members_of_a_newer_writer_are_ignored() -> None:
    assert from_json(Delta, {"kind": "delta", "text": "a", "colour": "blue"}) == Delta(text="a")


def test_text_that_is_not_unicode_survives() -> None:
    message = Message(
        id=MessageId("\ud800"),
        conversation=Conversation(tenant="t", channel="c", room="r"),
        principal=Principal(id="p"),
        text="\x00\ud800",
    )
    text = dumps(message)
    assert text.isascii()
    assert loads(Message, text) == message


def test_a_number_too_large_is_refused() -> None:
    with pytest.raises(BadInput):
        loads(Lease, '{"message_id": "m", "worker": "w", "fence": 1, "expires_at": 1' + "0" * 400 + "}")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"text": 1}', '{"seq": 1}', '{"text": "a", "seq": "1"}', '{"text": "a", "seq": true}']
)
def test_data_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not"):
        loads(Delta, text)


def test_a_depth_bomb_is_refused() -> None:
    with pytest.raises(BadInput):
        loads(Delta, "[" * 200_000)


def test_an_unknown_kind_of_event_is_refused() -> None:
    with pytest.raises(BadInput, match="known event"):
        event_from_json({"kind": "explosion"})


def test_a_reply_for_scripts_has_every_member() -> None:
    data = reply_to_json(Reply(text="a", status="complete"))
    assert {"kind", "text", "status", "citations", "artifacts", "warnings", "tools"} <= data.keys()
    assert json.loads(json.dumps(data)) == data


def test_a_change_needs_no_default_but_its_inbox() -> None:
    assert Change(follows=0, inbox=Inbox()).turns == ()
