"""Whether a request is Slack's: the published example, our own, and Slack's library agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from channels.slack.signing import is_signed, sign
from tests.channels.slack.shared import SECRET

NOW = 1_767_225_600
BODY = b'{"type":"event_callback"}'


class Stopped(Clock):
    """A clock that stands still."""

    def now(self) -> float:
        """The one time that there is."""
        return NOW


def headers(timestamp: str = str(NOW), signature: str | None = None, *, body: bytes = BODY) -> dict[str, str]:
    signed = sign(SECRET, timestamp, body) if signature is None else signature
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signed}


def test_what_slacks_library_signs_is_accepted() -> None:
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=str(NOW), body=BODY)
    assert signature is not None
    assert is_signed(headers(signature=signature), BODY, secret=SECRET, now=NOW)


@pytest.mark.parametrize("age", [-300, -299, 0, 300])
def test_a_request_may_be_five_minutes_off(age: int) -> None:
    assert is_signed(headers(str(NOW - age)), BODY, secret=SECRET, now=NOW)


@pytest.mark.parametrize("age", [-301, 301, 600, 10**9])
def test_an_old_request_is_refused_though_its_signature_is_right(age: int) -> None:
    assert not is_signed(headers(str(NOW - age)), BODY, secret=SECRET, now=NOW)


def test_a_forged_request_is_refused() -> None:
    forged = {**headers(), "x-slack-signature": sign("another secret", str(NOW), BODY)}
    assert not is_signed(forged, BODY, secret=SECRET, now=NOW)
    assert not is_signed(headers(), BODY + b" ", secret=SECRET, now=NOW)


def test_without_a_secret_nothing_is_accepted() -> None:
    assert not is_signed({**headers(), "x-slack-signature": sign("", str(NOW), BODY)}, BODY, secret="", now=NOW)


@pytest.mark.parametrize("timestamp", ["", "abc", "-1", "1e9", "９", " 1767225600", "9" * 400, "nan"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    assert not is_signed(headers(timestamp), BODY, secret=SECRET, now=NOW)


@given(body=st.binary(max_size=200), signature=st.one_of(st.text(max_size=80), st.none()))
def test_slacks_library_and_ours_say_the_same(body: bytes, signature: str | None) -> None:
    given = headers(signature=signature, body=body)
    theirs = SignatureVerifier(SECRET, clock=Stopped())
    try:
        expected = theirs.is_valid(body=body, timestamp=str(NOW), signature=given["x-slack-signature"])
    except (TypeError, ValueError, UnicodeError):  # of theirs, for a signature that is not ASCII, or a body not UTF-8
        expected = signature is None
    assert is_signed(given, body, secret=SECRET, now=NOW) is expected
