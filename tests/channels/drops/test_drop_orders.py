"""Orders are believed when we signed them, for this tenant and in time; nothing else is."""

from dataclasses import replace

import pytest

from channels.drops.orders import LIFE, Order, check, sign
from switchboard import BadInput, Conversation, Principal, Refused
from switchboard.testing.samples import HOSTILE_NAMES

SECRET = b"s" * 32
NOW = 1_000_000.0
ORDER = Order(
    conversation=Conversation(tenant="local", channel="gateway", room="room"),
    principal=Principal(id="ann", groups=frozenset({"staff"}), verified=True),
    digest="0" * 64,
    expires_at=NOW + LIFE,
    focus="what changed",
)


def test_an_order_is_read_as_it_was_signed() -> None:
    assert check(SECRET, sign(SECRET, ORDER), tenant="local", now=NOW) == ORDER


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_of_any_kind_come_through(name: str) -> None:
    order = replace(ORDER, principal=Principal(id=name), conversation=replace(ORDER.conversation, room=name))
    assert check(SECRET, sign(SECRET, order), tenant="local", now=NOW) == order


def test_an_order_under_another_secret_is_refused() -> None:
    with pytest.raises(Refused):
        check(b"t" * 32, sign(SECRET, ORDER), tenant="local", now=NOW)


def test_an_order_for_another_tenant_is_refused() -> None:
    with pytest.raises(Refused):
        check(SECRET, sign(SECRET, ORDER), tenant="other", now=NOW)


def test_an_order_that_is_too_old_is_refused() -> None:
    with pytest.raises(Refused):
        check(SECRET, sign(SECRET, ORDER), tenant="local", now=NOW + LIFE)


def test_an_order_of_which_anything_was_changed_is_refused() -> None:
    signed = sign(SECRET, ORDER)
    for place in range(0, len(signed), 7):
        other = "A" if signed[place] != "A" else "B"
        with pytest.raises(Refused):
            check(SECRET, signed[:place] + other + signed[place + 1 :], tenant="local", now=NOW)


@pytest.mark.parametrize("text", ["", ".", "a.b", "!", "a" * 5_000, "é.é"])
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        check(SECRET, text, tenant="local", now=NOW)


def test_a_wish_that_is_too_long_to_go_along_is_told() -> None:
    wish = " ".join(f"{number * 7919:x}" for number in range(900))
    with pytest.raises(BadInput, match="too long"):
        sign(SECRET, replace(ORDER, focus=wish))
