"""Replies made at random out of everything that breaks renderers, with numbered words by which a loss is seen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from switchboard.events import Citation, Question
from switchboard.reply import Reply

SHAPES = (
    "{}",
    "**{}**",
    "*{}*",
    "`{}`",
    "~~{}~~",
    "\n# {}\n",
    "\n- {}\n",
    "\n3. {}\n",
    "\n> {}\n",
    "\n```python\nprint('{}')\n```\n",
    "\n~~~\n{}\n",
    "\n| a | {} |\n|---|---|\n| 1 | 2 |\n",
    "[{}](https://example.com/a_b?c=1&d=2)",
    "{} https://example.com/a_b.",
    "{} [1]",
    "<b>{}</b>",
    "{} & < > \" ' \\",
    "{} <!channel> @everyone",
    "{} 👩‍👩‍👧‍👦 👍🏽",
    "{} مرحبا بالعالم",
    "{} e\u0301\u0323",
    "{} 日本語。",
)
"""What a numbered word may stand in."""

LARGE = {
    "prose": "It says {} here. ",
    "paragraphs": "It says {} here.\n\n",
    "list": "- {}\n",
    "table": "| {} | of a row |\n",
    "code": "print('{}')\n",
    "emoji": "{} 👩‍👩‍👧‍👦👍🏽 ",
    "right to left": "{} مرحبا بالعالم ",
    "markup": "**{}** `code` [label](https://example.com) ",
}
"""Lines of which replies of any size are made, by what they are."""

_OPENINGS = {"table": "| a | b |\n|---|---|\n", "code": "```python\n"}
_SAID = re.compile(r"w(\d+)x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A reply and how many numbered words its text has, from 0."""

    reply: Reply
    words: int


def said(text: str) -> list[int]:
    """The numbered words of a text, in order."""
    return [int(number) for number in _SAID.findall(text)]


def large(kind: str, characters: int) -> Told:
    """A reply of one kind and of about so many characters."""
    pieces = [_OPENINGS.get(kind, "")]
    size = words = 0
    while size < characters:
        pieces.append(LARGE[kind].format(f"w{words}x"))
        size += len(pieces[-1])
        words += 1
    return Told(reply=Reply(text="".join(pieces), status="complete"), words=words)


@st.composite
def replies(draw: st.DrawFn) -> Told:
    """Replies of a few words up to some ten thousand characters, with sources and with 0 to 40 suggested answers."""
    shapes = draw(st.lists(st.tuples(st.sampled_from(SHAPES), st.sampled_from((" ", "\n", "\n\n"))), max_size=40))
    filler = "word " * draw(st.sampled_from((0, 0, 3, 50, 400)))
    text = "".join(shape.format(f"w{number}x") + gap + filler for number, (shape, gap) in enumerate(shapes))
    options = tuple(f"o{number}x{' more' * draw(st.integers(0, 20))}" for number in range(draw(st.integers(0, 40))))
    reply = Reply(
        text=text or "Nothing.",
        status="complete",
        citations=tuple(_citations(draw(st.integers(0, 12)))),
        question=Question(text="Which?", options=options) if options else None,
    )
    return Told(reply=reply, words=len(shapes))


def _citations(count: int) -> Iterator[Citation]:
    for number in range(1, count + 1):
        yield Citation(number=number, title=f"Title s{number}x <b>", source=f"{number}.pdf", page=number % 3)
