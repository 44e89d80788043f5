"""How a turn is shown as it happens: live on a screen, at its end in a pipe, or as JSON lines."""

import json
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from channels.terminal import texts
from channels.terminal.channel import TerminalChannel
from channels.terminal.clean import clean
from channels.terminal.links import Links
from channels.terminal.parts import Answer, Note, Part, after_answer, failure, reply_parts
from channels.terminal.progress import Progress
from switchboard import Delta, Event, Reply, Status
from switchboard.assistant import JobNews
from switchboard.wire import reply_to_json, to_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status as Spinner


class Screen(Protocol):
    """Shows one turn. Entered before the first event, left after the last; then the reply completes it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, event: Event) -> None:
        """Show an event at once."""
        ...

    def progress(self, job_id: str, news: JobNews) -> None:
        """Show how far a job is."""
        ...

    def finish(self, reply: Reply) -> None:
        """Show what is still missing of the whole reply.

        Raises:
            OSError: Nobody reads the output any more.
        """
        ...


class LiveScreen:
    """A terminal on which text streams: whole blocks scroll up and stay, the last one grows in place."""

    def __init__(self, channel: TerminalChannel) -> None:
        from channels.terminal.live import LiveArea

        self._channel = channel
        self._area = LiveArea(channel.console)
        self._printed = ""
        self._tail = ""
        self._held = ""

    def __enter__(self) -> Self:
        self._area.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._area.stop()
        if error is not None and self._tail.strip():
            self._print([Answer(self._tail)])

    def show(self, event: Event) -> None:
        """Let the text grow and the progress move."""
        self._area.progress = self._area.progress.after(event)
        if isinstance(event, Delta):
            text = self._held + event.text
            self._held = "\r" if text.endswith("\r") else ""
            self._tail += clean(text.removesuffix("\r"))
            self._settle()
            self._area.text = self._tail

    def progress(self, job_id: str, news: JobNews) -> None:
        """Let the progress move."""
        self.show(Status(text=news.text, done=news.done, total=news.total))

    def finish(self, reply: Reply) -> None:
        """Print the last block, or the whole text if it is not what was streamed; then notes, sources and files."""
        text = clean(reply.text)
        if reply.status == "failed":
            rest: list[Part] = [Answer(self._tail)] if self._tail.strip() else []
            rest += [failure(reply), *after_answer(reply)]
        elif not self._printed:
            rest = list(reply_parts(reply))
        elif text.lstrip().startswith(self._printed.lstrip()):
            remainder = text.lstrip()[len(self._printed.lstrip()) :]
            rest = [Answer(remainder)] if remainder.strip() else []
            rest += after_answer(reply)
        else:
            rest = [Note(texts.REVISED), *reply_parts(reply)]
        self._print(rest)

    def _settle(self) -> None:
        from channels.terminal.markdown import settled

        if "\n" in self._tail and (end := settled(self._tail)):
            block, self._tail = self._tail[:end], self._tail[end:]
            self._area.text = self._tail
            self._print([Answer(block)])
            self._printed += block
            self._area.below = True

    def _print(self, parts: list[Part]) -> None:
        if self._printed and parts:
            self._channel.console.print()
        self._channel.write(parts)


class PlainScreen:
    """Output that is read as a whole: the reply comes at the end, progress goes to standard error if somebody looks."""

    def __init__(self, channel: TerminalChannel, *, aside: "Console") -> None:
        self._channel = channel
        self._aside = aside
        self._progress = Progress()
        self._spinner: Spinner | None = aside.status(texts.THINKING) if aside.is_terminal else None

    def __enter__(self) -> Self:
        if self._spinner:
            self._spinner.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._spinner:
            self._spinner.stop()

    def show(self, event: Event) -> None:
        """Move the progress."""
        self._progress = self._progress.after(event)
        if self._spinner:
            from rich.text import Text

            count = f" ({self._progress.done} of {self._progress.total})" if self._progress.counted else ""
            self._spinner.update(Text(self._progress.text + count))

    def progress(self, job_id: str, news: JobNews) -> None:
        """Move the progress."""
        self.show(Status(text=news.text, done=news.done, total=news.total))

    def finish(self, reply: Reply) -> None:
        """Print the reply. A failure, or that there is more to wait for, is told on standard error: it is no answer."""
        if reply.status == "failed":
            self._aside.print(failure(reply))
        elif reply.job:
            for part in self._channel.render(reply):
                self._aside.print(part)
        else:
            self._channel.write(self._channel.render(reply))


class JsonScreen:
    """One JSON object a line: every event as it happens, and the whole reply as the last line."""

    def __init__(self, channel: TerminalChannel, *, links: Links) -> None:
        self._out = channel.console.file
        self._links = links

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, event: Event) -> None:
        """Write the event's line."""
        self._line(to_json(self._links.event(event)))

    def progress(self, job_id: str, news: JobNews) -> None:
        """Write a line of what is known of the job."""
        known = {"state": news.state, "text": news.text, "done": news.done, "total": news.total}
        self._line({"kind": "job", "job_id": job_id, **known})

    def finish(self, reply: Reply) -> None:
        """Write the reply's line."""
        self._line(reply_to_json(self._links.reply(reply)))

    def _line(self, data: dict[str, object]) -> None:
        self._out.write(json.dumps(data) + "\n")
        self._out.flush()
