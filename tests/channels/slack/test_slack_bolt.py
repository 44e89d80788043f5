"""The assistant inside a Bolt app, of either kind: what this channel promises holds with Bolt in between."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from channels.slack import texts
from channels.slack.bolt import attached
from channels.slack.channel import SlackChannel
from switchboard import BackendError, Reply
from switchboard.testing.assistant import FakeAssistant
from switchboard.testing.slack import FakeSlack, Trouble
from switchboard.testing.slack_socket import FakeSocket
from tests.channels.slack.desks import ANN
from tests.channels.slack.shared import NAMES, SECRET, THREAD, make, message, payload, until
from tests.channels.slack.test_slack_http import request_for, signed

FORMS = ("block_actions", "shortcut", "message_action", "view_submission")


class Theirs:
    """Somebody's Bolt app, sync or async, with the assistant added last."""

    def __init__(self, slack: FakeSlack, *, kind: str) -> None:
        client: Any = (AsyncWebClient if kind == "async" else WebClient)(token=slack.token, base_url=slack.api_url)
        made: Any = (AsyncApp if kind == "async" else App)(
            client=client, signing_secret=SECRET, **({} if kind == "async" else {"token_verification_enabled": False})
        )
        self.app = made
        self.is_async = kind == "async"
        self.assistant = FakeAssistant()
        self.channel: SlackChannel = make(slack, streaming="off")
        self.heard: list[str] = []

    def listen(self, register: Callable[[Any], Any], name: str) -> None:
        """Add a listener of the app's own."""

        def hears(ack: Any) -> None:
            ack()
            self.heard.append(name)

        async def hears_async(ack: Any) -> None:
            await ack()
            self.heard.append(name)

        register(hears_async if self.is_async else hears)

    async def post(self, loaded: dict[str, Any], *, form: bool = False, **how: Any) -> BoltResponse:
        """Send a payload as Slack does over HTTP."""
        body, kind = request_for(loaded, form=form)
        request = {"body": body.decode(), "headers": signed(body, kind, **{"at": int(time.time()), **how})}
        if self.is_async:
            answer: BoltResponse = await self.app.async_dispatch(AsyncBoltRequest(**request))
            return answer
        return await asyncio.to_thread(self.app.dispatch, BoltRequest(**request))

    async def turns(self) -> int:
        """How many turns there are in all."""
        lines = [await self.assistant.transcript(conversation) for conversation in self.assistant._lines]
        return sum(map(len, lines))


@pytest.fixture(params=["sync", "async"])
async def theirs(request: Any, slack: FakeSlack) -> AsyncIterator[Theirs]:
    made = Theirs(slack, kind=request.param)
    yield made
    await made.assistant.close()


async def test_a_question_is_written_down_when_bolt_acknowledges_it(theirs: Theirs) -> None:
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        assert (await theirs.post(payload("app_mention"))).status == 200
        assert await theirs.turns() == 1


async def test_r7_message_and_mention_and_retries_are_one_turn_with_bolt_in_between(theirs: Theirs) -> None:
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        names = ("app_mention", "message_channel_mention", "app_mention")
        assert [(await theirs.post(payload(name))).status for name in names] == [200] * 3
        assert await theirs.turns() == 1


async def test_r19_what_could_not_be_written_down_comes_again_through_bolt(
    theirs: Theirs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(message: object) -> None:
        raise BackendError(service="conversations", operation="commit", code="locked")

    async with attached(theirs.app, theirs.channel, theirs.assistant):
        with monkeypatch.context() as patch:
            patch.setattr(theirs.assistant, "offer", broken)
            assert (await theirs.post(payload("app_mention"))).status == 500
        assert (await theirs.post(payload("app_mention"))).status == 200
        assert await theirs.turns() == 1


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("app_rate_limited", "reaction_added")])
async def test_bolt_passes_on_all_that_is_for_the_assistant(theirs: Theirs, name: str) -> None:
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        assert (await theirs.post(payload(name), form=name.startswith(FORMS))).status == 200


@pytest.mark.parametrize("how", [{"secret": "another"}, {"at": int(time.time()) - 400}], ids=["forged", "old"])
async def test_what_slack_has_not_signed_does_not_get_through_bolt(theirs: Theirs, how: dict[str, Any]) -> None:
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        assert (await theirs.post(payload("app_mention"), **how)).status == 401
        assert await theirs.turns() == 0


async def test_what_the_apps_own_listeners_take_is_theirs(theirs: Theirs) -> None:
    theirs.listen(theirs.app.event("app_home_opened"), "home")
    theirs.listen(theirs.app.command("/deploy"), "deploy")
    theirs.listen(theirs.app.action("their-button"), "button")
    theirs.listen(theirs.app.event("app_mention"), "mention")
    command, button = payload("slash_command"), payload("block_actions_stop")
    command["command"] = "/deploy"
    button["actions"][0]["action_id"] = "their-button"
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        for loaded, form in ((payload("app_home_opened"), False), (command, True), (button, True)):
            assert (await theirs.post(loaded, form=form)).status == 200
        assert (await theirs.post(payload("app_mention"))).status == 200
        await until(lambda: len(theirs.heard) == 4)
        assert await theirs.turns() == 0


async def test_what_nobody_takes_is_acknowledged_so_that_slack_does_not_send_it_again(theirs: Theirs) -> None:
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        assert (await theirs.post(payload("message_channel_thread"))).status == 200
        assert await theirs.turns() == 0


async def test_the_command_may_have_another_name(theirs: Theirs) -> None:
    command = {**payload("slash_command"), "command": "/switchboard"}
    async with attached(theirs.app, theirs.channel, theirs.assistant, command="/switchboard"):
        answer = await theirs.post(command, form=True)
    assert (answer.status, texts.ANSWER_HERE in answer.body) == (200, True)


async def test_a_person_is_who_slack_says_it_is_with_bolt_in_between(theirs: Theirs) -> None:
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        await theirs.post(payload("message_slack_connect"))
        (conversation,) = theirs.assistant._lines
        (turn,) = await theirs.assistant.transcript(conversation)
        assert turn.message.principal.id == "T0OTHER:U0EXT"


async def test_after_a_crash_what_the_app_has_posted_by_itself_is_left_alone(theirs: Theirs, slack: FakeSlack) -> None:
    web = WebClient(token=slack.token, base_url=slack.api_url)
    await asyncio.to_thread(web.chat_postMessage, channel="C1", thread_ts=THREAD, text="Deployed.")
    asked = message(id="T0TEAM/C1/1800000000.000200")
    parts = theirs.channel.render(Reply(text="It is 40 euros.", status="complete"))
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        assert (await theirs.channel.send(asked, parts, again=True)).delivered
    assert slack.visible("C1", thread=THREAD) == ["Deployed.", "It is 40 euros."]


async def test_bolt_that_can_not_ask_slack_who_it_is_takes_nothing(theirs: Theirs, slack: FakeSlack) -> None:
    """It acknowledges what comes meanwhile, by its own rules: the page on Slack says so."""
    slack.trouble("auth.test", Trouble(error="internal_error"))
    async with attached(theirs.app, theirs.channel, theirs.assistant):
        assert (await theirs.post(payload("app_mention"))).status == 200
        assert await theirs.turns() == 0
        assert (await theirs.post(payload("app_mention"))).status == 200
        assert await theirs.turns() == 1


async def test_a_busy_event_loop_has_slack_send_again_what_a_thread_can_not_hand_over(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.slack.bolt.PATIENCE", 0.01)
    theirs = Theirs(slack, kind="sync")
    free = asyncio.Event()

    async def slow(message: object) -> None:
        await free.wait()

    async with attached(theirs.app, theirs.channel, theirs.assistant):
        monkeypatch.setattr(theirs.assistant, "offer", slow)
        assert (await theirs.post(payload("app_mention"))).status == 500
        free.set()


async def test_an_async_app_in_socket_mode_answers_in_the_thread(slack: FakeSlack) -> None:
    theirs = Theirs(slack, kind="async")
    with FakeSocket() as socket:
        slack.socket_url = socket.url
        handler = AsyncSocketModeHandler(theirs.app, slack.app_token)
        async with attached(theirs.app, theirs.channel, theirs.assistant):
            await handler.connect_async()
            assert await asyncio.to_thread(socket.connected)
            envelope = socket.send(payload("app_mention"))
            assert await asyncio.to_thread(socket.answer, envelope) == {}
            assert await theirs.turns() == 1
        await handler.close_async()
    (conversation,) = theirs.assistant._lines
    assert conversation.thread == ANN
    await theirs.assistant.close()
