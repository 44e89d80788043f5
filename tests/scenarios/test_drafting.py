"""Drafts as people ask for them: through the real assistant with the built-in model, at a terminal and over a crash."""

import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from io import StringIO
from pathlib import Path

import docx
import pypdfium2
import pytest
import pytest_asyncio
from rich.console import Console

from agent.assistant import SwitchboardAssistant, build
from channels.terminal import TerminalChannel
from channels.terminal.chat import Chat
from channels.terminal.opened import Opened
from switchboard import Conversation, Principal, Reply
from switchboard.settings import load
from switchboard.testing.running import ask, said
from tests.channels.terminal.test_terminal_chat import Lines

pytestmark = pytest.mark.asyncio(loop_scope="module")
Tell = Callable[..., Awaitable[list[Reply]]]
NDA = ("Draft an NDA between Acme Corp and Beta GmbH", "a joint venture on batteries", "3 years", "German law")


def fresh(data: Path) -> SwitchboardAssistant:
    """An assistant with all its parts, as a process has it that has just started."""
    return build(load(None, {"SWITCHBOARD_DATA_DIR": str(data), "SWITCHBOARD_LIMITS__MESSAGES_PER_MINUTE": "0"}))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assistant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SwitchboardAssistant]:
    built = fresh(tmp_path_factory.mktemp("data"))
    yield built
    await built.close()


@pytest.fixture
def here(request: pytest.FixtureRequest) -> Conversation:
    """A conversation of the test's own."""
    return Conversation(tenant="local", channel="test", room=request.node.name)


@pytest.fixture
def tell(assistant: SwitchboardAssistant, here: Conversation) -> Tell:
    """Say some things one after the other; gives the replies."""

    async def run(*texts: str) -> list[Reply]:
        return [await ask(assistant, said(text, conversation=here)) for text in texts]

    return run


def asks(reply: Reply) -> str:
    """What a reply asks; nothing if it is an answer."""
    return reply.question.text if reply.question else ""


async def test_an_nda_is_asked_for_drafted_and_changed(
    tell: Tell, here: Conversation, assistant: SwitchboardAssistant
) -> None:
    *asked, first, second = await tell(*NDA, "make it 5 years")
    assert [asks(reply).endswith("?") for reply in asked] == [True] * 3
    assert asks(asked[1]).startswith("For how long")
    names = [artifact.name for artifact in first.artifacts]
    assert names == [f"Non-Disclosure Agreement Acme Corp Beta GmbH v1.{ending}" for ending in ("docx", "pdf", "png")]
    assert "Term: 5 years (your message 5) – changed" in second.text
    data = await assistant.blobs.read(second.artifacts[0].digest, owner=here.key)
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    assert "a joint venture on batteries" in text
    assert "apply for 5 years from that day" in text


async def test_other_questions_in_between_do_not_disturb_a_finished_draft(tell: Tell) -> None:
    *_, found, thanked, changed = await tell(*NDA, "What documents do you have?", "thanks", "the law is French law")
    assert "no documents" in found.text
    assert "welcome" in thanked.text
    assert "Governing law: French law" in changed.text


async def test_each_new_draft_begins_anew(tell: Tell) -> None:
    invoice = "Write an invoice for ACME Ltd, 3 days consulting at 900 EUR, VAT 20%"
    *_, asked, made = await tell(*NDA, invoice, "Me Ltd")
    assert "Who issues the invoice" in asks(asked)
    assert "Acme Corp" not in made.text
    assert "total €3,240.00" in made.text


async def test_a_draft_can_be_dropped_while_it_asks(tell: Tell) -> None:
    _, dropped, after = await tell(NDA[0], "never mind", "parental leave")
    assert "dropped" in dropped.text
    assert "could not find" in after.text


async def test_what_was_said_outlives_the_process(tmp_path: Path, here: Conversation) -> None:
    before = fresh(tmp_path)
    for text in NDA[:3]:
        await ask(before, said(text, conversation=here))
    await before.close()
    after = fresh(tmp_path)
    reply = await ask(after, said(NDA[3], conversation=here))
    assert len(reply.artifacts) == 3
    await after.close()


async def test_two_conversations_have_two_drafts(tell: Tell, assistant: SwitchboardAssistant) -> None:
    there = Conversation(tenant="local", channel="test", room="elsewhere")
    await tell(NDA[0])
    other = await ask(assistant, said("3 years", conversation=there))
    assert other.artifacts == ()
    assert other.question is None


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
