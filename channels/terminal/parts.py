"""The parts of a reply in the terminal's form: plain text for a pipe, Rich for a screen.

Every part is a value whose ``str`` is what a pipe gets. ``__rich_console__`` is what a screen gets; whatever it yields
goes through `safe`, so that even a mistake here can't hand hostile text to the terminal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from channels.terminal import texts
from channels.terminal.clean import clean, one_line, web_link
from switchboard import Artifact, Citation, Reply

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.segment import Segment


@dataclass(frozen=True, slots=True)
class Answer:
    """Markdown that the model wrote."""

    text: str

    def __str__(self) -> str:
        return clean(self.text).rstrip()

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from channels.terminal.markdown import markdown

        yield from safe(markdown(str(self)), console, options)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of ours or a warning, set apart from the answer."""

    text: str
    style: str = "yellow"

    def __str__(self) -> str:
        return one_line(self.text)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.text import Text

        yield from safe(Text(str(self), style=self.style), console, options)


@dataclass(frozen=True, slots=True)
class Options:
    """A question back, in Markdown, with numbered answers."""

    text: str
    options: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(filter(None, (self._asked(), self._numbered())))

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.text import Text

        from channels.terminal.markdown import markdown

        yield from safe(markdown(self._asked()), console, options)
        yield from safe(Text(self._numbered(), style="bold"), console, options)

    def _asked(self) -> str:
        return clean(self.text).strip()

    def _numbered(self) -> str:
        return "\n".join(f"  {number}. {one_line(option)}" for number, option in enumerate(self.options, start=1))


@dataclass(frozen=True, slots=True)
class Sources:
    """The citations as a numbered list."""

    citations: tuple[Citation, ...]

    def __str__(self) -> str:
        lines = [f"{texts.SOURCES}:"]
        for citation in self.citations:
            link = web_link(citation.link)
            lines.append(f"[{citation.number}] {describe(citation)}" + (f" <{link}>" if link else ""))
        return "\n".join(lines)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.style import Style
        from rich.text import Text

        text = Text(texts.SOURCES, style="bold", end="")
        for citation in self.citations:
            link = web_link(citation.link)
            text.append(f"\n[{citation.number}] ", Style(color="cyan", bold=True))
            text.append(describe(citation), Style(bold=False, underline=bool(link), link=link or None))
            hint = link or f"/open {citation.number}"
            text.append(f"  {hint}", Style(bold=False, dim=True))
        text.append("\n")
        yield from safe(text, console, options)


@dataclass(frozen=True, slots=True)
class Files:
    """What the assistant made, with the place of each copy; an empty place where there is none."""

    artifacts: tuple[Artifact, ...]

    def __str__(self) -> str:
        lines = (
            f"- {one_line(artifact.name)} ({texts.size(artifact.size)}) {clean(artifact.link)}".rstrip()
            for artifact in self.artifacts
        )
        return "\n".join([f"{texts.FILES}:", *lines])

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.text import Text

        yield from safe(Text(str(self)), console, options)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source can be looked at, and the passage in it."""

    title: str
    address: str
    quote: str

    def __str__(self) -> str:
        lines = [self.title, clean(self.address)]
        lines += [f"  {line}" for line in clean(self.quote).strip().splitlines()]
        return "\n".join(lines)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.padding import Padding
        from rich.style import Style
        from rich.text import Text

        yield from safe(Text(self.title, style="bold"), console, options)
        address = clean(self.address)
        yield from safe(Text(address, Style(link=address, underline=True), overflow="fold"), console, options)
        if self.quote.strip():
            quote = Text(clean(self.quote).strip(), style="dim italic")
            yield from safe(Padding(quote, (0, 0, 0, 2)), console, options)


Part: TypeAlias = Answer | Note | Options | Sources | Files | Place


def describe(citation: Citation) -> str:
    """A source in a few words: its title, its page and, when that says more, where it is from."""
    title = one_line(citation.title) or one_line(citation.source) or one_line(citation.document)
    words = [title, f"page {citation.page}"] if citation.page else [title]
    source = one_line(citation.source)
    if source and source not in (title, citation.link):
        words.append(source)
    return ", ".join(words)


def after_answer(reply: Reply) -> Sequence[Part]:
    """What follows the answer's text: notes, a question back, sources and files."""
    parts: list[Part] = [Note(warning.text) for warning in reply.warnings]
    if reply.status == "stopped":
        parts.append(Note(texts.STOPPED))
    elif reply.status == "partial" and not reply.warnings:
        parts.append(Note(texts.INCOMPLETE))
    if reply.job and one_line(reply.job.text) not in one_line(reply.text):
        parts.append(Note(reply.job.text, style="cyan"))
    if reply.question:
        parts.append(Options(reply.question.text, reply.question.options))
    if reply.citations:
        parts.append(Sources(reply.citations))
    if reply.artifacts:
        parts.append(Files(reply.artifacts))
    return parts


def reply_parts(reply: Reply) -> Sequence[Part]:
    """The whole reply. A failed one is a note with its incident, so that it can't be taken for an answer."""
    if reply.status == "failed":
        return [failure(reply), *after_answer(reply)]
    body = [Answer(reply.text)] if reply.text.strip() else []
    rest = after_answer(reply)
    return [*body, *rest] or [Note(texts.NO_ANSWER)]


def failure(reply: Reply) -> Note:
    """A failed reply as a sentence with its incident."""
    number = texts.incident(reply.incident) if reply.incident else ""
    return Note(f"{reply.text} {number}", style="red")


def safe(content: "RenderableType", console: "Console", options: "ConsoleOptions") -> Iterable["Segment"]:
    """The content's segments with their text cleaned; links lead to the web or to a file, nowhere else."""
    from rich.segment import Segment

    for segment in console.render(content, options):
        if segment.control:
            continue
        text = clean(segment.text)
        yield segment if text == segment.text else Segment(text, segment.style)
