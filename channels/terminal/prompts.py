"""Where questions come from: a line editor with history on a terminal, plain lines from a pipe."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from channels.terminal.clean import typed

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.history import History
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.output import Output


class Prompt(Protocol):
    """Gives what a person wrote, one message at a time.

    Attributes:
        attended: Whether somebody writes there who can be shown things meanwhile.
    """

    attended: bool

    async def read(self, label: str) -> str | None:
        """The next message, or ``None`` when the person leaves."""
        ...

    def below(self, line: str) -> None:
        """Show a line below what is being written; an empty one takes it away."""
        ...

    async def above(self, show: Callable[[], None]) -> None:
        """Have something printed above what is being written, which stays as it is."""
        ...


class LinePrompt:
    """One message a line, for input that is not a terminal."""

    attended = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._started = False

    async def read(self, label: str) -> str | None:
        """The next line that is not blank."""
        if not self._started:
            self._started = True
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._pump, args=(loop,), daemon=True).start()
        return await self._lines.get()

    def below(self, line: str) -> None:
        """Nobody looks."""

    async def above(self, show: Callable[[], None]) -> None:
        """Print it."""
        show()

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread that may be left behind, as nothing can interrupt a read from a pipe."""
        for line in self._stream:
            if line.strip():
                loop.call_soon_threadsafe(self._lines.put_nowait, line.strip())
        loop.call_soon_threadsafe(self._lines.put_nowait, None)


class EditorPrompt:
    """A line editor: history with the arrow keys, pasted lines stay together, commands complete with Tab."""

    attended = True

    def __init__(
        self,
        *,
        history: Path,
        commands: Mapping[str, str],
        keys_in: "Input | None" = None,
        out: "Output | None" = None,
    ) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.styles import Style

        self._session: PromptSession[str] = PromptSession(
            history=_history(history),
            completer=_completer(commands),
            complete_while_typing=False,
            multiline=True,
            prompt_continuation="  ",
            key_bindings=_keys(),
            style=Style([("bottom-toolbar", "noreverse fg:ansibrightblack")]),
            input=keys_in,
            output=out,
        )

    async def read(self, label: str) -> str | None:
        """What was written up to Enter; ``None`` after Ctrl-C or Ctrl-D at an empty prompt."""
        try:
            return typed(await self._session.prompt_async(label))
        except (EOFError, KeyboardInterrupt):
            return None

    def below(self, line: str) -> None:
        """Show it as the editor's last line."""
        self._session.bottom_toolbar = line or None
        self._session.app.invalidate()

    async def above(self, show: Callable[[], None]) -> None:
        """Take the editor away for as long as printing takes."""
        from prompt_toolkit.application import run_in_terminal

        if self._session.app.is_running:
            await run_in_terminal(show)
        else:
            show()


def for_streams(*, history: Path, commands: Mapping[str, str]) -> Prompt:
    """The line editor if a person sits at both ends, otherwise plain lines."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return EditorPrompt(history=history, commands=commands)
    return LinePrompt(sys.stdin)


def _keys() -> "KeyBindings":
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("enter")
    def _send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _clear_or_leave(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=EOFError)

    return keys


def _history(path: Path) -> "History":
    """The history file, readable by this user only; in memory where it can't be written."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    class _TypedHistory(FileHistory):
        def store_string(self, string: str) -> None:
            super().store_string(typed(string))

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        with path.open("ab"):
            return _TypedHistory(path)
    except OSError:
        return InMemoryHistory()


def _completer(commands: Mapping[str, str]) -> "Completer":
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
    from prompt_toolkit.document import Document

    paths = PathCompleter(expanduser=True)

    class _Slash(Completer):
        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
            text = document.text_before_cursor
            name, space, rest = text.partition(" ")
            if space and name == "/attach":
                yield from paths.get_completions(Document(rest, len(rest)), complete_event)
            elif not space and text.startswith("/"):
                for command, meaning in commands.items():
                    if command.startswith(text):
                        yield Completion(command, start_position=-len(text), display_meta=meaning)

    return _Slash()
