"""From what the tools gave back to the answer: quotes where there are passages, and the plain truth where not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import ToolMessage

from agent.models import phrases
from agent.models.documents import asks_for_all
from agent.models.evidence import Evidence, asks_for_fact, choose, compares, gives_reason, of_each, preferred, weigh
from agent.models.meaning import Meaning
from agent.models.passages import Passage, Piece, pieces, split_result
from agent.models.quoting import located, overview, quotation, sources
from agent.models.reactions import Reaction

_STATUS = re.compile(r"^status: (\w+)$", re.MULTILINE)
_MISSING = re.compile(r"^missing: (.+)$", re.MULTILINE)
_AGAIN = re.compile(r"^Call \w+ again: ")
_NOTHING = re.compile(r"\W*(?:nothing|none|no|0)\b", re.IGNORECASE)
"""How a search says that it has found nothing. One without passages that says something else has not searched yet."""
_GIVEN = re.compile(r"^<summary>\n(.*?)\n</summary>$", re.DOTALL | re.MULTILINE)
REASON = 0.4
"""Evidence that is enough for a reason, as it is looked for in what was quoted and asked for in one word."""
_WHOLE = {"bullet": "list", "row": "table"}
"""What is shown instead of a part of it, which says little by itself."""
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
        searched=searched and bool(passages or not text or _NOTHING.match(text)),
        text=given[1] if given else _MISSING.sub("", _STATUS.sub("", text)).strip(),
        passages=tuple(passages),
        failed=failed,
        partial=not failed and (bool(missing) or bool(status and status[1] == "partial")),
        missing=missing,
    )


def wants_another_call(message: ToolMessage) -> bool:
    """Whether the tool says that the call can be mended."""
    return bool(_AGAIN.match(str(message.text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a search's results are answered in the light of.

    Attributes:
        wanted: What is wanted of an answer that was given before, if that is what the results are for again.
        said_before: That answer; asked for more, or for a reason, nobody wants its quotes again.
        files: Names of the files that the person attached.
        spoken_of: Whether one of them was what the conversation was about.
    """

    wanted: Reaction = ""
    said_before: str = ""
    files: frozenset[str] = frozenset()
    spoken_of: bool = False


def answer(results: Sequence[Result], meaning: Meaning, setting: Setting | None = None) -> str:
    """The whole answer in Markdown, to results in the order of their calls."""
    setting = setting or Setting()
    own = [_own_words(result) for result in results if not result.failed and not result.searched]
    said = _plain(setting.said_before) if setting.wanted == "more" else ""
    parts = [text if not said or _plain(text) not in said else phrases.NOTHING_MORE for text in own]
    searched = [result for result in results if not result.failed and result.searched]
    if searched:
        parts.append(_from_search(searched, meaning, setting))
    parts += [phrases.failed(_AGAIN.sub("", result.text)) for result in results if result.failed]
    if partial := [result for result in results if result.partial]:
        parts.append(phrases.incomplete([each for result in partial for each in result.missing]))
    return "\n\n".join(parts)


def _own_words(result: Result) -> str:
    """A tool's own text; its sources are named where the text does not do so itself."""
    text = result.text or phrases.DONE.format(tool=phrases.spoken(result.tool))
    silent = [f"[{passage.id}]" for passage in result.passages if f"[{passage.id}]" not in text]
    return f"{text} {''.join(silent)}" if silent else text


def _from_search(results: Sequence[Result], meaning: Meaning, setting: Setting) -> str:
    question = results[-1].question
    passages = [passage for result in results for passage in result.passages]
    found = [piece for rank, passage in enumerate(passages) for piece in pieces(passage, rank)]
    if again := setting.wanted in ("more", "why"):
        found = _unsaid(found, _plain(setting.said_before))
    if passages and setting.wanted != "why" and _asks_for_all(question, passages):
        opening = _openings(question, found)
        return overview(opening) if opening else phrases.NOTHING_MORE
    weighed = preferred(weigh(question, found, meaning), setting.files, spoken_of=setting.spoken_of)
    if chosen := _chosen(question, weighed, setting):
        return located(chosen) if setting.wanted == "where" else quotation(question, chosen)
    if again:
        return phrases.NO_REASON if setting.wanted == "why" else phrases.NOTHING_MORE
    near = [evidence.piece.passage.title for evidence in weighed if evidence.score >= NOT_FAR]
    return phrases.not_found(
        list(dict.fromkeys(filter(None, near)))[:CLOSEST], results[-1].text if not passages else ""
    )


def _chosen(question: str, weighed: Sequence[Evidence], setting: Setting) -> list[Evidence]:
    """What is quoted; asked for a reason, what gives one in the documents that were quoted."""
    if setting.wanted == "why":
        quoted = sources(setting.said_before)
        found = [each for each in weighed if gives_reason(each.piece.text) and each.piece.passage.title in quoted]
        return choose(found, enough=REASON)
    apart = of_each(question, weighed) if compares(question) else []
    return apart if len(apart) > 1 else choose(weighed)


def _asks_for_all(question: str, passages: Sequence[Passage]) -> bool:
    return not asks_for_fact(question) and asks_for_all(question, passages[0].title)


def _unsaid(found: Sequence[Piece], said: str) -> list[Piece]:
    """The pieces that were not quoted yet, and that would not bring along what was."""
    left = [piece for piece in found if _plain(piece.text) not in said]
    return [replace(piece, before="") if piece.before and _plain(piece.before) in said else piece for piece in left]


def _openings(question: str, found: Sequence[Piece], most: int = 3) -> list[Piece]:
    """The first sentence, list or table of each of the best passages; of one document, if the question names one."""
    titles = [piece.passage.title for piece in found]
    named = not asks_for_all(question)
    first: dict[str, Piece] = {}
    for piece in found:
        quotable = piece.kind != "heading" and not piece.text.endswith((":", "?"))
        if quotable and (not named or piece.passage.title == titles[0]):
            before = first.setdefault(piece.passage.id, piece)
            if _WHOLE.get(before.kind) == piece.kind and before.heading == piece.heading:
                first[piece.passage.id] = piece
    return list(first.values())[:most]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).casefold()
