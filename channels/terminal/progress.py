"""What is going on right now, folded from events: pure, so that screens only have to draw it."""

from dataclasses import dataclass, replace

from channels.terminal import texts
from channels.terminal.clean import one_line
from switchboard import Event, Status, ToolFinished, ToolStarted


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The state of a running turn.

    Attributes:
        text: The last thing that was said about progress.
        tools: The running calls with what they are for, oldest first.
        done: Steps done of ``total``; 0 of 0 when that can't be told.
    """

    text: str = texts.THINKING
    tools: tuple[tuple[str, str], ...] = ()
    done: int = 0
    total: int = 0

    def after(self, event: Event) -> "Progress":
        """The state once the event has happened."""
        match event:
            case Status():
                return replace(self, text=one_line(event.text), done=event.done, total=event.total)
            case ToolStarted():
                text = one_line(event.text) or f"Using {one_line(event.tool)}"
                return replace(self, text=text, tools=(*self.tools, (event.call_id, text)), done=0, total=0)
            case ToolFinished():
                tools = tuple(call for call in self.tools if call[0] != event.call_id)
                return replace(self, text=tools[-1][1] if tools else texts.THINKING, tools=tools, done=0, total=0)
            case _:
                return self

    @property
    def counted(self) -> bool:
        """Whether a bar can be drawn."""
        return 0 <= self.done <= self.total and self.total > 0
