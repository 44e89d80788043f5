"""Drafts as people ask for them: through the real assistant with the built-in model, at a terminal and over a crash."""

import io
import re
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import docx
import pypdfium2
import pytest
from rich.console import Console

from agent.assistant import SwitchboardAssistant, build
from channels.terminal import TerminalChannel
from channels.terminal.chat import Chat
from channels.terminal.opened import Opened
from switchboard import Conversation, Principal
from switchboard.settings import load
from switchboard.testing.running import ask, said
from tests.channels.terminal.test_terminal_chat import Lines

HERE = Conversation(tenant="local", channel="test", room="drafts")
NDA = ("Draft an NDA between Acme Corp and Beta GmbH", "a joint venture on batteries", "3 years", "German law")


def fresh(data: Path) -> SwitchboardAssistant:
    """An assistant with all its parts, as a process has it that has just started."""
    return build(load(None, {"SWITCHBOARD_DATA_DIR": str(data), "SWITCHBOARD_LIMITS__MESSAGES_PER_MINUTE": "0"}))


@pytest.fixture
async def assistant(tmp_path: Path) -> AsyncIterator[SwitchboardAssistant]:
    built = fresh(tmp_path)
    yield built
    await built.close()


async def tell(assistant: SwitchboardAssistant, *texts: str) -> list[str]:
    return [(await ask(assistant, said(text, conversation=HERE))).text for text in texts]


async def test_an_nda_is_asked_for_drafted_and_changed(assistant: SwitchboardAssistant) -> None:
    asked = await tell(assistant, *NDA[:3])
    assert [text.endswith("?") for text in asked] == [True] * 3
    assert asked[1].startswith("For how long")
    first = await ask(assistant, said(NDA[3], conversation=HERE))
    names = [artifact.name for artifact in first.artifacts]
    assert names == [f"Non-Disclosure Agreement Acme Corp Beta GmbH v1.{ending}" for ending in ("docx", "pdf", "png")]
    second = await ask(assistant, said("make it 5 years", conversation=HERE))
    assert "Term: 5 years (your message 5) – changed" in second.text
    data = await assistant.blobs.read(second.artifacts[0].digest, owner=HERE.key)
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    assert "a joint venture on batteries" in text
    assert "apply for 5 years from that day" in text


async def test_other_questions_in_between_do_not_disturb_a_finished_draft(assistant: SwitchboardAssistant) -> None:
    await tell(assistant, *NDA)
    found, thanked, changed = await tell(assistant, "What documents do you have?", "thanks", "the law is French law")
    assert "no documents" in found
    assert "welcome" in thanked
    assert "Governing law: French law" in changed


async def test_each_new_draft_begins_anew(assistant: SwitchboardAssistant) -> None:
    *_, first = await tell(assistant, *NDA)
    said_anew = await tell(assistant, "Write an invoice for ACME Ltd, 3 days consulting at 900 EUR, VAT 20%", "Me Ltd")
    assert "Acme Corp" in first
    assert "Who issues the invoice" in said_anew[0]
    assert "Acme Corp" not in said_anew[1]
    assert "total €3,240.00" in said_anew[1]


async def test_a_draft_can_be_dropped_while_it_asks(assistant: SwitchboardAssistant) -> None:
    *_, dropped, after = await tell(assistant, NDA[0], "never mind", "parental leave")
    assert "dropped" in dropped
    assert "could not find" in after


async def test_what_was_said_outlives_the_process(tmp_path: Path) -> None:
    assistant = fresh(tmp_path)
    await tell(assistant, *NDA[:3])
    await assistant.close()
    assistant = fresh(tmp_path)
    reply = await ask(assistant, said(NDA[3], conversation=HERE))
    assert len(reply.artifacts) == 3
    await assistant.close()


async def test_two_conversations_have_two_drafts(assistant: SwitchboardAssistant) -> None:
    there = Conversation(tenant="local", channel="test", room="elsewhere")
    await tell(assistant, NDA[0])
    other = await ask(assistant, said("3 years", conversation=there))
    assert other.artifacts == ()
    assert "Which law" not in other.text


async def test_at_a_terminal_the_files_can_be_opened(assistant: SwitchboardAssistant, tmp_path: Path) -> None:
    screen = Console(file=StringIO(), width=200, markup=False, emoji=False, highlight=False)
    chat = Chat(
        assistant=assistant,
        channel=TerminalChannel(tenant="local", console=screen),
        principal=Principal(id="ann", verified=True),
        aside=screen,
        opened=Opened(tmp_path / "opened"),
        upload_limit=100,
    )
    await chat.run(Lines("invoice for ACME Ltd, 3 days consulting at 900 EUR, VAT 20%", "Me Ltd", "make it 45 days"))
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "Who issues the invoice" in shown
    assert re.findall(r"Invoice ACME Ltd v(\d)\.pdf", shown)[-1] == "2"
    (paper,) = (tmp_path / "opened").rglob("Invoice ACME Ltd v2.pdf")
    opened = pypdfium2.PdfDocument(paper)
    assert "€3,240.00" in opened[0].get_textpage().get_text_bounded()
    opened.close()
