"""Questions on files that take long: a report of three hundred pages in the turn, a scan by a job. Nothing is faked."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.assistant import SwitchboardAssistant, build
from switchboard import Attachment, Status
from switchboard.plugins import Setup
from switchboard.reply import fold
from switchboard.settings import load
from switchboard.testing.running import QUICK, SOMEWHERE, ask, follow, said
from tests.long_files import report, scan, town
from tools.retrieval.reading_on import read_files_job
from tools.retrieval.tool import search_tool


@pytest.fixture
async def assistant(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[SwitchboardAssistant]:
    """The assistant of a new installation; files are waited for as long as the test says."""
    setup = Setup(load(None, {**QUICK, "SWITCHBOARD_DATA_DIR": str(tmp_path)}))
    library, reader = setup.backend("retriever"), setup.backend("reader")
    parts = {
        **setup.made(),
        "tools": [search_tool(library, reader, patience=request.param)],
        "job_kinds": [read_files_job(library, reader)],
    }
    made = build(setup.settings, Setup(setup.settings, given=parts))
    made.work()
    yield made
    await made.close()


async def attached(assistant: SwitchboardAssistant, data: bytes) -> Attachment:
    async def chunks() -> AsyncIterator[bytes]:
        yield data

    blob = await assistant.blobs.put(chunks(), owner=SOMEWHERE.key, name="plants.pdf", limit=50_000_000)
    return Attachment(name="plants.pdf", media_type="application/pdf", size=blob.size, digest=blob.digest)


@pytest.mark.parametrize("assistant", [60.0], indirect=True)
async def test_three_hundred_pages_are_read_and_asked_about_in_one_turn(assistant: SwitchboardAssistant) -> None:
    file = await attached(assistant, report(300))
    message = said(f"What does the manager of {town(273)} expect?", attachments=(file,))
    await assistant.offer(message)
    events = await follow(assistant, message)
    reply = fold(events)
    assert "4 new customers" in reply.text
    assert [citation.page for citation in reply.citations] == [273]
    shown = [event for event in events if isinstance(event, Status) and event.total == 300]
    assert [event.text for event in shown] == ["Reading plants.pdf"] * len(shown)


@pytest.mark.parametrize("assistant", [0.01], indirect=True)
async def test_a_scan_is_recognised_by_a_job_which_answers_with_its_page(assistant: SwitchboardAssistant) -> None:
    file = await attached(assistant, scan(2))
    now = await ask(assistant, said(f"How long did the fire drill in {town(2)} take?", attachments=(file,)))
    assert now.job is not None
    told = [news async for news in assistant.watch_job(SOMEWHERE, now.job.job_id)]
    assert ("Reading plants.pdf", 2) in {(news.text, news.total) for news in told}
    (turn,) = [turn for turn in await assistant.transcript(SOMEWHERE) if turn.message.id == told[-1].result]
    later = fold(await follow(assistant, turn.message))
    assert "took 6 minutes" in later.text
    assert later.citations[0].page == 2
    again = await ask(assistant, said(f"How long did the fire drill in {town(1)} take?"))
    assert "5 minutes" in again.text
    assert again.job is None
