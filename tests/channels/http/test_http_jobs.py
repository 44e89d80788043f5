"""Jobs over HTTP: listed, looked up, followed and cancelled, by whoever they are for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from channels.http import naming
from switchboard import Conversation, Event, Final, Job, JobStarted, Message
from switchboard.testing.assistant import FakeAssistant
from tests.channels.http.conftest import ANN, Api, api_of, sent_in


async def test_a_job_is_followed_to_its_result_by_its_caller_alone(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(begin), tmp_path) as api:
        sent = (await api.ann.post("/v1/messages", json={"text": "go", "conversation": "c"})).json()
        url = f"/v1/jobs/{sent['reply']['job']['job_id']}?conversation=c"
        found = (await api.ann.get(url)).json()
        assert (found["message_id"], found["conversation"]) == (sent["id"], "c")
        assert (await api.bob.get(url)).status_code == 404
        assert (await api.bob.delete(url)).status_code == 404
        async for _ in api.assistant.watch_job(conversation(), found["id"]):
            pass
        ended = (await api.ann.get(url)).json()
        listed = (await api.ann.get("/v1/jobs?conversation=c")).json()["jobs"]
        assert listed == [ended]
        assert (ended["state"], bool(ended["result"]["text"])) == ("succeeded", True)
        assert (await api.ann.delete(url)).status_code == 409


async def test_a_job_is_cancelled(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(begin, job_script=never), tmp_path) as api:
        sent = (await api.ann.post("/v1/messages", json={"text": "go", "conversation": "c"})).json()
        answer = await api.ann.delete(f"/v1/jobs/{sent['reply']['job']['job_id']}?conversation=c")
        assert (answer.status_code, answer.json()["id"]) == (202, sent["reply"]["job"]["job_id"])


async def test_the_news_of_a_job_come_up_to_the_message_with_its_result(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(begin), tmp_path) as api:
        url = await begun(api)
        news = sent_in((await api.ann.get(url.replace("?", "/events?"))).text)
        assert {one.kind for one in news} == {"job"}
        assert {one.data["result"] for one in news[:-1]} <= {""}
        last = news[-1].data
        assert (last["state"], last["result"]) == ("succeeded", "job:job-1")
        told = (await api.ann.get(last["url"])).json()
        assert (told["job"], told["state"]) == ("job-1", "done")


async def test_the_news_of_a_job_are_nobody_elses(tmp_path: Path) -> None:
    async with api_of(FakeAssistant(begin), tmp_path) as api:
        url = (await begun(api)).replace("?", "/events?")
        assert (await api.bob.get(url)).status_code == 404
        assert (await api.bob.get("/v1/jobs?conversation=c")).json() == {"jobs": []}


async def begun(api: Api) -> str:
    """The address of a job that was begun for Ann."""
    sent = (await api.ann.post("/v1/messages", json={"text": "go", "conversation": "c"})).json()
    return f"/v1/jobs/{sent['reply']['job']['job_id']}?conversation=c"


async def begin(message: Message) -> AsyncIterator[Event]:
    yield JobStarted(job_id="job-1", text="It goes on.")
    yield Final(text="It goes on.")


async def never(job: Job) -> AsyncIterator[Event]:
    await asyncio.Event().wait()
    yield Final(text="never")


def conversation() -> Conversation:
    return naming.conversation_of(ANN, "c", tenant="local")
