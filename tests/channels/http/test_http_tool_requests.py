"""Pictures and summaries, by tools of a distribution that the tests install, with the real assistant and its stores."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoints, distributions
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from agent.assistant import SwitchboardAssistant, build
from channels.http.app import beside
from channels.http.keys import ApiKeys
from channels.http.serve import api
from channels.websocket.serve import running
from channels.websocket.settings import WebSettings
from switchboard import Conversation, Principal, plugins
from switchboard.commands.serve import _workshop
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.models import ScriptedChatModel, Step
from tests.channels.http.conftest import sent_in

PLUGIN = Path(__file__).parent / "plugin"
POINTS = """
[switchboard.tools]
generate_image = studio:generate_image
summarize_document = studio:summarize_document

[switchboard.jobs]
summary = studio:summary
"""
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The distribution, as an installer leaves it: its module, and what it says of itself. It has the only tools."""
    site = tmp_path / "site"
    about = site / "studio-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: studio\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(POINTS)
    (site / "studio.py").write_bytes((PLUGIN / "studio.py").read_bytes())
    monkeypatch.syspath_prepend(site)

    def without_other_tools(**which: str) -> EntryPoints:
        points = [point for one in distributions() for point in one.entry_points.select(**which)]
        return EntryPoints(
            point
            for point in points
            if point.group not in ("switchboard.tools", "switchboard.jobs") or point.value.startswith("studio:")
        )

    monkeypatch.setattr(plugins, "entry_points", without_other_tools)


@dataclass(frozen=True)
class Site:
    """A served installation and a caller of it."""

    address: str
    key: str
    assistant: SwitchboardAssistant
    ann: httpx.AsyncClient
    bob: httpx.AsyncClient


@asynccontextmanager
async def site_of(folder: Path, script: Sequence[Step] = (), guarded: str = "") -> AsyncIterator[Site]:
    """Everything as `switchboard serve` puts it together, but for the chat model; ``guarded`` is a tool to agree to."""
    settings = load(None, {"SWITCHBOARD_DATA_DIR": str(folder / "data"), "SWITCHBOARD_TURN__DEADLINE_SECONDS": "20"})
    setup = Setup(settings, given={"chat_model": ScriptedChatModel(script)})
    if guarded:
        tools = [replace(one, needs_approval=one.name == guarded) for one in setup.tools]
        setup = Setup(settings, given={"chat_model": ScriptedChatModel(script), "tools": tools})
    assistant = build(settings, setup)
    assistant.work()
    web = WebSettings(secret=b"s" * 32, owner_key="key", owner=Principal(id="owner", verified=True), port=0)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(assistant.close)
        http = api(setup, assistant, web, workshop=_workshop(setup, assistant))
        address = await stack.enter_async_context(running(assistant, web, around=lambda app: beside(app, http)))

        async def caller(name: str) -> tuple[str, httpx.AsyncClient]:
            key, _ = ApiKeys(settings.data_dir).add(Principal(id=name, verified=True), now=1.0)
            headers = {"Authorization": f"Bearer {key}"}
            client = httpx.AsyncClient(base_url=address, headers=headers, timeout=60)
            return key, await stack.enter_async_context(client)

        (key, ann), (_, bob) = await caller("ann"), await caller("bob")
        yield Site(address=address, key=key, assistant=assistant, ann=ann, bob=bob)


async def paint(site: Site, prompt: str = "a lighthouse", **body: Any) -> httpx.Response:
    return await site.ann.post("/v1/images", json={"prompt": prompt, **body})


@pytest.mark.usefixtures("installed")
async def test_a_picture_comes_with_what_moderation_has_to_say(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["Here it is."]) as site:
        answer = await paint(site, options={"style": "oil"})
        made = answer.json()
        assert (answer.status_code, made["state"], made["status"], made["text"]) == (
            200,
            "done",
            "complete",
            "Here it is.",
        )
        assert [(one["name"], one["media_type"]) for one in made["images"]] == [("oil.png", "image/png")]
        assert [one["code"] for one in made["warnings"]] == ["moderation.mild"]
        async with httpx.AsyncClient(timeout=60) as anybody:
            assert (await anybody.get(made["images"][0]["link"])).content.startswith(b"\x89PNG")
        assert (await site.ann.get(answer.headers["location"])).json()["images"][0]["digest"]
        assert (await site.bob.get(made["url"])).status_code == 404


@pytest.mark.usefixtures("installed")
async def test_a_picture_that_was_refused_is_none_and_says_why(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["I can't make that."]) as site:
        made = (await paint(site, "a weapon")).json()
        assert (made["status"], made["images"], made["text"]) == ("failed", [], "I can't make that.")
        assert made["warnings"][0]["code"] == "moderation.violence"


@pytest.mark.usefixtures("installed")
async def test_pictures_that_are_not_all_there_are_partial_and_name_what_is_missing(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["One of them."]) as site:
        made = (await paint(site, "two lighthouses")).json()
        assert (made["status"], made["missing"], len(made["images"])) == ("partial", ["the second picture"], 1)


@pytest.mark.usefixtures("installed")
async def test_a_picture_that_needs_a_yes_is_made_once_it_was_agreed_to(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["Here it is.", "Here it is."], guarded="generate_image") as site:
        held = (await paint(site, conversation="c")).json()
        assert (held["state"], held["status"], held["images"]) == ("asking", None, [])
        assert held["question"]["options"] == ["Yes", "No"]
        agreed = (await paint(site, approved=True)).json()
        assert (agreed["state"], len(agreed["images"])) == ("done", 1)
        answered = (await site.ann.post("/v1/messages", json={"conversation": "c", "text": "Yes"})).json()
        assert len(answered["reply"]["artifacts"]) == 1


@pytest.mark.usefixtures("installed")
async def test_the_same_request_is_done_once_and_another_under_its_id_is_refused(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["Here it is."]) as site:
        first, second = [(await paint(site, id="picture-1", conversation="c")).json() for _ in range(2)]
        assert first["images"][0]["digest"] == second["images"][0]["digest"]
        assert (await paint(site, id="picture-1", conversation="c", options={"style": "oil"})).status_code == 409


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"prompt": " "}, "prompt"),
        ({"prompt": "x", "options": {"colour": "red"}}, "colour"),
        ({"prompt": "x", "options": {"style": 7}}, "style"),
        ({"prompt": "x", "options": {"prompt": "y"}, "id": "x"}, "id"),
    ],
)
@pytest.mark.usefixtures("installed")
async def test_what_the_tool_can_not_take_is_refused_before_anything_is_asked(
    tmp_path: Path, body: dict[str, Any], said: str
) -> None:
    async with site_of(tmp_path) as site:
        answer = await site.ann.post("/v1/images", json=body)
        assert (answer.status_code, said in answer.json()["detail"]) == (422, True)
        assert (await site.ann.get("/v1/conversations")).json()["conversations"] == []


@pytest.mark.usefixtures("installed")
async def test_a_summary_is_left_to_be_fetched_and_followed(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["It is about leave [1]."]) as site:
        answer = await site.ann.post("/v1/summaries", json={"document": "Leave", "focus": "fathers"})
        assert (answer.status_code, answer.json()["state"]) == (202, "running")
        events = answer.json()["message_url"].replace("?", "/events?")
        assert sent_in((await site.ann.get(events)).text)[-1].kind == "final"
        ready = (await site.ann.get(answer.headers["location"])).json()
        assert (ready["state"], ready["status"], ready["citations"][0]["page"]) == ("done", "complete", 2)
        said = (await site.ann.get(ready["message_url"])).json()["text"]
        assert said == "Summarise Leave, with regard to fathers"


@pytest.mark.usefixtures("installed")
async def test_a_long_summary_is_a_job_whose_result_is_the_outcome(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["I'm on it."]) as site:
        body = {"document": "Report", "focus": "risks", "length": "long", "conversation": "c"}
        begun = (await site.ann.post("/v1/summaries", json=body, headers={"Prefer": "wait=20"})).json()
        assert begun["job"]
        news = sent_in((await site.ann.get(f"/v1/jobs/{begun['job']}/events?conversation=c")).text)
        assert news[-1].data["state"] == "partial"
        ready = (await site.ann.get(begun["url"])).json()
        assert (ready["state"], ready["status"], ready["text"]) == ("done", "partial", "All of Report, on risks [1].")
        assert (ready["done"], ready["total"]) == (1, 2)
        assert (ready["warnings"][0]["text"], ready["citations"][0]["page"]) == ("Page 9 is blank.", 7)


@pytest.mark.usefixtures("installed")
async def test_an_uploaded_file_is_summarised_by_those_who_wait(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["It is a note."]) as site:
        put = await site.ann.post("/v1/files?conversation=c&name=note.txt", content=b"hello")
        body = {"conversation": "c", "attachments": [put.json()["digest"]]}
        answer = await site.ann.post("/v1/summaries", json=body, headers={"Prefer": "wait=20"})
        assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait=20")
        assert answer.json()["citations"] == []  # the model did not use what the tool found
        assert answer.json()["text"] == "It is a note."


@pytest.mark.usefixtures("installed")
async def test_a_summary_of_nothing_is_refused(tmp_path: Path) -> None:
    async with site_of(tmp_path) as site:
        for body in ({}, {"document": " "}, {"document": "x", "length": "endless"}):
            assert (await site.ann.post("/v1/summaries", json=body)).status_code == 422


@pytest.mark.usefixtures("installed")
async def test_a_picture_is_no_summary_and_a_message_is_neither(tmp_path: Path) -> None:
    async with site_of(tmp_path, ["Here it is.", "Hello."]) as site:
        made = (await paint(site, conversation="c")).json()
        said = (await site.ann.post("/v1/messages", json={"conversation": "c", "text": "Hi"})).json()
        assert (await site.ann.get(made["url"].replace("images", "summaries"))).status_code == 404
        assert (await site.ann.get(said["url"].replace("messages", "images"))).status_code == 404


@pytest.mark.usefixtures("installed")
async def test_clients_of_mcp_call_the_same_tools_and_their_jobs_are_done(tmp_path: Path) -> None:
    async with (
        site_of(tmp_path) as site,
        create_mcp_http_client(headers={"Authorization": f"Bearer {site.key}"}) as http,
        Client(streamable_http_client(f"{site.address}/mcp", http_client=http)) as connected,
    ):
        painted: Any = await connected.call_tool("generate_image", {"prompt": "a lighthouse"})
        assert [one.type for one in painted.content] == ["text", "image"]
        begun: Any = await connected.call_tool("summarize_document", {"document": "Report", "length": "long"})
        (job,) = begun.structured_content["jobs"]
        here = Conversation(tenant="local", channel="mcp", room="ann")
        states = [news.state async for news in site.assistant.watch_job(here, job["id"])]
        assert states[-1] == "partial"


@pytest.mark.parametrize(("kind", "tool"), [("images", "generate_image"), ("summaries", "summarize_document")])
async def test_what_no_tool_does_is_said_to_be_missing(api: Any, kind: str, tool: str) -> None:
    answer = await api.ann.post(f"/v1/{kind}", json={"prompt": "x"} if kind == "images" else {"document": "x"})
    assert (answer.status_code, answer.json()["code"]) == (501, "not_installed")
    assert tool in answer.json()["detail"]
