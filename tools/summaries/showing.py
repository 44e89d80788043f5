"""A summary as people read it: Markdown with a citation for each page that a sentence names. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from prompts import fence
from switchboard import Citation, Reply, ToolResult, Warning
from tools.markdown import escaped
from tools.reading.backend import Document
from tools.retrieval.backend import Source
from tools.retrieval.quotes import cited
from tools.summaries import texts
from tools.summaries.backend import Sentence, Summary
from tools.summaries.evidence import Evidence
from tools.summaries.subject import subject

TAG = "summary"
"""What a summary is fenced with where a model reads it: its sentences are the document's, or made from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A summary ready to be given.

    Attributes:
        text: Markdown; ``[n]`` is the n-th citation.
        missing: What it lacks, in words for people.
    """

    text: str
    citations: tuple[Citation, ...]
    warnings: tuple[Warning, ...]
    missing: tuple[str, ...]
    tokens: tuple[int, int]

    def as_reply(self) -> Reply:
        """As a job's result."""
        partial = (Warning(text=texts.incomplete(self.missing), code="partial"),) if self.missing else ()
        return Reply(
            text=self.text,
            status="partial" if self.missing else "complete",
            citations=tuple(replace(each, number=number) for number, each in enumerate(self.citations, 1)),
            warnings=(*partial, *self.warnings),
            input_tokens=self.tokens[0],
            output_tokens=self.tokens[1],
        )

    def as_result(self) -> ToolResult:
        """As a tool's result."""
        return given(self.text, self.citations, warnings=self.warnings, missing=self.missing)


def given(
    text: str, citations: Sequence[Citation], *, warnings: Sequence[Warning] = (), missing: Sequence[str] = ()
) -> ToolResult:
    """A summary, new or made earlier, as a tool's result: fenced, as a model reads it, and numbered by the agent."""
    return ToolResult(
        text=f"{texts.for_model(len(citations))}\n{fence(TAG, text)}",
        status="partial" if missing else "complete",
        citations=tuple(replace(each, number=0) for each in citations),
        warnings=tuple(warnings),
        missing=tuple(missing),
        data={"summary": text},
    )


def shown(summary: Summary, document: Document, source: Source, *, language: str = "", model: str = "") -> Shown:
    """Write a summary down.

    Args:
        source: As what the document is cited.
        language: That was asked for.
        model: What has written it, for people.
    """
    quotes = summary.method == "extractive"
    marked = _Cited(document=document, source=source, quotes=quotes, evidence=Evidence(document))
    lines = [texts.label(summary.method, source.title, len(document.pages) if document.paged else 0)]
    if called := subject(document, known=source.title):
        lines += ["", f"*{escaped(texts.title(called))}*"]
    for section in summary.sections:
        lines += ["", f"**{escaped(section.title)}**"] if section.title else [""]
        lines += [f"- {marked.line(sentence)}" for sentence in section.sentences]
    if summary.method == "written" and any((*_spent(summary), summary.lost_tokens)):
        lines += ["", f"*{texts.took(_spent(summary), model, lost=summary.lost_tokens)}*"]
    unread = (texts.pages_missing(document.missing),) if document.missing else ()
    return Shown(
        text="\n".join(lines),
        citations=tuple(marked.citations),
        warnings=tuple(_warnings(summary, document, language)),
        missing=(*unread, *summary.missing),
        tokens=_spent(summary),
    )


def _spent(summary: Summary) -> tuple[int, int]:
    return summary.input_tokens, summary.output_tokens


def _warnings(summary: Summary, document: Document, language: str) -> list[Warning]:
    found = [Warning(text=f"{document.name}: {text}", code="partly_read") for text in document.warnings]
    if document.paged and not all(sentence.pages for sentence in summary.sentences):
        found.append(Warning(text=texts.PAGES_NOT_GIVEN, code="page_not_given"))
    if summary.doubts:
        found.append(Warning(text=texts.doubtful(summary.doubts), code="doubtful_numbers"))
    if language and summary.language not in ("", language):
        found.append(Warning(text=texts.other_language(summary.language, language), code="other_language"))
    return found


@dataclass(slots=True, kw_only=True)
class _Cited:
    """The citations of a summary, as they come up.

    Attributes:
        quotes: Whether the sentences are the document's own.
    """

    document: Document
    source: Source
    quotes: bool
    evidence: Evidence
    citations: list[Citation] = field(default_factory=list)

    def line(self, sentence: Sentence) -> str:
        """A sentence with its markers."""
        pages = sentence.pages or (() if self.document.paged else (0,))
        markers = "".join(f"[{self._number(sentence.text, page)}]" for page in pages)
        return f"{escaped(sentence.text)} {markers or texts.NO_PAGE}"

    def _number(self, text: str, page: int) -> int:
        quote = text if self.quotes else self.evidence.find(text, page)
        known = [place for place, each in enumerate(self.citations, 1) if (each.page, each.quote) == (page, quote)]
        if known:
            return known[0]
        self.citations.append(cited(self.source, page=page, quote=quote))
        return len(self.citations)
