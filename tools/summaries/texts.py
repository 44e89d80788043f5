"""Everything that summaries say to people and models."""

from collections.abc import Sequence

from tools.markdown import escaped

NO_TEXT = "There is no text in it that could be summarised."
NOTHING_HERE = "There is nothing to summarise here yet. Attach a file, or name a document that you can ask about."
FAILED = "The summary did not work just now. Please try again in a minute."
DECLINED = (
    "The language model declined to summarise this document, or had nothing to say. Ask for a summary of a part of it,"
    " or ask a question on it instead."
)
GONE = "That document is no longer there, or can't be opened any more. Name another one, or attach it again."
NOT_KEPT = "The original of that document is not kept, so it can't be summarised. Attach the file itself."
WHICH = "Which one should I summarise?"
NO_LANGUAGE = "`language` is the ISO 639-1 code of a language, such as en or de; leave it empty for the document's own."
WRITTEN = "Writing the summary"
FETCHING = "Fetching the document"
INDEXING = "Making its pages searchable"
NO_PAGE = "(page not given)"
PAGES_NOT_GIVEN = "Where the summary says “page not given”, the model did not say where that stands: look it up first."
NOT_PUT_TOGETHER = "the last step, which puts the notes together (these are the notes on each part)"
LINK_NOT_ALLOWED = "Documents are not fetched from there. Attach the file instead."

_LABELS = {
    "extractive": "key sentences, quoted from the document",
    "written": "a summary written by a language model",
}
_TITLE = 120
LANGUAGES = {
    "english": "en", "englisch": "en", "anglais": "en", "german": "de", "deutsch": "de", "allemand": "de",
    "french": "fr", "französisch": "fr", "français": "fr", "spanish": "es", "spanisch": "es", "español": "es",
    "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl", "nederlands": "nl",
    "polish": "pl", "swedish": "sv", "danish": "da", "czech": "cs", "turkish": "tr", "russian": "ru",
    "chinese": "zh", "japanese": "ja", "korean": "ko", "arabic": "ar",
}  # fmt: skip
"""What people call languages, and their codes."""


def reading(name: str) -> str:
    """Progress while a file is read."""
    return f"Reading {title(name)}"


def writing(parts: int, tokens: int) -> str:
    """Progress before a model is asked, with what that will cost."""
    cost = f", about {_rough(tokens)} tokens"
    return f"{WRITTEN}{cost}" if parts < 2 else f"Taking notes on {parts} parts{cost}"


def noted(done: int, parts: int) -> str:
    """Progress while notes are taken."""
    return f"Took notes on {done} of {parts} parts"


def begun(name: str, *, pages: int, tokens: int) -> str:
    """That a summary goes on as a job. What is not known yet is 0."""
    size = f" ({_count(pages, 'page')})" if pages else ""
    cost = f" It will take about {_rough(tokens)} tokens of the language model." if tokens else ""
    return f"“{title(name)}”{size} takes a moment to summarise. The result comes here when it is ready.{cost}"


def under_way(name: str, progress: str) -> str:
    """That the very same summary is being made already."""
    far = f" ({progress})" if progress else ""
    return f"I am already summarising “{title(name)}”{far}. The result comes here when it is ready."


def which(names: Sequence[str]) -> str:
    """The documents that may be meant, above the question which."""
    return f"Several documents may be meant: {_list(names)}."


def please_summarise(name: str) -> str:
    """What a person would say to have this very document summarised."""
    return f"Summarise {title(name)}"


def unknown(name: str, nearest: Sequence[str]) -> str:
    """No document goes by the name, or none that this person may read."""
    near = f" The nearest {'is' if len(nearest) == 1 else 'are'} {_list(nearest)}." if nearest else ""
    return f"There is no document called “{title(name)}” that you can ask about.{near}"


def too_much(tokens: int, limit: int) -> str:
    """The document would cost more than is allowed."""
    return (
        f"Summarising it would take about {_rough(tokens)} tokens of the language model, and {limit:,} are allowed. "
        "Summarise a part of it: split the file, or ask a question on it instead."
    )


def not_fetched(place: str, why: str) -> str:
    """A document behind a link could not be had."""
    return f"The document could not be fetched from {title(place)}: {why}. Check the link, or attach the file."


def link_too_large(limit: int) -> str:
    """A document behind a link has too many bytes."""
    return f"The document behind that link is larger than {limit / 1e6:,.0f} MB. Attach a smaller file."


def label(method: str, name: str, pages: int) -> str:
    """The line above a summary: of what, and what sort of summary it is; Markdown."""
    size = f" ({_count(pages, 'page')})" if pages else ""
    return f"**{escaped(title(name))}**{size}: {_LABELS[method]}."


def for_model(count: int) -> str:
    """What a model is told of a summary that follows, and of the passages after it."""
    text = "Give the person the summary below as it stands, with its first line, which says what sort of summary it is."
    markers = f" Its markers [1] to [{count}] stand for the passages after it, in their order: cite each by its own id."
    return text + markers if count else text


def took(tokens: tuple[int, int], model: str, *, lost: int = 0) -> str:
    """What a summary cost."""
    given, written = tokens
    more = f" Calls that broke off when work was interrupted took up to {_rough(lost)} more." if lost else ""
    return f"Written by {escaped(model)} from {given:,} tokens in {written:,}.{more}"


def other_language(found: str, wanted: str) -> str:
    """Quotes can't be translated."""
    return f"You asked for {_language(wanted)}; the sentences are quoted as they stand, in {_language(found)}."


def in_language(code: str) -> str:
    """How a model is told in which language to write."""
    return f"in {_language(code)}" if code else "in the language of the material"


def doubtful(numbers: Sequence[str]) -> str:
    """That figures of a summary don't stand where it says."""
    shown = ", ".join(title(number) for number in numbers)
    if len(numbers) == 1:
        return f"This figure does not stand where the summary says; check it in the document: {shown}."
    return f"These figures do not stand where the summary says; check them in the document: {shown}."


def pages_missing(numbers: Sequence[int]) -> str:
    """Pages that could not be read."""
    return f"{_pages(numbers)} of the file could not be read"


def parts_missing(parts: Sequence[tuple[int, tuple[int, ...]]], of: int) -> str:
    """Parts of a document, by number and pages, that no notes could be got on."""
    numbers = sorted({page for _, pages in parts for page in pages})
    if numbers:
        return f"{_pages(numbers)}, as the language model did not answer for {'it' if len(numbers) == 1 else 'them'}"
    places = ", ".join(str(number + 1) for number, _ in parts)
    names, them = ("part", "it") if len(parts) == 1 else ("parts", "them")
    return f"{names} {places} of {of}, as the language model did not answer for {them}"


def incomplete(missing: Sequence[str]) -> str:
    """What a partial summary lacks."""
    return f"This summary is not complete. Missing: {'; '.join(missing)}."


def title(text: str) -> str:
    """A title in one line of sensible length: titles come from files and are not to be trusted."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}…"


def _language(code: str) -> str:
    """A language in English, or its code."""
    return next((name.capitalize() for name, known in LANGUAGES.items() if known == code), code)


def _rough(number: int) -> str:
    """A number that claims no more than two figures."""
    scale = 10 ** max(0, len(str(number)) - 2)
    return f"{round(number / scale) * scale:,}"


def _pages(numbers: Sequence[int]) -> str:
    """``[1, 2, 3, 7]`` as ``pages 1-3, 7``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return f"page{'' if len(numbers) == 1 else 's'} {shown}"


def _list(names: Sequence[str]) -> str:
    shown = [f"“{title(each)}”" for each in names[:5]]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(shown) + more


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
