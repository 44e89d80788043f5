"""Amazon's own client against the runtime on this machine."""

import asyncio
import base64
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from channels.lex import texts
from channels.lex.answering import Fulfilment
from channels.lex.dialog import ToolNeeds
from channels.lex.runtime.app import Runtime
from channels.lex.runtime.errors import LexError
from channels.lex.runtime.requests import packed
from channels.lex.runtime.serve import running
from channels.lex.runtime.sessions import IDLE_SECONDS, MOST, Session, Sessions
from switchboard import ConfigError
from switchboard.testing.assistant import FakeAssistant

from .lexing import NOW, a_channel

PLACE = {"botId": "A1B2C3D4E5", "botAliasId": "TSTALIASID", "localeId": "en_GB", "sessionId": "visitor-7f3a"}
PATH = "/bots/A1B2C3D4E5/botAliases/TSTALIASID/botLocales/en_GB/sessions/visitor-7f3a"
SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=x/y"}
FIND = {"FindPolicy": {"tool": "find", "slots": {"query": "Topic"}}}


def lex_client(address: str) -> Any:
    return boto3.client(
        "lexv2-runtime",
        endpoint_url=address,
        region_name="eu-west-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
    )


@asynccontextmanager
async def serving(hook: Any = None, **settings: Any) -> AsyncIterator[Callable[..., Any]]:
    """A function that calls a method of boto3's client against a runtime."""
    assistant = FakeAssistant()
    needs = {"find": ToolNeeds(required=("query",), needs_approval=True)}
    channel = a_channel(needs, **settings)
    fulfilment = Fulfilment(channel, assistant)
    async with running(hook or fulfilment.answer, port=0, slots=channel.slots) as address:
        client = await asyncio.to_thread(lex_client, address)

        async def call(method: str, **members: Any) -> Any:
            return await asyncio.to_thread(getattr(client, method), **{**PLACE, **members})

        try:
            yield call
        finally:
            client.close()
            await assistant.close()


async def test_text_is_answered() -> None:
    async with serving() as call:
        answer = await call("recognize_text", text="How long is parental leave?")
    assert "You said: How long is parental leave?" in answer["messages"][0]["content"]
    assert answer["sessionId"] == PLACE["sessionId"]
    assert answer["sessionState"]["intent"]["name"] == "FallbackIntent"
    assert answer["sessionState"]["dialogAction"] == {"type": "Close"}
    assert answer["interpretations"][0]["intent"]["state"] == "Fulfilled"


async def test_attributes_of_a_client_are_kept_in_the_session() -> None:
    async with serving() as call:
        await call("recognize_text", text="hello", sessionState={"sessionAttributes": {"theirs": "x"}})
        again = await call("recognize_text", text="hello again", requestAttributes={"asked": "y"})
    assert again["sessionState"]["sessionAttributes"]["theirs"] == "x"
    assert again["requestAttributes"] == {"asked": "y"}


async def test_text_in_headers_is_answered_in_headers() -> None:
    async with serving() as call:
        answer = await call(
            "recognize_utterance",
            requestContentType="text/plain; charset=utf-8",
            inputStream=b"How long is parental leave?",
            sessionState=packed({"sessionAttributes": {"theirs": "x"}}),
        )
    (message, *_) = opened(answer["messages"])
    assert "parental leave" in message["content"]
    assert opened(answer["sessionState"])["sessionAttributes"]["theirs"] == "x"
    assert opened(answer["inputTranscript"]) == "How long is parental leave?"
    assert answer["audioStream"].read() == b""


def opened(header: str) -> Any:
    """What a header holds, as a client of the service opens it."""
    return json.loads(gzip.decompress(base64.b64decode(header)))


async def test_a_session_is_put_got_and_deleted() -> None:
    async with serving() as call:
        put = await call(
            "put_session",
            sessionState={"sessionAttributes": {"theirs": "x"}},
            messages=[{"contentType": "PlainText", "content": "Welcome"}],
        )
        assert opened(put["sessionState"])["sessionAttributes"] == {"theirs": "x"}
        got = await call("get_session")
        assert got["sessionState"]["sessionAttributes"] == {"theirs": "x"}
        assert got["messages"][0]["content"] == "Welcome"
        assert (await call("delete_session"))["sessionId"] == PLACE["sessionId"]
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            await call("get_session")


async def test_slots_and_a_yes_are_asked_for_until_a_tool_may_be_used() -> None:
    async with serving(intents=FIND) as call:
        intent = {"name": "FindPolicy", "slots": {"Topic": {}, "Year": {"value": {"interpretedValue": "2026"}}}}
        asked = await call("recognize_text", text="find a policy", sessionState={"intent": intent})
        assert asked["sessionState"]["dialogAction"] == {"type": "ElicitSlot", "slotToElicit": "Topic"}
        confirm = await call("recognize_text", text="parental leave")
        assert confirm["sessionState"]["dialogAction"] == {"type": "ConfirmIntent"}
        answer = await call("recognize_text", text="Yes.")
        assert "query: parental leave" in answer["messages"][0]["content"]
        assert answer["sessionState"]["dialogAction"] == {"type": "Close"}


async def test_slots_are_asked_for_that_a_client_does_not_name() -> None:
    async with serving(intents=FIND) as call:
        asked = await call("recognize_text", text="find", sessionState={"intent": {"name": "FindPolicy", "slots": {}}})
    assert asked["sessionState"]["dialogAction"] == {"type": "ElicitSlot", "slotToElicit": "Topic"}
    assert asked["messages"][0]["content"] == "Please tell me the topic."


async def test_a_no_closes_the_intent() -> None:
    async with serving(intents=FIND) as call:
        intent = {"name": "FindPolicy", "slots": {"Topic": {"value": {"interpretedValue": "leave"}}}}
        await call("recognize_text", text="find", sessionState={"intent": intent})
        answer = await call("recognize_text", text="no")
    assert answer["messages"][0]["content"] == texts.CANCELLED
    assert answer["sessionState"]["intent"]["state"] == "Failed"


@pytest.mark.parametrize(
    "members", [{"text": "x" * 1_025}, {"text": "😀" * 513}, {"botId": "x-x-x-x-x-"}, {"localeId": "English"}]
)
async def test_what_the_service_refuses_is_refused(members: dict[str, Any]) -> None:
    async with serving() as call:
        with pytest.raises(ClientError, match="ValidationException"):
            await call("recognize_text", **{"text": "hello", **members})


async def test_audio_is_refused_with_a_sentence() -> None:
    async with serving() as call:
        with pytest.raises(ClientError, match="text/plain"):
            await call("recognize_utterance", requestContentType="audio/l16; rate=16000; channels=1", inputStream=b"\0")


async def test_a_second_text_while_one_is_answered_is_a_conflict() -> None:
    began, gate = asyncio.Event(), asyncio.Event()

    async def hook(event: object, *, seconds: float) -> dict[str, Any]:
        began.set()
        await gate.wait()
        return {"sessionState": {"dialogAction": {"type": "Close"}}}

    async with serving(hook) as call:
        first = asyncio.create_task(call("recognize_text", text="hello"))
        await began.wait()
        with pytest.raises(ClientError, match="ConflictException"):
            await call("recognize_text", text="hello")
        gate.set()
        assert (await first)["sessionState"]["sessionAttributes"] == {}


async def test_a_failing_code_hook_is_a_failed_dependency(caplog: pytest.LogCaptureFixture) -> None:
    async def hook(event: object, *, seconds: float) -> dict[str, Any]:
        raise RuntimeError("secret detail")

    async with serving(hook) as call:
        with pytest.raises(ClientError, match="DependencyFailedException") as raised:
            await call("recognize_text", text="hello")
    assert "secret detail" not in str(raised.value)
    assert "secret detail" in caplog.text


@asynccontextmanager
async def asking(hook: Any = None, seconds: float = 30.0) -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client of a runtime in this process."""
    assistant = FakeAssistant()
    hook = hook or Fulfilment(a_channel(), assistant).answer
    app = Runtime(hook, lambda: NOW, seconds).app(("https://shop.example",))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8081") as client:
        yield client
    await assistant.close()


async def test_a_late_code_hook_is_a_failed_dependency_and_the_session_is_free_again() -> None:
    async def hook(event: object, *, seconds: float) -> dict[str, Any]:
        return await asyncio.Event().wait()  # type: ignore[return-value]

    async with asking(hook, seconds=0.01) as client:
        for _ in range(2):
            answer = await client.post(f"{PATH}/text", json={"text": "hello"}, headers=SIGNED)
            assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (424, "DependencyFailedException")


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {}, 403),
        (b"{}", SIGNED, 400),
        (b"[]", SIGNED, 400),
        (b"{", SIGNED, 400),
        (b"[" * 50_000, SIGNED, 400),
        (b'{"text": 7}', SIGNED, 400),
        (b'{"text": "a", "sessionState": []}', SIGNED, 200),
        (b'{"text": "a", "sessionState": 7}', SIGNED, 400),
        (b'{"text": "a", "sessionState": {"sessionAttributes": {"a": 1}}}', SIGNED, 400),
        (b'{"text": "a", "sessionState": {"intent": 7}}', SIGNED, 400),
        (b'{"text": "a", "requestAttributes": 7}', SIGNED, 400),
        (b'{"text": "a", "messages": 7}', SIGNED, 400),
        (b'{"text": "a"}' + b" " * 100_000, SIGNED, 400),
        (b'{"text": "a"}', {**SIGNED, "host": "attacker.example"}, 400),
        (b'{"text": "a"}', SIGNED, 200),
    ],
)
async def test_each_request_has_its_status(content: bytes, headers: dict[str, str], status: int) -> None:
    async with asking() as client:
        assert (await client.post(f"{PATH}/text", content=content, headers=headers)).status_code == status


@pytest.mark.parametrize(
    "header", ["x", "eA==", packed({})[:-8], packed([1]), packed("x"), packed({"a": "b" * 200_000})]
)
async def test_a_header_that_is_not_packed_is_refused(header: str) -> None:
    headers = {**SIGNED, "content-type": "text/plain; charset=utf-8", "x-amz-lex-session-state": header}
    async with asking() as client:
        assert (await client.post(f"{PATH}/utterance", content=b"hello", headers=headers)).status_code == 400


async def test_text_that_is_not_utf_8_is_refused() -> None:
    headers = {**SIGNED, "content-type": "text/plain; charset=utf-8"}
    async with asking() as client:
        assert (await client.post(f"{PATH}/utterance", content=b"\xff", headers=headers)).status_code == 400


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("http://localhost:8000", True), ("https://shop.example", True), ("https://evil.example", False)],
)
async def test_pages_of_this_machine_and_of_named_origins_may_use_it(origin: str, allowed: bool) -> None:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    async with asking() as client:
        answer = await client.options(f"{PATH}/text", headers=headers)
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


def test_a_session_ends_when_it_was_not_used_for_long() -> None:
    sessions, key = Sessions(), ("b", "a", "l", "s")
    session = sessions.open(key, NOW)
    assert sessions.open(key, NOW + IDLE_SECONDS - 1) is session
    assert sessions.open(key, NOW + 3 * IDLE_SECONDS) is not session
    with pytest.raises(LexError):
        sessions.find(key, NOW + 5 * IDLE_SECONDS)


def test_there_are_only_so_many_sessions() -> None:
    sessions = Sessions()
    for number in range(MOST + 1):
        sessions.open(("b", "a", "l", str(number)), NOW)
    with pytest.raises(LexError):
        sessions.find(("b", "a", "l", "0"), NOW)
    assert isinstance(sessions.find(("b", "a", "l", str(MOST)), NOW), Session)


async def test_a_port_in_use_is_told_with_the_way_out() -> None:
    async def hook(event: object, *, seconds: float) -> dict[str, Any]:
        return {}

    async with running(hook, port=0) as address:
        with pytest.raises(ConfigError, match=r"Lex runtime can't be used"):
            async with running(hook, port=int(address.rpartition(":")[2])):
                pass
