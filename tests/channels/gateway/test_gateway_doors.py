"""Who may open a socket, by real events: a ticket or a token that is in force, and an Origin that is known."""

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from channels.gateway.opening import LIFE, opened
from channels.gateway.settings import GatewaySettings, gateway_settings
from channels.gateway.tickets import LIFE as TICKET_LIFE
from channels.gateway.tickets import check, issue
from channels.tokens import JwtSettings, Tokens
from switchboard import BackendError, ConfigError, Principal, Refused
from switchboard.settings import load

SECRET = b"s" * 32
NOW = 1_795_392_000.0
ANN = Principal(id="ann", groups=frozenset({"staff"}), display_name="Ann", verified=True)
SETTINGS = GatewaySettings.model_validate({"secret": SECRET.decode(), "origins": ["https://www.example.com"]})
PAYLOADS = Path(__file__).parents[2] / "payloads" / "gateway"


BELIEVED = JwtSettings.model_validate({"secret": "j" * 32, "issuer": "https://id.example", "audience": "chat"})


def token(key: str | None = "j" * 32, algorithm: str = "HS256", **changes: Any) -> str:
    whole = {"iss": "https://id.example", "aud": "chat", "exp": 4_000_000_000, "sub": "ann", "name": "Ann"}
    claims = {name: value for name, value in {**whole, "groups": ["staff"], **changes}.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm)


def ticket(**changes: Any) -> str:
    facts: dict[str, Any] = {"tenant": "local", "now": NOW} | changes
    return issue(facts.pop("secret", SECRET), ANN, **facts)


def event(ticket: str | None, **headers: str | None) -> dict[str, Any]:
    """The event of a socket that is being opened; a header of ``None`` is left out."""
    found: dict[str, Any] = json.loads((PAYLOADS / "connect.json").read_text(encoding="utf-8"))
    found["queryStringParameters"] = None if ticket is None else {"ticket": ticket}
    found["headers"] = {name: text for name, text in (found["headers"] | headers).items() if text is not None}
    return found


async def test_who_has_a_ticket_and_comes_from_a_known_page_is_let_in() -> None:
    connection = await opened(event(ticket()), SETTINGS, tenant="local", now=NOW)
    assert connection.principal == ANN
    assert connection.id == "FxAbCdEfDoECJ-A="
    assert connection.endpoint == "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"
    assert connection.expires_at == NOW + LIFE


async def test_a_program_says_no_origin_and_needs_a_ticket() -> None:
    connection = await opened(event(ticket(), Origin=None), SETTINGS, tenant="local", now=NOW)
    assert connection.principal == ANN
    with pytest.raises(Refused):
        await opened(event(None, Origin=None), SETTINGS, tenant="local", now=NOW)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://www.example.com", "https://www.example.com.evil.example"]
)
async def test_a_foreign_page_is_refused_whatever_its_ticket(origin: str) -> None:
    with pytest.raises(Refused) as caught:
        await opened(event(ticket(), Origin=origin), SETTINGS, tenant="local", now=NOW)
    assert caught.value.policy == "origin"


async def test_without_settings_nobody_is_let_in() -> None:
    for forged in (ticket(), ticket(secret=b"")):
        with pytest.raises(Refused):
            await opened(event(forged, Origin=None), GatewaySettings(), tenant="local", now=NOW)


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "",
        ".",
        "a.b",
        "\u00e4",
        "x" * 100_000,
        ticket(secret=b"t" * 32),
        ticket(tenant="other"),
        ticket(now=NOW - TICKET_LIFE),
    ],
    ids=["none", "empty", "dot", "not ours", "not ascii", "huge", "forged", "of another tenant", "too old"],
)
async def test_a_ticket_that_is_not_right_lets_nobody_in(shown: str | None) -> None:
    with pytest.raises(Refused) as caught:
        await opened(event(shown), SETTINGS, tenant="local", now=NOW)
    assert caught.value.policy == "ticket"


@given(st.integers(0, 400), st.characters())
def test_a_ticket_with_another_character_in_it_is_worth_nothing(place: int, letter: str) -> None:
    good = ticket()
    place %= len(good) - 1  # the last character holds bits that mean nothing
    bad = good[:place] + letter + good[place + 1 :]
    assert bad == good or place == good.index(".") - 1 or check(SECRET, bad, tenant="local", now=NOW) is None


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
async def test_an_event_of_any_shape_is_refused_and_nothing_else(junk: Any) -> None:
    for name in ("headers", "queryStringParameters", "requestContext"):
        with pytest.raises(Refused):
            await opened({**event(None), name: junk}, SETTINGS, tenant="local", now=NOW)


async def let_in(shown: dict[str, Any], believed: JwtSettings | None = BELIEVED) -> Principal:
    tokens = Tokens(believed, where="channels.gateway.jwt") if believed is not None else None
    return (await opened(shown, SETTINGS, tenant="local", now=NOW, tokens=tokens)).principal


async def test_a_program_may_show_a_token_as_its_header() -> None:
    assert await let_in(event(None, Origin=None, Authorization=f"Bearer {token()}")) == ANN


async def test_a_page_may_show_a_token_in_the_place_of_a_ticket() -> None:
    assert await let_in(event(token())) == ANN


async def test_a_ticket_counts_where_tokens_are_believed_and_as_a_header_too() -> None:
    assert await let_in(event(ticket())) == ANN
    assert await let_in(event(None, Authorization=f"bearer {ticket()}")) == ANN


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_000},
        {"exp": None},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"key": "t" * 32},
        {"key": "s" * 64, "algorithm": "HS512"},
        {"key": None, "algorithm": "none"},
        {"sub": ""},
    ],
    ids=["too old", "for ever", "for others", "of others", "forged", "another algorithm", "not signed", "nobody's"],
)
async def test_a_token_that_is_not_right_lets_nobody_in(changes: dict[str, Any]) -> None:
    for shown in (event(token(**changes)), event(ticket(), Authorization=f"Bearer {token(**changes)}")):
        with pytest.raises(Refused) as caught:
            await let_in(shown)
        assert caught.value.policy == "ticket"


@pytest.mark.parametrize("shown", ["..", "a.b.c", "\u00e4.b.c", "e30.e30.e30", "." * 50])
async def test_what_only_looks_like_a_token_lets_nobody_in(shown: str) -> None:
    with pytest.raises(Refused):
        await let_in(event(shown))


async def test_where_no_tokens_are_believed_none_lets_anybody_in() -> None:
    with pytest.raises(Refused):
        await let_in(event(token()), believed=None)


async def test_a_token_of_a_foreign_page_is_not_even_looked_at() -> None:
    with pytest.raises(Refused) as caught:
        await let_in(event(token(), Origin="https://evil.example"))
    assert caught.value.policy == "origin"


async def test_a_token_that_can_not_be_checked_lets_nobody_in() -> None:
    unreachable = BELIEVED.model_copy(update={"secret": SecretStr(""), "jwks_url": "http://127.0.0.1:9/keys"})
    with pytest.raises(BackendError):
        await let_in(event(jwt.encode({"sub": "ann"}, "s" * 32, headers={"kid": "one"})), unreachable)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET", "short"), ("ENDPOINT", "http://example.com"), ("NOTHING", "x"), ("JWT__SECRET", "short")],
)
def test_settings_that_are_wrong_are_told_with_their_name(name: str, value: str) -> None:
    variables = {f"SWITCHBOARD_CHANNELS__GATEWAY__{name}": value}
    with pytest.raises(ConfigError, match=f"channels.gateway.{name.lower().partition('__')[0]}"):
        gateway_settings(load(None, variables))


def test_a_missing_secret_is_told() -> None:
    with pytest.raises(ConfigError, match="SWITCHBOARD_CHANNELS__GATEWAY__SECRET"):
        _ = GatewaySettings().key
