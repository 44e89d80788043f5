"""From what the tools gave back to the answer: quotes where there are passages, and the plain truth where not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import ToolMessage

from agent.models import phrases
from agent.models.evidence import asks_for_fact, choose, weigh
from agent.models.meaning import Meaning
from agent.models.passages import Passage, Piece, pieces, split_result
from agent.models.quoting import overview, quotation
from agent.models.words import content

_STATUS = re.compile(r"^status: (\w+)$", re.MULTILINE)
_MISSING = re.compile(r"^missing: (.+)$", re.MULTILINE)
_AGAIN = re.compile(r"^Call \w+ again: ")
_GIVEN = re.compile(r"^<summary>\n(.*?)\n</summary>$", re.DOTALL | re.MULTILINE)
_GENERAL = frozenset(
    content(
        "say tell contain contents summarise summary overview main key points important gist text topic mention cover "
        "state explain describe read attached attachment upload pdf page file"
    )
)
"""Words that ask for a document as a whole."""
CLOSEST = 3
NOT_FAR = 0.25
"""A document is named as close if a piece of it scores at least this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one tool call came to.

    Attributes:
        question: What the tool was asked, if it takes a question.
        searched: Whether it was a search, whose passages are quoted; other tools' own text is the answer.
    """

    tool: str
    question: str
    searched: bool
    text: str = ""
    passages: tuple[Passage, ...] = ()
    failed: bool = False
    partial: bool = False
    missing: tuple[str, ...] = ()


def read(message: ToolMessage, *, tool: str, question: str, searched: bool) -> Result:
    """A tool message as a result. A summary in it is passed on as it stands, without the tool's words around it."""
    content = str(message.text)
    given = _GIVEN.search(content)
    if given and "<passage" in content[: given.start()]:
        given = None  # it stands in a passage, whose words are nobody's but the document's
    text, passages = split_result(content[: given.start()] + content[given.end() :] if given else content)
    status = _STATUS.search(text)
    missing = tuple(_MISSING.findall(text))
    failed = message.status == "error" or bool(status and status[1] in ("failed", "cancelled"))
    return Result(
        tool=tool,
        question=question,
        searched=searched,
        text=given[1] if given else _MISSING.sub("", _STATUS.sub("", text)).strip(),
        passages=tuple(passages),
        failed=failed,
        partial=not failed and (bool(missing) or bool(status and status[1] == "partial")),
        missing=missing,
    )


def wants_another_call(message: ToolMessage) -> bool:
    """Whether the tool says that the call can be mended."""
    return bool(_AGAIN.match(str(message.text)))


def answer(results: Sequence[Result], meaning: Meaning, *, said_before: str = "") -> str:
    """The whole answer in Markdown.

    Args:
        results: In the order of the calls.
        meaning: Compares passages with the question.
        said_before: An earlier answer whose quotes are not to be given again.
    """
    parts = [_own_words(result) for result in results if not result.failed and not result.searched]
    searched = [result for result in results if not result.failed and result.searched]
    if searched:
        parts.append(_from_search(searched, meaning, said_before))
    parts += [phrases.failed(_AGAIN.sub("", result.text)) for result in results if result.failed]
    if partial := [result for result in results if result.partial]:
        parts.append(phrases.incomplete([each for result in partial for each in result.missing]))
    return "\n\n".join(parts)


def _own_words(result: Result) -> str:
    """A tool's own text; its sources are named where the text does not do so itself."""
    text = result.text or phrases.DONE.format(tool=phrases.spoken(result.tool))
    silent = [f"[{passage.id}]" for passage in result.passages if f"[{passage.id}]" not in text]
    return f"{text} {''.join(silent)}" if silent else text


def _from_search(results: Sequence[Result], meaning: Meaning, said_before: str) -> str:
    question = results[-1].question
    passages = [passage for result in results for passage in result.passages]
    found = [piece for rank, passage in enumerate(passages) for piece in pieces(passage, rank)]
    fresh = _unsaid(found, _plain(said_before)) if said_before else found
    if passages and _asks_for_all(question, passages):
        return overview(_openings(fresh)) if _openings(fresh) else phrases.NOTHING_MORE
    weighed = weigh(question, fresh, meaning)
    if chosen := choose(weighed):
        return quotation(question, chosen)
    if said_before:
        return phrases.NOTHING_MORE
    near = [evidence.piece.passage.title for evidence in weighed if evidence.score >= NOT_FAR]
    return phrases.not_found(
        list(dict.fromkeys(filter(None, near)))[:CLOSEST], results[-1].text if not passages else ""
    )


def _unsaid(found: Sequence[Piece], said: str) -> list[Piece]:
    """The pieces that were not quoted yet, and that would not bring along what was."""
    left = [piece for piece in found if _plain(piece.text) not in said]
    return [replace(piece, before="") if piece.before and _plain(piece.before) in said else piece for piece in left]


def _asks_for_all(question: str, passages: Sequence[Passage]) -> bool:
    """Whether nothing in particular is asked: only what a document says, or what it is about."""
    if asks_for_fact(question):
        return False
    title = frozenset(content(passages[0].title))
    return all(word in title or word in _GENERAL for word in content(question))


def _openings(found: Sequence[Piece], most: int = 3) -> list[Piece]:
    """The first sentence or row of each of the best passages."""
    first: dict[str, Piece] = {}
    for piece in found:
        if piece.kind != "heading" and not piece.text.endswith((":", "?")):
            first.setdefault(piece.passage.id, piece)
    return list(first.values())[:most]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).casefold()
