"""Socket Mode against a fake of Slack's side: acknowledged when taken, connected anew, closed in good order."""

import asyncio
from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from channels.slack import texts
from channels.slack.serve import serving
from channels.slack.serving import Serving
from channels.slack.socket import connected
from switchboard import BackendError, ConfigError
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.slack import FakeSlack, Trouble
from switchboard.testing.slack_socket import FakeSocket
from tests.channels.slack.shared import make, payload


@pytest.fixture
def socket(slack: FakeSlack) -> Iterator[FakeSocket]:
    with FakeSocket() as fake:
        slack.socket_url = fake.url
        yield fake


async def test_an_envelope_is_acknowledged_once_it_was_taken(slack: FakeSlack, socket: FakeSocket) -> None:
    assistant = FakeAssistant()
    channel = make(slack, app_token=slack.app_token, streaming="off")
    async with serving(channel, assistant) as where:
        assert where == "Socket Mode"
        await asyncio.to_thread(socket.connected)
        envelope = socket.send(payload("app_mention"))
        assert await asyncio.to_thread(socket.answer, envelope) == {}
        assert len(assistant._lines) == 1
        again = socket.send(payload("app_mention"), retry=1)
        assert await asyncio.to_thread(socket.answer, again) == {}
        (line,) = assistant._lines.values()
        assert len(line.turns) == 1
        command = socket.send(payload("slash_command"), kind="slash_commands")
        assert await asyncio.to_thread(socket.answer, command) == {
            "response_type": "ephemeral",
            "text": texts.ANSWER_HERE,
        }
        malformed = socket.send({"type": "event_callback"})
        assert await asyncio.to_thread(socket.answer, malformed) == {}
    await assistant.close()


async def test_r19_what_was_not_taken_is_not_acknowledged(
    slack: FakeSlack, socket: FakeSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = FakeAssistant()

    async def broken(message: object) -> None:
        raise BackendError(service="conversations", operation="commit", code="locked")

    channel = make(slack, app_token=slack.app_token, streaming="off")
    async with connected(Serving(channel, assistant), channel.settings):
        await asyncio.to_thread(socket.connected)
        with monkeypatch.context() as patch:
            patch.setattr(assistant, "offer", broken)
            lost = socket.send(payload("app_mention"))
            other = socket.send(payload("reaction_added"))
            await asyncio.to_thread(socket.answer, other)
            assert lost not in socket.acknowledged
        again = socket.send(payload("app_mention"), envelope=lost, retry=1)
        assert await asyncio.to_thread(socket.answer, again) == {}
    await assistant.close()


async def test_a_connection_that_slack_ends_is_opened_anew(slack: FakeSlack, socket: FakeSocket) -> None:
    channel = make(slack, app_token=slack.app_token, streaming="off")
    async with connected(Serving(channel, FakeAssistant()), channel.settings):
        await asyncio.to_thread(socket.connected)
        socket.disconnect()
        assert await asyncio.to_thread(socket.connected, 2)
        envelope = socket.send(payload("reaction_added"))
        assert await asyncio.to_thread(socket.answer, envelope) == {}


async def test_a_wrong_app_token_is_told_with_its_fix(slack: FakeSlack, socket: FakeSocket) -> None:
    channel = make(slack, app_token="xapp-wrong")
    with pytest.raises(ConfigError, match="connections:write"):
        async with serving(channel, FakeAssistant()):
            pass


async def test_a_slack_that_is_not_there_yet_is_waited_for(
    slack: FakeSlack, socket: FakeSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.slack.socket.FIRST_PAUSE", 0.0)
    slack.trouble("apps.connections.open", Trouble(error="internal_error"), Trouble(hang_up=True))
    channel = make(slack, app_token=slack.app_token)
    async with serving(channel, FakeAssistant()):
        assert await asyncio.to_thread(socket.connected)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"bot_token": "", "app_token": "xapp-1"}, "BOT_TOKEN"),
        ({"mode": "socket"}, "APP_TOKEN"),
        ({"mode": "http", "signing_secret": ""}, "SIGNING_SECRET"),
    ],
)
async def test_what_is_missing_is_named(slack: FakeSlack, given: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        async with serving(make(slack, **given), FakeAssistant()):
            pass


def test_the_fake_is_one_that_slacks_own_framework_works_with(slack: FakeSlack, socket: FakeSocket) -> None:
    """An app of Bolt's answers a mention through the same fakes, so that these are no friends of ours alone."""
    client = WebClient(token=slack.token, base_url=slack.api_url)
    app = App(client=client, token_verification_enabled=False, ignoring_self_events_enabled=False)

    @app.event("app_mention")
    def hello(event: dict[str, str]) -> None:
        client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="Hello from Bolt")

    handler = SocketModeHandler(app, slack.app_token, web_client=client)
    handler.connect()
    try:
        assert socket.connected()
        assert socket.answer(socket.send(payload("app_mention"))) == {}
    finally:
        handler.close()
