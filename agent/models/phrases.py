"""Everything that the embedded model says in words of its own; all else in its answers is quoted."""

from collections.abc import Iterable, Sequence

from agent.models.markdown import escaped

NOT_FOUND = "I could not find that in your documents."
ACCORDING_TO = "According to {source}:"
SEVERAL_SAY = "Your documents say:"
AMONG_OTHERS = "From {source}:"
THE_FOLLOWING = "the following"
UNTITLED = "a document without a title"
PAGE = "page"
EMPTY = "What would you like to know? Ask a question about your documents, or attach a file."
WHAT_ABOUT_FILE = "What would you like to know about {names}?"
GREETING = "Hello! Ask me something about your documents, and I will show you the passage that answers it."
THANKS = "You're welcome. Is there anything else?"
FINE = "Good. Ask me whenever you want to know something else."
NOTHING_ASKED = "There is nothing here that waits for a yes or a no. What would you like to know?"
GOODBYE = "Goodbye! This conversation stays here if you want to come back to it."
ABOUT = (
    "I am Switchboard's built-in assistant. I look things up in your documents and quote them, with the source of each "
    "quote. I do not write freely and I know nothing else."
)
TRY = "You can ask, for example: {examples}."
UNCLEAR = "I am not sure what you want me to do. Could you say it in a full sentence?"
CAN_NOT = "I can't {what} here: none of the tools that I have does that."
ONLY_TALK = "I have no tools here, so I can't look anything up."
FAILED = "That did not work: {why}"
FAILED_PLAIN = "That did not work. Please try again, or ask in another way."
PARTLY = "This is not complete."
MISSING = "This is not complete. Missing: {missing}."
NOTHING_MORE = "I found nothing more on this in your documents."
FROM = "That is from:"
PAGES = "The number behind each sentence is its source: it opens the page on which the sentence stands."
NO_REASON = "I found no reason for that in your documents. I quote what they say, and draw no conclusions of my own."
LONGEST = "That is the longest that I can make it. Ask about anything in it, and I look it up."
SHORTEST = "That is the shortest that I can make it."
DONE = "{tool} has finished and gave no text."
QUALITY = "routes by meaning and answers by quoting your documents, with sources; it does not write text of its own"
QUALITY_BY_WORDS = "{quality}. It goes by words alone now and finds fewer paraphrases: {problem}"


def not_found(closest: Sequence[str], said: str = "") -> str:
    """The honest answer, with a step that may help."""
    if closest:
        titles = ", ".join(f"**{escaped(title)}**" for title in closest)
        hint = f"The closest I have: {titles}. Try the words that the document would use, or name the document."
    else:
        hint = said or "Try other words, or add the document that should say it."
    return f"{NOT_FOUND} {hint}"


def missing_argument(tool: str, name: str, about: str, options: Sequence[object] = ()) -> str:
    """A short question for what a tool still needs."""
    what = (about.split(". ")[0].strip().rstrip(".") or name.replace("_", " ")).strip()
    choice = f" ({', '.join(str(option) for option in options)})" if options else ""
    return f"To {spoken(tool)} I need one more thing: {what[0].lower()}{what[1:]}{choice}. What should it be?"


def abilities(examples: Iterable[str]) -> str:
    """What the assistant can do, by examples of what people say to its tools."""
    shown = "; ".join(f"“{escaped(example)}”" for example in examples)
    return f"{ABOUT} {TRY.format(examples=shown)}" if shown else f"{ABOUT} {ONLY_TALK}"


def can_not(what: str, examples: Iterable[str]) -> str:
    """That no tool does this, and what they do."""
    shown = "; ".join(f"“{escaped(example)}”" for example in examples)
    return " ".join(part for part in (CAN_NOT.format(what=what), TRY.format(examples=shown) if shown else "") if part)


def failed(why: str) -> str:
    """That a tool did not do what was asked."""
    return FAILED.format(why=why) if why else FAILED_PLAIN


def incomplete(missing: Sequence[str]) -> str:
    """What a partial result lacks."""
    return MISSING.format(missing="; ".join(part.rstrip(".") for part in missing)) if missing else PARTLY


def spoken(tool: str) -> str:
    """A tool's name as words: ``check_job`` is ``check job``."""
    return tool.replace("_", " ").replace("-", " ")
