"""Which document a person means: one that came with the message, one that is named, or the one spoken of before."""

import re
from collections.abc import Sequence

from agent.models.words import content, is_stop_word

_KINDS = (
    r"policy|policies|contract|agreement|handbook|manual|minutes|report|price ?list|faq|guide|guidelines?|sheet|memo|"
    r"letter|invoice|terms|statement|presentation|slides|spreadsheet|lease|plan|offer|certificate|brochure|newsletter|charter|"
    r"richtlinie|vertrag|handbuch|bericht|protokoll|preisliste|rechnung|contrat|politique|manuel|rapport|tarif"
)
_WORDS = rf"((?:[\w'’&./-]+\s+){{0,5}}?(?:{_KINDS})(?:\s+(?:of|with|for|from)\s+(?:[A-Z0-9][\w'’&./-]*\s?)+)?)\b"
_DETERMINER = r"(?:the|our|my|your|this|that|der|die|das|den|dem|unser\w*|le|la|notre)\s+"
_NAMED = re.compile(
    rf"\b(?:in|inside|within|according to|as per|per|from|laut|gemäß|selon|dans)\s+{_DETERMINER}{_WORDS}|"
    rf"\b{_DETERMINER}{_WORDS}\s+(?:says?|states?|mentions?|covers?|defines?|contains?|sagt|dit)\b",
    re.IGNORECASE,
)
_ANY = re.compile(rf"\b{_DETERMINER}{_WORDS}", re.IGNORECASE)
_QUOTED = re.compile(
    r"[“\"„«]([^”\"“»]{1,200})[”\"“»]\s+(?:says?|states?|mentions?|covers?|contains?|about|sagt|dit)\b"
)
_LEADING = re.compile(
    rf"^(?:and |but |und |et )?(?:in|according to|laut|selon)\s+(?:{_DETERMINER}){_WORDS}\s*,\s*", re.IGNORECASE
)
_ENDINGS = r"pdf|docx?|pptx?|xlsx?|csv|tsv|html?|md|txt|eml|png|jpe?g|gif|webp|tiff?"
_LINK = re.compile(r"\b(?:https?|s3)://[^\s<>\"'“”«»]*[^\s<>\"'“”«».,;:!?)\]]")
_FILE = re.compile(rf"\b[\w()+&-]{{1,80}}(?:[ .][\w()+&-]{{1,80}}){{0,6}}?\.(?:{_ENDINGS})\b", re.IGNORECASE)
_THIS_FILE = re.compile(
    r"\b(?:(?:this|that|the|my|attached|uploaded) (?:attached |uploaded )?(?:file|document|pdf|attachment|upload|"
    r"spreadsheet|slides|presentation|image|picture|photo|scan|page)|attached|attachment|"
    r"diese[sr]? (?:datei|dokument)|ce (?:fichier|document))\b",
    re.IGNORECASE,
)

_WHOLE = re.compile(
    r"(?:and |so |ok(?:ay)?,? |(?:can|could) you )*"
    r"(?:what|tell|describe|explain|read|sum|give|worum|was|fass|erklär|de quoi|qu[e']|résum|explique)",
    re.IGNORECASE,
)
_THIS = re.compile(r"\b(?:it|this|that|es|das|dies|darin|drin|ça|cela|celui-ci)\b", re.IGNORECASE)
_GENERAL = frozenset(
    content(
        "say tell contain contents summarise summary overview main key points important gist text topic mention cover "
        "state explain describe read attached attachment upload pdf page file image picture photo scan "
        "steht drin geht worum inhalt parle contient"
    )
)
"""Words that ask for a document as a whole."""


def named_document(
    text: str, *, files: Sequence[str], earlier_files: Sequence[str], known: Sequence[str], loose: bool = False
) -> str:
    """The document that a message names, as the person calls it, or a link to it; empty if it names none.

    Args:
        files: Names of the files that came with this message.
        earlier_files: Names of those that came before, newest first.
        known: Titles of documents that were spoken of.
        loose: Whether any mention of a document counts, as in ``summarise the travel policy``, and not only *in* it.
    """
    if link := _LINK.search(text):
        return link[0]
    folded = text.casefold()
    for name in (*files, *earlier_files, *known):
        if name and name.casefold() in folded:
            return name
    if match := _FILE.search(text):
        return _without_lead(match[0])
    if len(files) == 1:
        return files[0]
    if not files and earlier_files and _THIS_FILE.search(text):
        return earlier_files[0]
    if match := _QUOTED.search(text):
        return match[1].strip()
    return _described(text, known, loose)


def without_document(text: str) -> str:
    """The text without a document named at its beginning: ``In the travel policy, ...``"""
    return _LEADING.sub("", text)


def asks_what_it_says(text: str) -> bool:
    """Whether a message wants to know what a file says as a whole: ``what is this?``, ``tell me about it``."""
    return bool(_WHOLE.match(text)) and asks_for_all(text)


def asks_for_all(text: str, title: str = "") -> bool:
    """Whether nothing in particular is asked: only what a document, of this title perhaps, says or is about."""
    return all(word in _GENERAL for word in set(content(text)) - set(content(title)))


def points_to_document(text: str) -> bool:
    """Whether a message speaks of *it*, *this* or *the file* without a name."""
    return bool(_THIS_FILE.search(text) or _THIS.search(text))


def is_file(name: str) -> bool:
    """Whether a name is that of a file and not a description."""
    return bool(_FILE.fullmatch(name))


def _described(text: str, known: Sequence[str], loose: bool) -> str:
    """``the travel policy`` in ``what does the travel policy say``; a known title that has all its words."""
    match = _NAMED.search(text) or (_ANY.search(text) if loose else None)
    phrase = next(filter(None, match.groups()), "").strip() if match else ""
    if not phrase:
        return ""
    words = frozenset(content(phrase))
    fitting = [title for title in known if words and words <= frozenset(content(title))]
    return fitting[0] if len(fitting) == 1 else phrase


def _without_lead(name: str) -> str:
    """A file's name with spaces may have taken words of the sentence along; they are stop words at its beginning."""
    words = name.split()
    while len(words) > 1 and is_stop_word(words[0]):
        words.pop(0)
    return " ".join(words)
