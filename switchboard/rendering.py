"""From a reply to messages that fit: parted at the best boundary there is, nothing cut, the rest kept for "more".

Pure, and the same for every channel: a channel says what it can carry in `Limits` and translates the pieces into its
platform's form.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from switchboard.events import Citation
from switchboard.limits import Limits, TextUnit
from switchboard.plain import plain
from switchboard.reply import Reply

MORE = "\n\n(More follows: say “more”.)"
FENCES_FROM = 80
"""Smaller messages have no room for closing a code block and opening it again."""

_FENCE = re.compile(r"^(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
# From the best place for a break to the worst: after a paragraph, a line, a sentence, a word.
_BREAKS = (
    re.compile(r"\n[ \t]*\n\s*"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])"),
    re.compile(r"\s+"),
)
# What a reader, or a machine, needs in one piece: links, citations, addresses, code and bold words in a line.
# Brackets hold no brackets, so that a text of nothing but brackets costs no more than another.
_WHOLE = re.compile(r"!?\[[^][\n]{0,500}\]\([^()\n]{0,2000}\)|\[\d{1,3}\]|https?://\S+|`[^`\n]+`|\*\*[^*\n]+\*\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A reply in pieces that fit.

    Attributes:
        messages: What to send now, in order.
        rest: What did not fit into so many messages, to be rendered when the person asks for more.
        options: Suggested answers that fit as buttons; empty where they stand as a numbered list in the text.
    """

    messages: tuple[str, ...]
    rest: str = ""
    options: tuple[str, ...] = ()


def render(
    reply: Reply, limits: Limits, *, link: Callable[[Citation], str] = lambda citation: citation.link
) -> Rendered:
    """The reply as text in messages that fit the limits: plain where the channel's markup is, else Markdown.

    Args:
        reply: What to say.
        limits: What the channel can carry.
        link: The address of a citation for whoever reads it; empty where there is none.

    Raises:
        ValueError: A message can't even hold one character.
    """
    options = reply.question.options if reply.question else ()
    short = all(measure(option, limits.unit) <= limits.button_text for option in options)
    buttons = short and len(options) <= limits.buttons
    written = plain if limits.markup == "plain" else str
    blocks = [written(reply.text).strip(), *(written(warning.text) for warning in reply.warnings)]
    if reply.question:
        blocks.append(written(reply.question.text))
    if not buttons:
        blocks.append("\n".join(f"{number}. {option}" for number, option in enumerate(options, start=1)))
    if reply.job and reply.job.text not in reply.text:  # a model that has nothing to add says what the tool says
        blocks.append(written(reply.job.text))
    blocks.append("\n".join(_source(citation, link(citation)) for citation in reply.citations))
    blocks += [" ".join(filter(None, (artifact.name, artifact.link))) for artifact in reply.artifacts]
    messages, rest = paginate("\n\n".join(filter(None, blocks)), limits)
    return Rendered(messages=messages, rest=rest, options=options if buttons else ())


def paginate(text: str, limits: Limits) -> tuple[tuple[str, ...], str]:
    """The text as messages that fit, and what is left when there would be too many of them.

    Raises:
        ValueError: A message can't even hold one character.
    """
    size, left = limits.text, text.strip()
    if size is None:
        return ((left,) if left else ()), ""
    messages: list[str] = []
    while left:
        if len(messages) + 1 == limits.messages and measure(left, limits.unit) > size:
            room = size - measure(MORE, limits.unit)
            if room < 1:
                break
            piece, left = cut(left, room, limits.unit)
            messages.append(piece + MORE)
            break
        piece, left = cut(left, size, limits.unit)
        messages.append(piece)
    return tuple(messages), left


def split(text: str, size: int, unit: TextUnit = "characters") -> list[str]:
    """The text in pieces of at most ``size``. Raises as ``cut``."""
    pieces, left = [], text.strip()
    while left:
        piece, left = cut(left, size, unit)
        pieces.append(piece)
    return pieces


def cut(text: str, size: int, unit: TextUnit = "characters") -> tuple[str, str]:
    """The first piece of a text, parted where a reader would pause, and the rest.

    Blanks at the break are dropped. A code block that is parted is closed, and opened again in the rest; nothing else
    is added.

    Raises:
        ValueError: Not even the first character fits.
    """
    if measure(text, unit) <= size:
        return text, ""
    fenced = size >= FENCES_FROM and _FENCE.search(text) is not None
    longest = max((len(fence[1]) for fence in _FENCE.finditer(text)), default=0) + 1 if fenced else 0
    reach = _reach(text, size - longest if size - longest >= FENCES_FROM // 2 else size, unit)
    if reach == 0:
        raise ValueError(f"a message of {size} {unit} can't hold {text[:1]!r}")
    at = _best_break(text, reach)
    piece, rest = text[:at].rstrip(), text[at:]
    opening = _open_fence(piece) if longest and size - longest >= FENCES_FROM // 2 else ""
    if not opening:
        return piece, rest.lstrip()
    marker = _FENCE.match(opening)
    if marker is None or len(opening) > size // 4:
        return piece, rest.lstrip()
    return f"{piece}\n{marker[1]}", f"{opening}\n{rest.lstrip(chr(10))}"


def measure(text: str, unit: TextUnit) -> int:
    """The size of a text in a unit. A lone surrogate counts as the replacement character that it will become."""
    if unit == "utf8_bytes":
        return len(text.encode("utf-8", errors="surrogatepass"))
    if unit == "utf16_units":
        return len(text.encode("utf-16-le", errors="surrogatepass")) // 2
    return len(text)


def _reach(text: str, size: int, unit: TextUnit) -> int:
    """How many characters fit."""
    low, high = 0, min(len(text), size)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle], unit) <= size else (low, middle - 1)
    return low


def _best_break(text: str, reach: int) -> int:
    """Where to part the text: at the best kind of boundary that leaves the piece at least a third full."""
    whole = [match.span() for match in _WHOLE.finditer(text, max(0, reach - 4000), min(len(text), reach + 4000))]
    for kind in _BREAKS:
        ends = [match.end() for match in kind.finditer(text, reach // 3, min(len(text), reach + 1))]
        for end in reversed(ends):
            at = len(text[:end].rstrip())
            if 0 < at <= reach and not any(start < at < stop for start, stop in whole):
                return end if end <= reach else at
    return _between_characters(text, reach)


def _between_characters(text: str, reach: int) -> int:
    """The last place up to ``reach`` that does not part a character from its accents, joiners or modifiers."""
    at = reach
    while at > 1 and at > reach - 40 and (_joins(text[at]) or text[at - 1] == "\u200d"):
        at -= 1
    return at if at > 1 and not _joins(text[at]) else reach


def _joins(character: str) -> bool:
    return (
        unicodedata.combining(character) > 0
        or character in "\u200d\ufe0f\ufe0e"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _open_fence(piece: str) -> str:
    """The line that opened a code block that is still open at the end; empty if none is."""
    opening = ""
    for fence in _FENCE.finditer(piece):
        if not opening:
            opening = fence[0]
        elif fence[0].strip().startswith(opening[:3]) and not fence[0].strip("`~ \t"):
            opening = ""
    return opening


def _source(citation: Citation, link: str) -> str:
    page = f", page {citation.page}" if citation.page else ""
    address = f": {link}" if link else ""
    return f"[{citation.number}] {' '.join(citation.title.split())}{page}{address}"
