"""Only what is signed, or the alias that IAM guards, says who is asking; state counts where it was written."""

from typing import Any

import pytest

from channels.lex.channel import Invocation
from channels.lex.identity import LARGEST_TOKEN, verified_claims
from channels.lex.limits import OWN_ATTRIBUTE_BYTES
from channels.lex.state import ATTRIBUTE, State, read_state, sign
from switchboard import Conversation, Principal

from .lexing import NOW, SECRET, a_channel, encoded, says, token

HERE = Conversation(tenant="local", channel="lex", room="b/a", thread="s")
STATE = State(visit="v", count=3, shown=("one", "two"), after=2)


def principal(event: Any, **settings: Any) -> Principal:
    return a_channel(**settings).hear(Invocation(event=event, received_at=NOW)).principal


def test_without_a_token_nobody_is_verified_and_the_session_is_the_person() -> None:
    assert principal(says("hi")) == Principal(id="lex:A1B2C3D4E5/TSTALIASID/visitor-7f3a", locale="en-GB")


def test_a_signed_token_says_who_is_asking() -> None:
    signed = token(groups=["hr", 7], name="Ann", locale="de-DE")
    assert principal(says("hi", attributes={"switchboardToken": signed})) == Principal(
        id="ann", groups=frozenset({"hr"}), display_name="Ann", locale="de-DE", verified=True
    )


@pytest.mark.parametrize(
    "forged",
    [
        {"switchboardToken": "ann"},
        {"switchboardToken": token(secret="another secret that is long enough, too")},
        {"switchboardToken": token(exp=NOW)},
        {"switchboardToken": token(exp=None)},
        {"switchboardToken": token(exp="later")},
        {"switchboardToken": token(exp=float("nan"))},
        {"switchboardToken": token(nbf=NOW + 1)},
        {"switchboardToken": token(sub="")},
        {"switchboardToken": token(sub=["ann"])},
        {"switchboardToken": token(header={"alg": "none"})},
        {"switchboardToken": token(sid="somebody-elses-session")},
        {"switchboardToken": token()[:-2]},
        {"switchboardToken": token(name="n" * LARGEST_TOKEN)},
        {"principal": "ann", "sub": "ann", "userId": "ann"},
        {"switchboard": "ann"},
    ],
    ids=lambda forged: str(forged)[:60],
)
def test_what_is_not_signed_or_not_in_force_is_not_believed(forged: dict[str, str]) -> None:
    assert not principal(says("hi", attributes=forged)).verified


@pytest.mark.parametrize("junk", ["...", "a.b.c", "é.é.é", f"{encoded(b'[1]')}.{encoded(b'{}')}.x", "\u0660.a.b"])
def test_junk_is_no_token(junk: str) -> None:
    assert verified_claims(junk, SECRET.encode(), now=NOW) is None


def test_signed_junk_is_no_token() -> None:
    assert verified_claims(token(header={"alg": "HS256"}), SECRET.encode(), now=NOW) is not None
    assert verified_claims(token(header=[]), SECRET.encode(), now=NOW) is None


def test_a_token_may_be_for_one_session() -> None:
    assert principal(says("hi", attributes={"switchboardToken": token(sid="visitor-7f3a")})).verified


def test_who_may_call_an_alias_is_whom_the_settings_name() -> None:
    callers = {"A1B2C3D4E5/TSTALIASID": {"principal": "desk:{session}", "groups": ["staff"]}}
    who = principal(says("hi"), callers=callers)
    assert (who.id, who.groups, who.verified) == ("desk:visitor-7f3a", {"staff"}, True)
    assert not principal(says("hi"), callers={"A1B2C3D4E5/OTHER": {"principal": "x"}}).verified


def test_a_verified_person_has_a_conversation_that_nobody_else_gets_by_naming_the_session() -> None:
    channel = a_channel()
    ann, anonymous, bob = (
        channel.hear(Invocation(event=says("hi", attributes=attributes), received_at=NOW)).conversation
        for attributes in ({"switchboardToken": token()}, {}, {"switchboardToken": token(sub="bob")})
    )
    assert len({ann.key, anonymous.key, bob.key}) == 3


def test_state_comes_back_as_it_was_signed() -> None:
    assert read_state(sign(STATE, HERE, SECRET.encode()), HERE, SECRET.encode()) == STATE


@pytest.mark.parametrize("value", ["", ".", "a.b", "é", "====.====", sign(STATE, HERE, b"x" * 32)])
def test_state_that_we_did_not_write_does_not_count(value: str) -> None:
    assert read_state(value, HERE, SECRET.encode()) is None


def test_state_of_another_session_does_not_count() -> None:
    elsewhere = Conversation(tenant="local", channel="lex", room="b/a", thread="t")
    assert read_state(sign(STATE, elsewhere, SECRET.encode()), HERE, SECRET.encode()) is None


def test_state_stays_under_its_size_whatever_was_shown() -> None:
    many = State(visit="v", count=1, shown=tuple(f"{number:040}" for number in range(200)), after=1)
    value = sign(many, HERE, SECRET.encode())
    assert len(value) <= OWN_ATTRIBUTE_BYTES
    assert read_state(value, HERE, SECRET.encode()) == State(visit="v", count=1)
    usual = State(visit="18b8a2f3c00", count=999, shown=tuple(f"{number:040}" for number in range(20)), after=99)
    assert read_state(sign(usual, HERE, SECRET.encode()), HERE, SECRET.encode()) == usual


def test_a_state_is_no_token_and_a_token_no_state() -> None:
    value = sign(STATE, HERE, SECRET.encode())
    assert not principal(says("hi", attributes={"switchboardToken": value})).verified
    heard = a_channel().hear(Invocation(event=says("hi", attributes={ATTRIBUTE: token()}), received_at=NOW))
    assert heard.state is None
