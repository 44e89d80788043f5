"""Questions that people ask of the sample library, from the files to the answer, with the embedded parts as they are.

The floors are a little below what is reached, so that a change that makes answers worse is noticed.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.assistant import SwitchboardAssistant, build
from switchboard import Conversation, Principal
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.testing.running import ask, said
from tools.retrieval.ingest import ingest

SAMPLES = Path(__file__).parents[2] / "samples"
QUESTIONS = [json.loads(line) for line in Path(__file__).with_name("sample_questions.jsonl").read_text().splitlines()]
RIGHT, SILENT = 0.9, 0.9


@pytest.fixture
async def assistant(tmp_path: Path) -> AsyncIterator[SwitchboardAssistant]:
    settings = load(None, {"SWITCHBOARD_DATA_DIR": str(tmp_path)})
    setup = Setup(settings)
    built = build(settings, setup)
    owner = Principal(id="owner", verified=True)
    library, pool, blobs = (setup.backend(role) for role in ("retriever", "reader", "blobs"))
    await ingest(
        [SAMPLES], library=library, blobs=blobs, reader=pool, owner=owner, public=True, progress=lambda _: None
    )
    yield built
    await built.close()


async def test_most_questions_are_answered_and_those_without_an_answer_are_not(assistant: SwitchboardAssistant) -> None:
    right: list[bool] = []
    silent: list[bool] = []
    for number, entry in enumerate(QUESTIONS):
        who = Principal(id="somebody", groups=frozenset(entry.get("groups", ())), verified=True)
        where = Conversation(tenant="local", channel="test", room=str(number))
        reply = await ask(assistant, said(entry["question"], conversation=where, principal=who))
        if entry["answer"]:
            right.append(all(part in reply.text for part in entry["answer"]) and bool(reply.citations))
        else:
            silent.append("could not find" in reply.text and not reply.citations)
    missed = [entry["question"] for entry, ok in zip(QUESTIONS, [*right, *silent], strict=True) if not ok]
    assert sum(right) >= RIGHT * len(right), missed
    assert sum(silent) >= SILENT * len(silent), missed
