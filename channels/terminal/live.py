"""The part of the screen that changes while an answer is written: its last block and a line of progress."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.segment import Segment
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from channels.terminal.parts import Answer
from channels.terminal.progress import Progress

_FRAMES_PER_SECOND = 12
_LINES_BESIDE = 5
"""Lines that the growing text leaves free, for progress and the cursor; with fewer the screen would jump."""


class LiveArea:
    """Draws some times a second, in a thread of Rich's; what it draws is replaced, never changed.

    Attributes:
        text: The block that still grows, Markdown.
        below: Whether text stands above, so that a blank line has to part the two.
        progress: What is going on.
    """

    def __init__(self, console: Console) -> None:
        self.text = ""
        self.below = False
        self.progress = Progress()
        unicode = console.encoding.lower().startswith("utf")
        self._spinner = Spinner("dots" if unicode else "line", style="cyan")
        self._live = Live(
            console=console,
            get_renderable=self._frame,
            refresh_per_second=_FRAMES_PER_SECOND,
            transient=True,
            vertical_overflow="crop",
        )

    def start(self) -> None:
        """Begin to draw."""
        self._live.start(refresh=True)

    def stop(self) -> None:
        """Draw no more, and leave nothing of the area on the screen."""
        self._live.stop()

    def _frame(self) -> RenderableType:
        text, line = self.text, self._progress_line(self.progress)
        above = [Text()] if self.below else []
        return Group(*above, _Bottom(Answer(text)), Text(), line) if text.strip() else Group(*above, line)

    def _progress_line(self, progress: Progress) -> RenderableType:
        self._spinner.update(text=Text(progress.text, style="dim", no_wrap=True, overflow="ellipsis"))
        if not progress.counted:
            return self._spinner
        row = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=progress.total, completed=progress.done, width=16)
        row.add_row(self._spinner, bar, Text(f"{progress.done}/{progress.total}", style="dim"))
        return row


class _Bottom:
    """The last lines of something, as many as the screen has room for."""

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        lines = console.render_lines(self._content, options.update(height=None), pad=False)
        for line in lines[-max(1, console.size.height - _LINES_BESIDE) :]:
            yield from line
            yield Segment.line()
