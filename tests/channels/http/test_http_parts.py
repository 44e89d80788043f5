"""The pure parts: ids, preferences, tickets, settings, the channel itself."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.http.channel import Asked, HttpChannel
from channels.http.naming import CONVERSATION_ID, conversation_of, derived, fits, is_own
from channels.http.preferring import preference
from channels.http.serve import is_loopback
from channels.http.settings import http_settings
from channels.http.tickets import Links, Ticket, Tickets
from switchboard import Artifact, Citation, ConfigError, Conversation, Principal, Reply
from switchboard.settings import Settings

ANN = Principal(id="ann", groups=frozenset({"staff"}), verified=True)
TICKETS = Tickets(b"s" * 32, tenant="local", seconds=60)
HERE = conversation_of(ANN, "c", tenant="local")


@pytest.mark.parametrize(
    ("headers", "wait", "applied"),
    [
        ([], 60.0, ""),
        (["wait=5"], 5.0, "wait=5"),
        (["Wait = 5; x=y, foo"], 5.0, "wait=5"),
        (['wait="5"'], 5.0, "wait=5"),
        (["foo", "wait=5", "wait=6"], 5.0, "wait=5"),
        (["wait=999999999"], 60.0, "wait=999999999"),
        (["wait=0"], 0.0, "wait=0"),
        (["respond-async, wait=5"], 0.0, "respond-async"),
        (["wait=-1, wait=x, wait=1.5"], 60.0, ""),
        (["wait=" + "9" * 5_000], 60.0, ""),
    ],
)
def test_a_preference_is_heard_within_what_is_allowed(headers: list[str], wait: float, applied: str) -> None:
    found = preference(headers, longest=60.0)
    assert (found.wait, found.applied) == (wait, applied)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_derived_ids_are_the_same_for_the_same_parts_alone(left: list[str], right: list[str]) -> None:
    ids = derived(*left, prefix="c"), derived(*right, prefix="c")
    assert (ids[0] == ids[1]) == (left == right)
    assert fits(CONVERSATION_ID, ids[0])


@given(st.text(), st.text(), st.text())
def test_callers_share_no_conversation(left: str, right: str, name: str) -> None:
    ann, bob = (Principal(id=who, verified=True) for who in (left, right))
    keys = [conversation_of(who, name, tenant="local").key for who in (ann, bob)]
    assert (keys[0] == keys[1]) == (left == right)


def test_a_conversation_of_another_channel_is_not_the_callers() -> None:
    assert is_own(HERE, ANN)
    assert not is_own(Conversation(tenant="local", channel="websocket", room="ann", thread="c"), ANN)


@given(st.text(), st.frozensets(st.text(), max_size=3), st.text(max_size=20))
def test_a_ticket_is_read_back_until_it_has_run_out(person: str, groups: frozenset[str], path: str) -> None:
    who = Principal(id=person, groups=groups, verified=True)
    ticket = Ticket(path=path, principal=who, conversation=conversation_of(who, "c", tenant="local"))
    text = TICKETS.write(ticket, now=100.0)
    assert TICKETS.read(text, path=path, now=159.0) == ticket
    assert TICKETS.read(text, path=path, now=160.0) is None
    assert TICKETS.read(text, path=path + "x", now=100.0) is None
    assert Tickets(b"t" * 32, tenant="local", seconds=60).read(text, path=path, now=100.0) is None


@given(st.text())
def test_what_nobody_signed_is_no_ticket(text: str) -> None:
    assert TICKETS.read(text, path="/", now=0.0) is None


def test_a_reply_gets_addresses_where_there_is_something_to_open() -> None:
    links = Links(tickets=TICKETS, principal=ANN, base="http://here", now=0.0)
    reply = Reply(
        text="",
        status="complete",
        citations=(
            Citation(number=1, title="", source="", link="https://web.example/x", page=2),
            Citation(number=2, title="", source="", link="javascript:alert(1)"),
            Citation(number=3, title="", source="", document="d"),
        ),
        artifacts=(
            Artifact(name="a", media_type="image/png", size=1, digest="0" * 64),
            Artifact(name="b", media_type="image/png", size=1, digest=""),
        ),
    )
    found = links.reply(reply, HERE)
    assert [one.link.partition("?")[0] for one in found.citations] == [
        "https://web.example/x#page=2",
        "",
        "http://here/v1/documents/d",
    ]
    assert [one.link.partition("?")[0] for one in found.artifacts] == [f"http://here/v1/files/{'0' * 64}", ""]
    assert links.event(reply.artifacts[0], HERE) == found.artifacts[0]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"unknown": 1}, "Extra inputs"),
        ({"public_url": "ftp://x"}, "http or https"),
        ({"jwt": {"secret": "short", "issuer": "i", "audience": "a"}}, "32 characters"),
        ({"jwt": {"secret": "s" * 32}}, "issuer and audience"),
        ({"jwt": {"secret": "s" * 32, "jwks_file": "f"}}, "one of"),
        ({"jwt": {"jwks_url": "http://far.example/keys"}}, "https"),
        ({"jwt": {"algorithms": ["none"]}}, "Input should be"),
        ({"jwt": {"algorithms": ["HS256"]}}, "Input should be"),
        ({"wait_seconds": 0}, "greater than 0"),
    ],
)
def test_what_is_wrong_in_the_settings_is_told(table: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        http_settings(Settings.model_validate({"channels": {"http": table}}))


def test_the_settings_are_read_from_variables() -> None:
    table = {"origins": ["https://a"], "jwt": {"jwks_url": "https://a/k", "issuer": "i", "audience": "a"}}
    found = http_settings(Settings.model_validate({"channels": {"http": table}}))
    assert (found.origins, found.jwt.on) == (("https://a",), True)
    listed = {"jwt": {"algorithms": "ES256,EdDSA"}}
    assert http_settings(Settings.model_validate({"channels": {"http": listed}})).jwt.algorithms == ("ES256", "EdDSA")


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("x", False)],
)
def test_only_this_machine_reaches_the_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


async def test_replies_are_fetched_and_never_sent(tmp_path: Path) -> None:
    channel = HttpChannel()
    (message,) = channel.parse(Asked(id="m", conversation=HERE, principal=ANN, text="x"))
    assert not message.push
    receipt = await channel.send(message, channel.render(Reply(text="y", status="complete")))
    assert (receipt.delivered, receipt.retry_after) == (False, None)
