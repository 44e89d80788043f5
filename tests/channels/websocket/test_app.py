"""The addresses of the web chat: the page, sign-in, uploads, documents, lists, and who is let in."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from channels.websocket.assets import load_assets
from switchboard import Blob
from switchboard.assistant import SourceFile
from switchboard.errors import BackendError
from switchboard.testing.assistant import FakeAssistant

from .conftest import Site, site_of

PDF = SourceFile(name="Übersicht 2026.pdf", title="Overview", media_type="application/pdf", data=b"%PDF-1.7")
PAGE = SourceFile(name="page.html", title="Page", media_type="text/html", data=b"<script>alert(1)</script>")
SECRET = SourceFile(name="secret.txt", title="Secret", media_type="text/plain", data=b"secret")
EVIL = {"Origin": "https://evil.example"}


@pytest.fixture
async def library() -> AsyncIterator[Site]:
    books = {"overview": PDF, "folder/page": PAGE, "secret": SECRET}
    async with site_of(FakeAssistant(library=books, private=frozenset({"secret"}))) as site:
        yield site


async def conversation(site: Site) -> str:
    return str((await site.chat(hello={})).welcome["conversation"])


async def upload(site: Site, data: bytes = b"hello", **extra: str) -> httpx.Response:
    parameters = {"conversation": await conversation(site), "name": "note.txt", **extra}
    return await site.http.post("/api/uploads", params=parameters, content=data)


async def test_the_page_carries_the_headers_that_keep_it_safe(site: Site) -> None:
    headers = (await site.http.get("/")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy


async def test_the_widget_is_served_to_pages_of_any_site(site: Site) -> None:
    answer = await site.http.get("/switchboard.js", headers=EVIL)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_the_page_asks_for_every_module_at_once(site: Site) -> None:
    page = (await site.http.get("/")).text
    modules = {path for path in load_assets() if path.endswith(".js") and path != "switchboard.js"}
    assert set(re.findall('rel="modulepreload" href="/([^"]+)"', page)) == modules


@pytest.mark.parametrize(("accepted", "coding"), [("gzip", "gzip"), ("identity", None)])
async def test_the_widget_is_packed_for_whoever_can_unpack(site: Site, accepted: str, coding: str | None) -> None:
    answer = await site.http.get("/switchboard.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.content == load_assets()["switchboard.js"].data


async def test_an_unchanged_file_of_the_widget_is_not_sent_again(site: Site) -> None:
    tag = (await site.http.get("/switchboard.js")).headers["etag"]
    assert (await site.http.get("/switchboard.js", headers={"If-None-Match": tag})).status_code == 304


@pytest.mark.parametrize("path", ["/nothing.js", "/__init__.py", "/../pyproject.toml", "/vendor/README.md"])
async def test_nothing_but_the_widget_is_served(site: Site, path: str) -> None:
    answer = await site.http.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_a_wrong_method_gets_a_sentence(site: Site) -> None:
    answer = await site.http.post("/health")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["error"]["text"]


async def test_the_cookie_can_be_read_by_no_script_and_is_kept(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.address) as fresh:
        cookie = (await fresh.get("/")).headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "set-cookie" not in (await fresh.get("/")).headers


async def test_the_sign_in_link_makes_the_browser_the_owners_and_leaves_no_key(site: Site) -> None:
    answer = await site.http.get("/", params={"key": "the-owner-key"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await site.chat(hello={})).welcome["signed_in"] is True


@pytest.mark.parametrize("key", ["", "wrong", "the-owner-keyy", "\ud800"])
async def test_a_wrong_key_signs_nobody_in(site: Site, key: str) -> None:
    answer = await site.http.get(f"/?key={key.encode('utf-8', 'replace').decode()}")
    assert answer.status_code == 403
    assert (await site.chat(hello={})).welcome["signed_in"] is False


async def test_without_an_owner_key_an_empty_key_signs_nobody_in() -> None:
    async with site_of(FakeAssistant(), owner_key="") as site:
        assert (await site.http.get("/?key=")).status_code == 403


async def test_an_upload_is_stored_for_its_conversation(site: Site) -> None:
    answer = await upload(site)
    assert answer.status_code == 201
    facts = answer.json()
    assert (facts["name"], facts["size"], facts["media_type"]) == ("note.txt", 5, "text/plain")
    assert re.fullmatch("[0-9a-f]{64}", facts["digest"])
    assert (await site.http.get(facts["link"])).content == b"hello"


async def test_a_message_brings_its_uploads_along(site: Site) -> None:
    client = await site.chat(hello={})
    thread = client.welcome["conversation"]
    digest = (await upload(site, conversation=thread)).json()["digest"]
    await client.say(type="message", id="message-1", text="", attachments=[digest])
    await client.events()
    turn = (await site.chat(hello={"conversation": thread})).welcome["history"][0]
    assert [(file["name"], file["size"]) for file in turn["attachments"]] == [("note.txt", 5)]
    assert (await site.http.get(turn["attachments"][0]["link"])).content == b"hello"


async def test_two_gigabytes_are_refused_before_a_byte_of_them_is_sent(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(site.address).port)
    target = f"/api/uploads?conversation={await conversation(site)}&name=big.bin"
    writer.write(f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {2 * 10**9}\r\n\r\n".encode())
    head, _, body = (await reader.readuntil(b"}}")).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 413")
    assert json.loads(body)["error"]["text"] == "The file is larger than 50 MB. Choose a smaller one, or split it."


async def begin_upload(site: Site) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One byte of ten."""
    reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(site.address).port)
    cookie = "; ".join(f"{name}={value}" for name, value in site.http.cookies.items())
    head = f"POST /api/uploads?conversation={await conversation(site)}&name=a.bin HTTP/1.1\r\nHost: localhost\r\n"
    writer.write(f"{head}Cookie: {cookie}\r\nContent-Length: 10\r\n\r\nx".encode())
    return reader, writer


async def test_an_upload_that_stops_coming_is_let_go() -> None:
    async with site_of(FakeAssistant(), patience=0.2) as site:
        reader, writer = await begin_upload(site)
        assert (await reader.readline()).startswith(b"HTTP/1.1 408")
        writer.close()


async def test_an_upload_that_is_broken_off_leaves_nothing_and_is_no_incident(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with site_of(FakeAssistant()) as site:
        put, ended = site.assistant.blobs.put, asyncio.Event()

        async def watched(*arguments: Any, **options: Any) -> Blob:
            try:
                return await put(*arguments, **options)
            finally:
                ended.set()

        monkeypatch.setattr(site.assistant.blobs, "put", watched)
        _, writer = await begin_upload(site)
        await writer.drain()
        writer.transport.abort()
        await ended.wait()
        assert (await site.http.get("/health")).status_code == 200
    assert "incident" not in caplog.text


async def test_a_body_without_a_byte_and_without_a_length_is_an_empty_file(site: Site) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    parameters = {"conversation": await conversation(site), "name": "empty.bin"}
    answer = await site.http.post("/api/uploads", params=parameters, content=nothing())
    assert (answer.status_code, answer.json()["error"]["text"]) == (400, "The file is empty. Choose another.")


async def test_an_upload_of_unknown_length_is_refused_when_it_grows_too_large() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100

    async with site_of(FakeAssistant(), upload_limit=1000) as site:
        parameters = {"conversation": await conversation(site), "name": "big.bin"}
        answer = await site.http.post("/api/uploads", params=parameters, content=endless())
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("extra", "data", "status"),
    [
        ({}, b"", 400),
        ({"name": "  "}, b"x", 400),
        ({"conversation": "guess"}, b"x", 404),
        ({"conversation": ""}, b"x", 404),
    ],
)
async def test_an_upload_that_can_not_be_gets_a_sentence(
    site: Site, extra: dict[str, str], data: bytes, status: int
) -> None:
    answer = await upload(site, data, **extra)
    assert answer.status_code == status
    assert answer.json()["error"]["text"].endswith(".")


async def test_a_full_disk_is_told_as_such(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> Blob:
        raise BackendError(service="blobs", operation="put", code="full")

    monkeypatch.setattr(site.assistant.blobs, "put", full)
    answer = await upload(site)
    assert (answer.status_code, answer.json()["error"]["code"]) == (507, "full")


async def test_the_server_lives_on_after_an_unforeseen_failure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> Blob:
        raise ValueError("secret detail")

    monkeypatch.setattr(site.assistant, "conversations", broken)
    answer = await site.http.get("/api/conversations")
    assert answer.status_code == 500
    assert answer.json()["error"]["incident"]
    assert "secret" not in answer.text
    assert (await site.http.get("/health")).json() == {"status": "ok"}


async def test_a_pdf_is_shown_under_its_own_name(library: Site) -> None:
    answer = await library.http.get("/documents/overview")
    assert (answer.headers["content-type"], answer.content) == ("application/pdf", PDF.data)
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"_bersicht 2026.pdf\"; filename*=UTF-8''%C3%9Cbersicht%202026.pdf"
    )


async def test_a_web_page_of_the_library_is_shown_as_text_and_runs_nothing(library: Site) -> None:
    answer = await library.http.get("/documents/folder%2Fpage")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("sandbox;")


async def test_a_forbidden_document_looks_like_one_that_is_not_there(library: Site) -> None:
    forbidden = await library.http.get("/documents/secret")
    missing = await library.http.get("/documents/missing")
    assert forbidden.status_code == missing.status_code == 404
    assert forbidden.text == missing.text
    assert {k: v for k, v in forbidden.headers.items() if k != "date"} == {
        k: v for k, v in missing.headers.items() if k != "date"
    }


async def test_the_owner_sees_what_visitors_do_not(library: Site) -> None:
    await library.http.get("/", params={"key": "the-owner-key"})
    assert (await library.http.get("/documents/secret")).content == b"secret"


@pytest.mark.parametrize("digest", ["0" * 64, "..%2F..%2Fetc%2Fpasswd", "x"])
async def test_a_file_that_is_not_there_is_told_as_such(site: Site, digest: str) -> None:
    answer = await site.http.get(f"/files/{digest}", params={"conversation": await conversation(site)})
    assert answer.status_code == 404


async def test_somebody_elses_file_is_not_there(site: Site) -> None:
    thread = await conversation(site)
    digest = (await upload(site, conversation=thread)).json()["digest"]
    async with httpx.AsyncClient(base_url=site.address) as other:
        assert (await other.get(f"/files/{digest}", params={"conversation": thread})).status_code == 404


async def test_the_list_holds_the_visitors_conversations_and_nobody_elses(site: Site) -> None:
    client = await site.chat(hello={})
    await client.say(type="message", id="message-1", text="hi")
    await client.events()
    listed = (await site.http.get("/api/conversations")).json()["conversations"]
    assert [(line["id"], line["title"]) for line in listed] == [(client.welcome["conversation"], "hi")]
    async with httpx.AsyncClient(base_url=site.address) as other:
        assert (await other.get("/api/conversations")).json() == {"conversations": []}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", ""])
async def test_a_foreign_host_name_is_refused(site: Site, host: str) -> None:
    answer = await site.http.get("/api/conversations", headers={"Host": host})
    assert (answer.status_code, answer.json()["error"]["code"]) == (421, "wrong_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "[::1]:80", "127.0.0.1."])
async def test_every_name_of_this_machine_is_known(site: Site, host: str) -> None:
    assert (await site.http.get("/", headers={"Host": host})).status_code == 200


async def test_health_is_told_under_any_name(site: Site) -> None:
    assert (await site.http.get("/health", headers={"Host": "10.0.0.7"})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_post_from_a_foreign_page_is_refused(site: Site, origin: str) -> None:
    answer = await site.http.post("/api/uploads", headers={"Origin": origin}, content=b"x")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_origin")


async def test_a_page_of_an_allowed_origin_may_post_and_read(site: Site) -> None:
    async with site_of(FakeAssistant(), origins=("https://shop.example",)) as allowed:
        headers = {"Origin": "https://shop.example"}
        asked = await allowed.http.options("/api/uploads", headers=headers)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "https://shop.example")
        answer = await allowed.http.get("/api/conversations", headers=headers)
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert (await allowed.http.get("/", headers={"Host": "shop.example"})).status_code == 200


async def test_a_foreign_page_may_not_read_answers(site: Site) -> None:
    assert "access-control-allow-origin" not in (await site.http.get("/api/conversations", headers=EVIL)).headers
