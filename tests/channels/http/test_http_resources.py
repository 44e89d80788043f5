"""What can be looked up and put in over HTTP, who may, and what a browser is told of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from channels.http.settings import HttpSettings
from switchboard import Citation, Event, Final, Message, SourceFile
from switchboard.testing.assistant import FakeAssistant
from tests.channels.http.conftest import Api, api_of

LIBRARY = {"a/b c": SourceFile(name="leave.txt", title="Leave", media_type="text/html", data=b"<script>")}


async def upload(caller: httpx.AsyncClient, **changes: str) -> httpx.Response:
    query = {"conversation": "c", "name": "note.txt", **changes}
    return await caller.post("/v1/files", params=query, content=b"hello", headers={"Content-Type": "text/plain"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/messages"),
        ("GET", "/v1/messages/m?conversation=c"),
        ("GET", "/v1/messages/m/events?conversation=c"),
        ("POST", "/v1/messages/m/stop?conversation=c"),
        ("GET", "/v1/conversations"),
        ("GET", "/v1/conversations/c"),
        ("POST", "/v1/files?conversation=c&name=n"),
        ("GET", "/v1/files/d?conversation=c"),
        ("GET", "/v1/documents"),
        ("GET", "/v1/documents/d?conversation=c"),
        ("PUT", "/v1/conversations/c/messages/m/feedback"),
        ("POST", "/v1/images"),
        ("GET", "/v1/images/m?conversation=c"),
        ("POST", "/v1/summaries"),
        ("GET", "/v1/summaries/m?conversation=c"),
        ("GET", "/v1/jobs?conversation=c"),
        ("GET", "/v1/jobs/j?conversation=c"),
        ("GET", "/v1/jobs/j/events?conversation=c"),
        ("DELETE", "/v1/jobs/j?conversation=c"),
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/switchboard"),
    ],
)
async def test_nothing_works_without_a_credential(api: Api, method: str, path: str) -> None:
    answer = await api.anybody.request(method, path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_the_web_chats_cookie_is_no_credential(api: Api) -> None:
    await api.anybody.get("/?key=the-owner-key")
    assert api.anybody.cookies
    assert (await api.anybody.get("/v1/conversations")).status_code == 401


async def test_the_owners_key_speaks_for_the_owner(api: Api) -> None:
    answer = await api.anybody.get("/v1/conversations", headers={"Authorization": "Bearer the-owner-key"})
    assert answer.status_code == 200


async def test_the_web_chat_is_still_there(api: Api) -> None:
    assert (await api.anybody.get("/")).headers["content-type"].startswith("text/html")
    assert (await api.anybody.get("/v1")).json()["error"]["code"] == "not_found"


async def test_conversations_are_listed_newest_first(api: Api) -> None:
    for name in ("first", "second"):
        await api.ann.post("/v1/messages", json={"text": f"in {name}", "conversation": name})
    listed = (await api.ann.get("/v1/conversations")).json()["conversations"]
    assert [(one["id"], one["title"]) for one in listed] == [("second", "in second"), ("first", "in first")]
    assert (await api.ann.get(listed[0]["url"])).json()["messages"][0]["text"] == "in second"
    assert (await api.bob.get("/v1/conversations")).json() == {"conversations": []}


async def test_a_conversation_is_read_in_pages(api: Api) -> None:
    for number in range(3):
        await api.ann.post("/v1/messages", json={"text": str(number), "conversation": "c"})
    last = (await api.ann.get("/v1/conversations/c?limit=2")).json()
    assert ([one["text"] for one in last["messages"]], last["before"]) == (["1", "2"], 1)
    first = (await api.ann.get(f"/v1/conversations/c?before={last['before']}")).json()
    assert ([one["text"] for one in first["messages"]], first["before"]) == (["0"], None)


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "before=0", "before=x", "limit=", "before=٣"])
async def test_a_page_of_no_size_is_refused(api: Api, query: str) -> None:
    assert (await api.ann.get(f"/v1/conversations/c?{query}")).status_code == 400


@pytest.mark.parametrize("name", ["unknown", "a" * 65, "%2e%2e", "a%00b", "a%0a"])
async def test_a_conversation_that_is_not_the_callers_is_not_there(api: Api, name: str) -> None:
    assert (await api.ann.get(f"/v1/conversations/{name}")).status_code == 404


async def test_a_file_is_stored_for_its_conversation_and_attached_to_a_message(api: Api) -> None:
    answer = await upload(api.ann)
    assert (answer.status_code, answer.json()["size"], answer.json()["name"]) == (201, 5, "note.txt")
    body = {"text": "read this", "conversation": "c", "attachments": [answer.json()["digest"]]}
    sent = (await api.ann.post("/v1/messages", json=body)).json()
    assert sent["attachments"][0]["media_type"] == "text/plain"
    assert (await api.bob.post("/v1/messages", json=body)).status_code == 404


@pytest.mark.parametrize("changes", [{"conversation": ""}, {"conversation": "a/b"}, {"name": " "}])
async def test_an_upload_to_nowhere_or_without_a_name_is_refused(api: Api, changes: dict[str, str]) -> None:
    assert (await upload(api.ann, **changes)).status_code == 400


async def test_a_file_that_is_too_large_is_refused(api: Api) -> None:
    answer = await api.ann.post("/v1/files?conversation=c&name=n", content=b"x" * 100_001)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


async def test_a_file_is_opened_by_its_link_or_by_its_caller_and_nobody_else(api: Api) -> None:
    made = (await upload(api.ann)).json()
    assert (await api.anybody.get(made["link"])).content == b"hello"
    plain = f"/v1/files/{made['digest']}?conversation=c"
    assert (await api.ann.get(plain)).content == b"hello"
    assert (await api.bob.get(plain)).status_code == 404
    assert (await api.ann.get(f"/v1/files/{'0' * 64}?conversation=c")).status_code == 404
    assert (await api.ann.get("/v1/files/..?conversation=c")).status_code == 404


async def test_a_link_opens_nothing_else_and_not_for_ever(api: Api, tmp_path: Path) -> None:
    link = (await upload(api.ann)).json()["link"]
    ticket = link.partition("ticket=")[2]
    for path in (f"/v1/files/{'0' * 64}", "/v1/documents/handbook"):
        assert (await api.anybody.get(f"{path}?ticket={ticket}")).status_code == 401
    assert (await api.anybody.get(f"/v1/conversations?ticket={ticket}")).status_code == 401
    for forged in (ticket[:-1] + "x", "x" + ticket, "", ".", "é", "x" * 20_000):
        assert (await api.anybody.get(link.partition("?")[0], params={"ticket": forged})).status_code == 401
    async with api_of(api.assistant, tmp_path, now=lambda: 9e9) as later:
        assert (await later.anybody.get(later.address + httpx.URL(link).raw_path.decode())).status_code == 401


async def test_a_document_is_opened_as_whoever_got_the_link_and_runs_no_script(tmp_path: Path) -> None:
    async def script(message: Message) -> AsyncIterator[Event]:
        yield Citation(number=1, title="Leave", source="leave.txt", document="a/b c", page=2)
        yield Final(text="27 days [1]")

    fake = FakeAssistant(script, library=LIBRARY, private=frozenset(LIBRARY))
    settings = HttpSettings(public_url="https://api.example.org/")
    async with api_of(fake, tmp_path, settings=settings) as api:
        reply = (await api.ann.post("/v1/messages", json={"text": "leave?"})).json()["reply"]
        link = reply["citations"][0]["link"]
        assert link.startswith("https://api.example.org/v1/documents/a%2Fb%20c?ticket=")
        assert link.endswith("#page=2")
        answer = await api.anybody.get(link.removeprefix("https://api.example.org").partition("#")[0])
        assert (answer.status_code, answer.content) == (200, b"<script>")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert (await api.ann.get("/v1/documents/unknown?conversation=c")).status_code == 404


async def test_a_page_of_an_allowed_origin_may_call_and_another_may_not(tmp_path: Path) -> None:
    settings = HttpSettings(origins=("https://app.example.org",))
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,prefer"}
    async with api_of(FakeAssistant(), tmp_path, settings=settings) as api:
        allowed = await api.anybody.options("/v1/messages", headers={"Origin": "https://app.example.org", **asks})
        assert allowed.headers["access-control-allow-origin"] == "https://app.example.org"
        assert "access-control-allow-credentials" not in allowed.headers
        foreign = await api.anybody.options("/v1/messages", headers={"Origin": "https://evil.example", **asks})
        assert (foreign.status_code, "access-control-allow-origin" in foreign.headers) == (400, False)


async def test_answers_are_nobodys_to_keep_or_to_run(api: Api) -> None:
    for path in ("/v1/conversations", "/v1/openapi.json", "/v1/nowhere"):
        headers = (await api.ann.get(path)).headers
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
