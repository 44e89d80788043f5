"""What the tests of written summaries share: documents, and a chat model that is counted."""

import re
from collections.abc import Callable, Sequence

from langchain_core.messages import BaseMessage

from switchboard.testing.models import Say, ScriptedChatModel
from tools.reading.backend import Block, Document, Page
from tools.summaries.asking import Asking
from tools.summaries.pace import Pace
from tools.summaries.written import WrittenSummarizer

PLACES = re.compile(r"^\[p\. (\d+)\]$", re.MULTILINE)


def a_document(*texts: str, paged: bool = True, **fields: object) -> Document:
    """A document with a page for each text."""
    pages = tuple(Page(number=number, blocks=(Block(kind="text", text=text),)) for number, text in enumerate(texts, 1))
    return Document(
        name="plan.pdf",
        title="The plan",
        media_type="application/pdf",
        digest="d" * 64,
        pages=pages,
        paged=paged,
        **fields,
    )  # type: ignore[arg-type]


def long_document(pages: int, words: int = 50) -> Document:
    """A document whose every page says one thing and is long enough to be a part by itself."""
    return a_document(
        *(f"Fact {number} is {number}00 EUR. {'Filler words. ' * words}" for number in range(1, pages + 1))
    )


def prompt_of(messages: Sequence[BaseMessage]) -> str:
    """The one prompt that a model was given."""
    (message,) = messages
    return str(message.text)


def noting(messages: Sequence[BaseMessage]) -> Say:
    """A model that notes the fact of each page that it is given, and writes its notes down as the summary."""
    prompt = prompt_of(messages)
    pages = PLACES.findall(prompt)
    if "You take notes" in prompt or (pages and "You write a summary" in prompt):
        return Say(text="\n".join(f"- Fact {page} is {page}00 EUR. [p. {page}]" for page in pages), tokens=(100, 10))
    facts = re.findall(r"^- (Fact \d+ is .+)$", prompt, re.MULTILINE)
    return Say(text="\n".join(f"- {fact}" for fact in facts), tokens=(50, 5))


async def no_sleep(seconds: float) -> None:
    """Nobody waits."""


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def writer(
    model: ScriptedChatModel, *, chunk_tokens: int = 200, attempts: int = 3, parallel: int = 4
) -> WrittenSummarizer:
    """A summariser that asks this model; pages of `long_document` are parts."""
    clock = Clock()
    pace = Pace(parallel=parallel, per_minute=60_000, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5)
    return WrittenSummarizer(
        Asking(model=model, name="fake:model", pace=pace, attempts=attempts), chunk_tokens=chunk_tokens
    )


Step = Callable[[Sequence[BaseMessage]], Say]
