"""The terminal as a channel."""

import pytest
from rich.console import Console

from channels.terminal import TerminalChannel, Typed
from switchboard import Channel, Message, Principal, Receipt, Reply
from switchboard.plugins import Setup
from switchboard.settings import Settings

ANN = Principal(id="ann", verified=True)
REPLY = Reply(text="Yes.", status="complete")


def message(channel: TerminalChannel) -> Message:
    (parsed,) = channel.parse(Typed(id="1", principal=ANN, thread="a", text=" Is it? \n"))
    return parsed


def test_it_is_a_plug_in() -> None:
    channel: Channel[Typed, object] = Setup(Settings(tenant="acme")).channel("terminal")
    assert channel.name == "terminal"


def test_what_was_typed_becomes_a_message(pipe: Console) -> None:
    parsed = message(TerminalChannel(tenant="acme", console=pipe))
    assert parsed.text == "Is it?"
    assert parsed.conversation.key == "acme/terminal/ann/a"


def test_nothing_typed_is_no_message(pipe: Console) -> None:
    channel = TerminalChannel(tenant="acme", console=pipe)
    assert channel.parse(Typed(id="1", principal=ANN, thread="a", text=" \n")) == ()


async def test_what_is_printed_is_delivered(pipe: Console) -> None:
    channel = TerminalChannel(tenant="acme", console=pipe)
    receipt = await channel.send(message(channel), channel.render(REPLY))
    assert receipt == Receipt(delivered=True, platform_id="1")
    assert pipe.file.getvalue() == "Yes.\n"  # type: ignore[attr-defined]


async def test_what_nobody_reads_is_not_delivered(pipe: Console) -> None:
    channel = TerminalChannel(tenant="acme", console=pipe)
    pipe.file.close()
    receipt = await channel.send(message(channel), channel.render(REPLY))
    assert receipt == Receipt(delivered=False, why="standard output: ValueError")


@pytest.mark.parametrize("text", ["x" * 100_000, "line\n" * 10_000])
def test_nothing_is_cut(pipe: Console, text: str) -> None:
    channel = TerminalChannel(tenant="acme", console=pipe)
    channel.write(channel.render(Reply(text=text, status="complete")))
    assert pipe.file.getvalue().strip() == text.strip()  # type: ignore[attr-defined]
