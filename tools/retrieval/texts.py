"""Everything that retrieval says to people and models."""

from collections.abc import Sequence

SEARCH_FAILED = "The search did not work just now, so there is no answer yet. Please try again in a minute."
LIST_FAILED = "The list of documents can't be read just now. Please try again in a minute."
_TITLE = 120
READ = "The files are read. Ask what you would like to know."


def reading(name: str) -> str:
    """Progress while a file is read."""
    return f"Reading {title(name)}"


def indexing(name: str) -> str:
    """Progress while a file that was read becomes searchable."""
    return f"Making {title(name)} searchable"


def gone(name: str) -> str:
    """A file's bytes are no longer there."""
    return f"{name} is no longer there. Please attach it again."


def without_text(name: str) -> str:
    """A file that was read and says nothing."""
    return f"{name} has no text that could be searched."


def read_on(names: Sequence[str]) -> str:
    """That reading goes on as a job, which answers when it has ended."""
    return f"It takes a moment to read {_list(names)}. What it says on your question comes here when that is done."


def found(passages: int, documents: int, document: str) -> str:
    """What a search came to, for the model."""
    if not passages:
        place = f"“{title(document)}”" if document else "the library"
        return f"Nothing in {place} matches the question."
    where = f"“{title(document)}”" if document else _count(documents, "document")
    return f"{_count(passages, 'passage')} from {where}, best first."


def passages(titles: Sequence[str]) -> str:
    """What stands above the passages that a job has found, for people."""
    return f"I have read it now. {_list(titles)} on your question:"


def nothing(names: Sequence[str]) -> str:
    """That a job has read files and found nothing in them."""
    return f"I have read {_list(names)} now, and found nothing there on your question. Ask it in other words."


def listing(titles: Sequence[str], *, most: int) -> str:
    """The documents that somebody may ask about, as Markdown."""
    if not titles:
        return "There are no documents that you can ask about yet. Attach a file, or have some added to the library."
    lines = [f"You can ask about {_count(len(titles), 'document')}:", *(f"- {title(each)}" for each in titles[:most])]
    if len(titles) > most:
        lines.append(f"- and {len(titles) - most} more")
    return "\n".join(lines)


def ambiguous(name: str, titles: Sequence[str]) -> str:
    """Several documents go by the name."""
    return f"“{title(name)}” may be any of {_list(titles)}. Ask which one is meant, or use one of these titles."


def unknown(name: str, titles: Sequence[str]) -> str:
    """No document goes by the name."""
    nearest = f" The nearest are {_list(titles)}." if titles else ""
    return f"No document is called “{title(name)}”.{nearest} Call again with a listed title, or without `document`."


def title(text: str) -> str:
    """A title in one line of sensible length: titles come from files and are not to be trusted."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}…"


def _list(titles: Sequence[str]) -> str:
    shown = [f"“{title(each)}”" for each in titles[:5]]
    more = f" and {len(titles) - 5} more" if len(titles) > 5 else ""
    return ", ".join(shown) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
