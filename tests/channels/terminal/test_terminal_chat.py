"""The chat and its commands, without a terminal."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from channels.terminal import TerminalChannel
from channels.terminal.chat import Chat
from channels.terminal.opened import Opened
from switchboard import (
    BackendError,
    BadInput,
    Citation,
    Delta,
    Failed,
    Final,
    MessageId,
    Principal,
    Question,
    Receipt,
)
from switchboard.assistant import SourceFile

ANN = Principal(id="ann", verified=True)
PAGE = Citation(number=1, title="Policy", source="policy.pdf", page=3, document="d/1", quote="Sixteen weeks.")


class Lines:
    """A prompt that gives these lines and then leaves."""

    attended = True

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)
        self.labels: list[str] = []

    async def read(self, label: str) -> str | None:
        self.labels.append(label)
        return self._lines.pop(0) if self._lines else None

    def below(self, line: str) -> None: ...

    async def above(self, show: Callable[[], None]) -> None:
        show()


@pytest.fixture
def assistant(scripted: Any) -> Any:
    return scripted.ScriptedAssistant(
        {
            "cited?": [PAGE, Delta(text="Yes [1]."), Final(text="Yes [1].")],
            "which?": [Question(text="Which?", options=("The first", "The second")), Final(text="Which?")],
            "broken?": [Failed(text="That failed. Try again.", incident="ab12")],
        }
    )


@pytest.fixture
def chat(assistant: Any, screen: Console, tmp_path: Path) -> Chat:
    return Chat(
        assistant=assistant,
        channel=TerminalChannel(tenant="t", console=screen),
        principal=ANN,
        aside=screen,
        opened=Opened(tmp_path / "opened"),
        upload_limit=100,
        clock=lambda: 1_700_000_000.0,
    )


@pytest.fixture
def talk(chat: Chat) -> Callable[..., Awaitable[str]]:
    """Type lines and leave; gives the screen."""

    async def run(*lines: str, **start: Any) -> str:
        await chat.run(Lines(*lines), **start)
        return chat.channel.console.file.getvalue()  # type: ignore[attr-defined, no-any-return]

    return run


async def test_a_newcomer_reads_what_is_there_and_what_to_try(talk: Any) -> None:
    shown = await talk()
    assert "2 documents" in shown
    assert "How long is parental leave?" in shown


async def test_each_message_has_the_principal_and_an_identity_of_its_own(talk: Any, assistant: Any) -> None:
    await talk("one", "two")
    first, second = assistant.offered
    assert first.id != second.id
    assert first.principal == ANN
    assert first.conversation == second.conversation
    assert (first.conversation.channel, first.conversation.room) == ("terminal", "ann")


async def test_a_shown_reply_is_confirmed(talk: Any, assistant: Any) -> None:
    await talk("one")
    assert assistant.receipts == [Receipt(delivered=True, platform_id=assistant.offered[0].id)]


async def test_the_next_start_goes_on_with_the_newest_conversation(chat: Chat, talk: Any, assistant: Any) -> None:
    await talk("one")
    shown = await talk("two")
    assert len({message.conversation for message in assistant.offered}) == 1
    assert "Going on with 2023-11-14-" in shown


async def test_a_new_start_is_a_new_conversation(talk: Any, assistant: Any) -> None:
    await talk("one")
    await talk("two", new=True)
    assert len({message.conversation for message in assistant.offered}) == 2


async def test_a_named_conversation_is_found_again(talk: Any, assistant: Any) -> None:
    await talk("one", thread="taxes")
    await talk("other", new=True)
    shown = await talk("two", thread="taxes")
    assert [message.conversation.thread for message in assistant.offered][0::2] == ["taxes", "taxes"]
    assert "You said one" in shown.rpartition("Going on with taxes")[2]


async def test_one_shot_conversations_are_not_gone_on_with(talk: Any, assistant: Any) -> None:
    await talk("one", thread="once-1")
    await talk("two")
    assert not assistant.offered[1].conversation.thread.startswith("once-")


async def test_an_answer_that_was_still_being_written_is_shown_at_the_next_start(talk: Any, assistant: Any) -> None:
    await talk("one", thread="a")
    turns = assistant.turns["t/terminal/ann/a"]
    turns[0] = type(turns[0])(number=0, message=turns[0].message, state="running")
    assert "You said one" in (await talk(thread="a")).rpartition("still being written")[2]


async def test_blank_lines_are_not_sent(talk: Any, assistant: Any) -> None:
    await talk("", "  ", "\n")
    assert not assistant.offered


async def test_a_path_is_a_question_and_not_a_command(talk: Any, assistant: Any) -> None:
    await talk("/etc/hosts?")
    assert assistant.offered[0].text == "/etc/hosts?"


async def test_an_unknown_command_names_the_nearest(talk: Any, assistant: Any) -> None:
    assert "Did you mean /help?" in await talk("/hepl")
    assert not assistant.offered


async def test_the_number_of_an_option_stands_for_the_option(talk: Any, assistant: Any) -> None:
    await talk("which?", "2")
    assert assistant.offered[1].text == "The second"


async def test_a_number_without_options_is_a_message(talk: Any, assistant: Any) -> None:
    await talk("2")
    assert assistant.offered[0].text == "2"


async def test_a_refusal_is_a_sentence_and_the_chat_goes_on(talk: Any, assistant: Any) -> None:
    assistant.on_offer = BadInput("That is too long.")
    shown = await talk("one", "two")
    assert shown.count("That is too long.") == 2


async def test_a_failed_reply_is_told_with_its_incident(talk: Any) -> None:
    assert "That failed. Try again. (incident ab12)" in await talk("broken?")


async def test_a_busy_conversation_says_so(talk: Any, assistant: Any) -> None:
    assistant.state = "rejected"
    assert "busy with another question" in " ".join((await talk("one")).split())


async def test_a_turn_that_is_handed_over_is_followed_where_it_goes_on(talk: Any, assistant: Any) -> None:
    assistant.scripts["moved?"] = [
        Delta(text="Half"),
        "hand over",
        Delta(text=" and half"),
        Final(text="Half and half"),
    ]
    assert "Half and half" in await talk("moved?")
    assert len(assistant.offered) == 1


async def test_a_file_goes_with_the_next_message_only(chat: Chat, talk: Any, assistant: Any, tmp_path: Path) -> None:
    file = tmp_path / "my notes.txt"
    file.write_text("hello")
    shown = await talk(f"/attach {tmp_path}/my\\ notes.txt", "one", "two")
    assert "Attached my notes.txt (5 bytes)" in shown
    (attachment,) = assistant.offered[0].attachments
    assert await assistant.blobs.read(attachment.digest, owner=assistant.offered[0].conversation.key) == b"hello"
    assert assistant.offered[1].attachments == ()


async def test_the_prompt_says_how_many_files_wait(chat: Chat, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    lines = Lines(f"/attach '{tmp_path}/a.txt'")
    await chat.run(lines)
    assert lines.labels[1].startswith("[1 file]")


async def test_attached_files_can_be_let_go(talk: Any, assistant: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    await talk(f"/attach {tmp_path}/a.txt", "/attach", "one")
    assert assistant.offered[0].attachments == ()


async def test_files_stay_when_the_message_was_refused(chat: Chat, talk: Any, assistant: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assistant.on_offer = BackendError(service="s", operation="o", code="c")
    await talk(f"/attach {tmp_path}/a.txt", "one")
    assert [attachment.name for attachment in chat.pending] == ["a.txt"]


async def test_open_gives_a_copy_of_the_source_at_its_page(chat: Chat, talk: Any, assistant: Any) -> None:
    assistant.sources["d/1"] = SourceFile(name="../policy.pdf", title="Policy", media_type="application/pdf", data=b"%")
    await talk("cited?", "/open 1")
    (copy,) = chat.opened.folder.rglob("policy.pdf")
    assert copy.read_bytes() == b"%"
    assert f"{copy.as_uri()}#page=3" in chat.channel.console.file.getvalue()  # type: ignore[attr-defined]
    assert assistant.source_calls == [("d/1", ANN, chat.conversation.key)]


async def test_open_shows_the_passage(talk: Any, assistant: Any) -> None:
    assistant.sources["d/1"] = SourceFile(name="policy.pdf", title="Policy", media_type="application/pdf", data=b"%")
    assert "Sixteen weeks." in await talk("cited?", "/open")


async def test_a_source_that_may_not_be_read_can_not_be_opened(chat: Chat, talk: Any) -> None:
    assert "can't be opened" in await talk("cited?", "/open 1")
    assert not chat.opened.folder.exists()


@pytest.mark.parametrize("line", ["/open 7", "/open x"])
async def test_open_names_the_sources_that_there_are(talk: Any, line: str) -> None:
    assert "The last answer has 1." in await talk("cited?", line)


async def test_open_before_any_answer_says_what_to_do(talk: Any) -> None:
    assert "Ask something first" in await talk("/open 1")


async def test_conversations_are_listed_with_how_they_began(talk: Any) -> None:
    await talk("about taxes", thread="taxes")
    assert "taxes about taxes" in await talk("/conversations", thread="travel")


async def test_one_shot_questions_are_not_listed(chat: Chat, talk: Any) -> None:
    await talk("about taxes", thread="taxes")
    await talk("asked by a script", thread="once-1")
    await talk("/conversations")
    assert [summary.conversation.thread for summary in chat.listed] == ["taxes"]


async def test_another_conversation_is_gone_on_with_by_number(talk: Any, assistant: Any) -> None:
    await talk("one", thread="taxes")
    await talk("two", "/conversations", "/conversations 2", "three", thread="travel")
    assert assistant.offered[-1].conversation.thread == "taxes"


async def test_a_conversation_has_to_be_listed_before_it_is_chosen(talk: Any) -> None:
    assert "List the conversations first" in await talk("/conversations 1")


async def test_other_peoples_conversations_are_not_listed(chat: Chat, talk: Any, assistant: Any) -> None:
    await talk("secret")
    chat.principal = Principal(id="bob", verified=True)
    await talk("/conversations")
    assert not chat.listed


async def test_new_lets_go_of_the_conversation_and_its_files(talk: Any, assistant: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    await talk("one", f"/attach {tmp_path}/a.txt", "/new", "two")
    assert assistant.offered[0].conversation != assistant.offered[1].conversation
    assert assistant.offered[1].attachments == ()


async def test_help_lists_every_command(talk: Any) -> None:
    from channels.terminal.slash import COMMANDS

    shown = await talk("/help")
    assert all(command in shown for command in COMMANDS)


async def test_nothing_follows_quit(talk: Any, assistant: Any) -> None:
    await talk("/quit", "one")
    assert not assistant.offered


@pytest.mark.parametrize("name", [" ", "x" * 201])
async def test_a_name_for_a_conversation_is_checked(chat: Chat, name: str) -> None:
    with pytest.raises(BadInput):
        await chat.run(Lines(), thread=name)


async def test_in_a_pipe_only_the_replies_are_printed(assistant: Any, pipe: Console, tmp_path: Path) -> None:
    aside = Console(file=(tmp_path / "aside").open("w"), markup=False)
    chat = Chat(
        assistant=assistant,
        channel=TerminalChannel(tenant="t", console=pipe),
        principal=ANN,
        aside=aside,
        opened=Opened(tmp_path),
        upload_limit=1,
    )
    assert await chat.run(Lines("one", "broken?")) == 1
    aside.file.close()
    assert pipe.file.getvalue() == "You said one\n"  # type: ignore[attr-defined]
    assert (tmp_path / "aside").read_text() == "That failed. Try again. (incident ab12)\n"


def test_a_message_without_words_but_with_a_file_is_a_message(chat: Chat) -> None:
    from channels.terminal import Typed
    from switchboard import Attachment

    file = Attachment(name="a", media_type="", size=1, digest="0")
    typed = Typed(id="1", principal=ANN, thread="a", text=" ", attachments=(file,))
    (message,) = chat.channel.parse(typed)
    assert (message.id, message.text, message.attachments) == (MessageId("1"), "", (file,))
