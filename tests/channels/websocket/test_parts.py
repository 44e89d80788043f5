"""The pure parts of the web chat: names, headers, links, cookies, keys, sizes, rooms."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from channels.websocket import texts
from channels.websocket.channel import Said, WebSocketChannel
from channels.websocket.files import shown
from channels.websocket.following import MOST, Following
from channels.websocket.identity import Visitors
from channels.websocket.keys import load_keys
from channels.websocket.links import linked, linked_reply, source_link
from channels.websocket.protocol import BadFrame, Response, Say
from channels.websocket.rooms import Rooms
from channels.websocket.settings import WebSettings
from channels.websocket.tasks import Work
from channels.websocket.uploads import NAME_LIMIT, media_type, safe_name
from channels.websocket.visits import Visiting
from switchboard import (
    Artifact,
    Channel,
    Citation,
    ConfigError,
    Conversation,
    Event,
    Failed,
    Final,
    JobStarted,
    Message,
    MessageId,
    Principal,
    Reply,
    Warning,
    fold,
)
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.assistant import FakeAssistant

from .conftest import OWNER, web_settings

LINE = Conversation(tenant="local", channel="websocket", room="visitor:a", thread="t 1")
MESSAGE = Message(id=MessageId("message-1"), conversation=LINE, principal=Principal(id="visitor:a"), text="hi")


def no_job(started: JobStarted, message_id: MessageId, conversation: Conversation) -> None:
    raise AssertionError(started)


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\plan.docx", "plan.docx"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("", "file"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie: x.txt"),
        ("invoice\u202efdp.exe", "invoice fdp.exe"),
        ("nul\x00l.txt", "nul l.txt"),
        ("x" * 300, "x" * NAME_LIMIT),
        ("x" * 300 + ".pdf", "x" * (NAME_LIMIT - 4) + ".pdf"),
    ],
)
def test_a_file_name_is_made_harmless(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@given(st.text())
def test_no_name_is_a_path_or_breaks_a_header(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= NAME_LIMIT
    assert not set("/\\\r\n\0").intersection(safe)
    assert not safe.startswith(".")
    shown(name, "text/plain").disposition.encode("ascii")


@pytest.mark.parametrize(
    ("claimed", "name", "taken"),
    [
        ("application/pdf; charset=x", "a", "application/pdf"),
        ("", "a.pdf", "application/pdf"),
        ("application/octet-stream", "a.txt", "text/plain"),
        ("text/html\r\nX: y", "a", "application/octet-stream"),
    ],
)
def test_a_media_type_is_what_was_claimed_or_what_the_name_says(claimed: str, name: str, taken: str) -> None:
    assert media_type(claimed, name) == taken


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/markdown", "TEXT/HTML;x=y"]
)
def test_what_could_run_is_shown_as_plain_text(kind: str) -> None:
    assert shown("a", kind).media_type == "text/plain; charset=utf-8"


def test_what_a_browser_can_not_show_is_saved() -> None:
    how = shown('we"ird\r\n.docx', "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    assert how.media_type == "application/octet-stream"
    assert how.disposition == "attachment; filename=\"we_ird.docx\"; filename*=UTF-8''we%22ird.docx"


@pytest.mark.parametrize(
    ("citation", "link"),
    [
        (Citation(title="", source="", document="d", page=4), "/documents/d?conversation=t%201#page=4"),
        (Citation(title="", source="", document="a/../b?c#d"), "/documents/a%2F..%2Fb%3Fc%23d?conversation=t%201"),
        (Citation(title="", source="", link="https://x.example/a", page=2), "https://x.example/a#page=2"),
        (Citation(title="", source="", link="https://x.example/a#b", page=2), "https://x.example/a#b"),
        (Citation(title="", source="", link="javascript:alert(1)"), ""),
        (
            Citation(title="", source="", link="javascript://x.example/%0aalert(1)", document="d"),
            "/documents/d?conversation=t%201",
        ),
        (Citation(title="", source="", link="https://[broken"), ""),
    ],
)
def test_a_citation_leads_to_its_own_address_or_to_ours(citation: Citation, link: str) -> None:
    assert source_link(citation, LINE) == link


def test_what_the_assistant_made_can_be_opened() -> None:
    made = Artifact(name="a.png", media_type="image/png", size=1, digest="0" * 64)
    event = linked(made, LINE)
    assert isinstance(event, Artifact)
    assert event.link == f"/files/{'0' * 64}?conversation=t%201"
    assert linked_reply(Reply(text="", status="complete", artifacts=(made,)), LINE).artifacts == (event,)


def test_a_cookie_of_ours_is_read_back() -> None:
    visitors = Visitors(web_settings())
    visit = visitors.new()
    assert visitors.read(visit.cookie) == visit
    assert visit.principal.verified is False


@pytest.mark.parametrize(
    "cookie", [None, "", "visitor", "visitor.a.b", "owner.a.", "visitor..", "x.y.z", "visitor.\ud800.é"]
)
def test_a_cookie_that_we_did_not_sign_is_nobodys(cookie: str | None) -> None:
    assert Visitors(web_settings()).read(cookie) is None


def test_a_visitor_can_not_turn_into_the_owner() -> None:
    visitors = Visitors(web_settings())
    assert visitors.read(visitors.new().cookie.replace("visitor", "owner")) is None


def test_a_new_owner_key_ends_old_sign_ins() -> None:
    signed_in = Visitors(web_settings()).sign_in("the-owner-key")
    assert signed_in is not None
    assert signed_in.principal == OWNER
    assert Visitors(web_settings(owner_key="another")).read(signed_in.cookie) is None


def test_two_installations_do_not_share_a_cookie_name() -> None:
    assert Visitors(web_settings()).cookie_name != Visitors(web_settings(secret=b"t" * 32)).cookie_name


def test_a_conversation_id_is_its_visitors_own() -> None:
    visitors = Visitors(web_settings())
    mine, theirs = visitors.new().principal, visitors.new().principal
    conversation = visitors.new_conversation(mine)
    assert visitors.conversation(mine, conversation.thread) == conversation
    assert visitors.conversation(theirs, conversation.thread) is None


def test_keys_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    keys = load_keys(tmp_path / "data")
    assert load_keys(tmp_path / "data") == keys
    assert len(keys.secret) == 32
    assert [file.stat().st_mode & 0o777 for file in (tmp_path / "data").iterdir()] == [0o600]


def test_damaged_keys_are_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "web-keys.json").write_text("{}")
    with pytest.raises(ConfigError, match="Delete the file"):
        load_keys(tmp_path)


def test_keys_that_can_not_be_kept_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be kept"):
        load_keys(tmp_path / "file")


def test_settings_with_a_short_secret_or_an_unproven_owner_are_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        WebSettings(secret=b"short")
    with pytest.raises(ValueError, match="owner"):
        WebSettings(secret=b"s" * 32, owner=Principal(id="x"))


@pytest.mark.parametrize(
    ("count", "text"), [(50_000_000, "50 MB"), (1_500, "1.5 kB"), (7, "7 bytes"), (2 * 10**9, "2 GB")]
)
def test_sizes_are_told_in_units_for_people(count: int, text: str) -> None:
    assert texts.size(count) == text


def test_the_settings_make_the_channel() -> None:
    made = Setup(load(environ={"SWITCHBOARD_LIMITS__MESSAGE_CHARACTERS": "777"})).channel("websocket")
    assert (made.name, made.limits.text) == ("websocket", 777)


def test_the_channel_keeps_its_contract() -> None:
    channel: Channel[Said, Event] = WebSocketChannel(Rooms())
    said = Said(
        frame=Say(id="message-1", text="hi"),
        conversation=LINE,
        principal=MESSAGE.principal,
        attachments=(),
        received_at=0.0,
    )
    assert channel.name == "websocket"
    assert list(channel.parse(said)) == [MESSAGE]


@pytest.mark.parametrize("end", [Final(text="a [1]"), Failed(text="Sorry.", incident="i")])
def test_a_rendered_reply_folds_into_itself(end: Final | Failed) -> None:
    reply = fold([Citation(number=1, title="t", source="s"), Warning(text="w", code="c"), end])
    rendered = fold(WebSocketChannel(Rooms()).render(reply))
    assert (rendered.text, rendered.status, rendered.incident) == (reply.text, reply.status, reply.incident)
    assert [each.number for each in rendered.citations] == [1]


class Listener:
    """A window that confirms what is pushed to it."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.heard: list[MessageId] = []

    def announce(self, message: Message) -> None:
        self.heard.append(message.id)

    def push(self, message: Message, events: object) -> None:
        self.rooms.acknowledged(message.conversation, message.id)


async def test_a_pushed_reply_is_delivered_once_a_window_confirms() -> None:
    rooms = Rooms()
    rooms.join(LINE, Listener(rooms))
    assert (await WebSocketChannel(rooms).send(MESSAGE, ())).delivered is True


async def test_a_reply_to_a_closed_window_waits_and_nobody_else_sees_it() -> None:
    rooms = Rooms()
    other = Listener(rooms)
    rooms.join(Conversation(tenant="local", channel="websocket", room="visitor:b"), other)
    assert (await rooms.deliver(MESSAGE, ())).delivered is False
    assert other.heard == []


async def test_a_window_that_never_confirms_is_told_as_not_delivered() -> None:
    rooms = Rooms(patience=0.01)
    rooms.join(LINE, Listener(Rooms()))
    receipt = await rooms.deliver(MESSAGE, ())
    assert (receipt.delivered, receipt.retry_after) == (False, 0.01)


async def test_what_is_pushed_waits_for_the_welcome_and_can_be_confirmed() -> None:
    sent: list[Response] = []
    welcomed, all_sent = asyncio.Event(), asyncio.Event()

    async def send(response: Response) -> None:
        sent.append(response)

    async def guard(work: Work, about: str = "") -> None:
        await work()
        all_sent.set()

    following = Following(FakeAssistant(), send, guard, began=no_job)
    following.push(MESSAGE, [Final(text="Done.", seq=1)], ready=welcomed)
    await asyncio.sleep(0)
    assert sent == []
    welcomed.set()
    await all_sent.wait()
    assert [response.type for response in sent] == ["turn", "event"]
    assert following.confirmed(MESSAGE.id, 1) == MESSAGE


@pytest.mark.parametrize(
    ("scheme", "site", "ending"),
    [
        ("http", "same-origin", "SameSite=Lax"),
        ("http", "cross-site", "SameSite=Lax"),
        ("https", "same-origin", "SameSite=Lax; Secure"),
        ("https", "cross-site", "SameSite=None; Partitioned; Secure"),
    ],
)
def test_only_an_encrypted_page_of_another_site_gets_a_cookie_that_reaches_it(
    scheme: str, site: str, ending: str
) -> None:
    visitors = Visitors(web_settings())
    headers = [(b"host", b"chat.example"), (b"sec-fetch-site", site.encode())]
    scope = {"type": "http", "scheme": scheme, "path": "/", "query_string": b"", "headers": headers}
    ((_, cookie),) = Visiting(visitors).cookie_headers(HTTPConnection(scope), visitors.new())
    assert cookie.decode().endswith(f"HttpOnly; {ending}")


async def test_too_many_turns_on_one_connection_are_refused() -> None:
    async def send(response: Response) -> None: ...

    async def guard(work: Work, about: str = "") -> None:
        await asyncio.get_running_loop().create_future()

    following = Following(FakeAssistant(), send, guard, began=no_job)
    for number in range(MOST):
        following.follow(MessageId(f"message-{number}"), LINE)
    with pytest.raises(BadFrame):
        following.follow(MessageId("one-too-many"), LINE)
    following.show(MESSAGE, ready=asyncio.Event())
    await following.close()
