"""A conversation's key is reversible and never shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard import BadKey, Conversation

hostile = st.text(max_size=40) | st.sampled_from(["", "/", "%2F", "a/b", "\x00", "\ud800", "é", "e\u0301", "x" * 2048])
conversations = st.builds(Conversation, tenant=hostile, channel=hostile, room=hostile, thread=hostile)


@given(conversations)
def test_a_key_can_be_read_back(conversation: Conversation) -> None:
    assert Conversation.from_key(conversation.key) == conversation


@given(conversations, conversations)
def test_two_conversations_never_share_a_key(one: Conversation, other: Conversation) -> None:
    assert (one.key == other.key) == (one == other)


@given(conversations)
def test_a_key_is_ascii_whatever_the_ids_hold(conversation: Conversation) -> None:
    assert conversation.key.isascii()
    assert "\x00" not in conversation.key


def test_the_same_thread_in_two_rooms_is_two_conversations() -> None:
    one = Conversation(tenant="t", channel="slack", room="T1-C1", thread="1700000000.1")
    other = Conversation(tenant="t", channel="slack", room="T2-C1", thread="1700000000.1")
    assert one.key != other.key


@pytest.mark.parametrize("key", ["", "a", "a/b/c", "a/b/c/d/e", "a/b/c/%zz", "a/b/c/%FF", "a/b/c/d e", "a/b/c/%61"])
def test_a_foreign_key_is_refused(key: str) -> None:
    with pytest.raises(BadKey, match="does not exist"):
        Conversation.from_key(key)
