"""The channel contract for the terminal: what was typed becomes a message, a reply becomes parts that are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from channels.terminal.clean import typed
from channels.terminal.parts import Part, reply_parts
from switchboard import Attachment, Conversation, Limits, Message, MessageId, Principal, Receipt, Reply

if TYPE_CHECKING:
    from rich.console import Console

    from switchboard.plugins import Setup

NAME = "terminal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person gave at the prompt or on the command line.

    Attributes:
        thread: Name of the conversation among the principal's.
        received_at: Seconds since the epoch.
    """

    id: str
    principal: Principal
    thread: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    received_at: float = 0.0


class TerminalChannel:
    """A terminal or a pipe. Each principal has conversations of their own, told apart by name."""

    name = NAME
    limits = Limits(images=False)

    def __init__(self, *, tenant: str, console: "Console | None" = None) -> None:
        self.tenant = tenant
        self._console = console

    @property
    def console(self) -> "Console":
        """Where replies are printed: standard output, unless another was given."""
        if self._console is None:
            from channels.terminal.console import stdout_console

            self._console = stdout_console()
        return self._console

    def conversation(self, principal: Principal, thread: str) -> Conversation:
        """The principal's conversation of that name."""
        return Conversation(tenant=self.tenant, channel=NAME, room=principal.id, thread=thread)

    def parse(self, payload: Typed) -> Sequence[Message]:
        """What was typed as a message; nothing if there is neither a word nor a file."""
        text = typed(payload.text).strip()
        if not text and not payload.attachments:
            return ()
        message = Message(
            id=MessageId(payload.id),
            conversation=self.conversation(payload.principal, payload.thread),
            principal=payload.principal,
            text=text,
            attachments=payload.attachments,
            received_at=payload.received_at,
        )
        return (message,)

    def render(self, reply: Reply) -> Sequence[Part]:
        """The reply as parts: the answer, notes, a question back, sources and files."""
        return reply_parts(reply)

    async def send(self, message: Message, parts: Sequence[Part], *, again: bool = False) -> Receipt:
        """Print the parts; the receipt says whether whoever reads the output was still there."""
        try:
            self.write(parts)
        except (OSError, ValueError) as error:
            return Receipt(delivered=False, why=f"standard output: {type(error).__name__}")
        return Receipt(delivered=True, platform_id=message.id)

    def write(self, parts: Sequence[Part]) -> None:
        """Print parts: with Rich on a screen, as plain text into a pipe, parted by blank lines."""
        for number, part in enumerate(parts):
            if number:
                self.console.file.write("\n")
            if self.console.is_terminal:
                self.console.print(part)
            else:
                self.console.file.write(f"{part}\n")
        self.console.file.flush()


def channel(setup: "Setup") -> TerminalChannel:
    """The channel as a plug-in."""
    return TerminalChannel(tenant=setup.settings.tenant)
