"""Follow-ups: a message that leans on the one before becomes a question that stands by itself."""

import re
from dataclasses import dataclass

from agent.models.meaning import Meaning
from agent.models.words import MONTHS, content, is_stop_word, names, periods, stem, tokens, years

ALIKE = 0.4
"""What is asked about anew takes the place of a part of the question before it that is at least this near."""
BARE = 3
"""A question of so many words, none of which says what it is about, is one more on the same: ``how much?``"""
SAME_HEAD = 0.4
"""What it counts that both end in the same word: ``sick leave``, ``parental leave``."""

_LEAD = re.compile(
    r"(?:(?:and|but|or|also|so|then|now|ok(?:ay)?|und|aber|et|mais)\b[\s,]*)*"
    r"(?:(?:what|how) about|what of|(?:the )?same (?:question )?for|was ist mit|wie ist es mit|qu'en est-il d[eu])?"
    r"[\s,]*(?P<joint>about|for|in|on|with|of|at|from|to|für|mit|en|pour|dans)?\b[\s,]*",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|they|them|he|him|she|her(?=[?.!]|$)|(?:this|that|these|those)(?=[?.!]|$| one\b)|"
    r"(?:that|this|the same) "
    r"(?:contract|agreement|document|file|policy|report|product|person|company|one|bike|meeting)|"
    r"dieser?|dieses|davon|darin|celui-ci|celle-ci)\b",
    re.IGNORECASE,
)
_OWNED = re.compile(r"\b(?:its|their|his|her)\b(?=\s+\w)", re.IGNORECASE)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|if|whether) it (?:\w+ )?"
    r"(?:allowed|possible|ok|okay|necessary|required|true|normal|mandatory|legal)\b|"
    r"\bit(?:'s| is) (?:allowed|possible|true)\b",
    re.IGNORECASE,
)
_SAME_DOCUMENT = re.compile(
    r"\b(?:(?:that|this|the same) "
    r"(?:contract|agreement|document|file|policy|report|handbook|minutes|sheet|list|page|one)|in (?:it|there)|there)\b",
    re.IGNORECASE,
)
_NOUN_PHRASE = re.compile(
    r"\b(?:the|our|my|your|a|an|this|that|der|die|das|den|dem|des|unser\w*|le|la|les|du|notre)\s+"
    r"(?=([^,;:.?!]+))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^(?:(?:and|but|so)\s+)?(?:(?:what|which|whose|how (?:many|much|long|often|high|large|big|far|old))\b|"
    r"when|where|who|how|why|wie ?viele?|wie|wann|wo|wer|was|combien|quand|qui|où)\b\s*",
    re.IGNORECASE,
)
_ARTICLES = frozenset({"the", "a", "an", "our", "my", "der", "die", "das", "le", "la", "les"})
_JOINT = frozenset({"of", "with", "for", "in", "on", "at", "by", "von", "mit", "für", "de", "avec", "pour"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A message as it stands by itself.

    Attributes:
        query: The question in full.
        same_document: Whether it points to the document that was spoken of.
    """

    query: str
    same_document: bool = False


def standalone(text: str, previous: str, meaning: Meaning) -> FollowUp:
    """Complete a message with what the question before it was about; one that needs nothing stays as it is."""
    if not previous:
        return FollowUp(query=text)
    same_document = bool(_SAME_DOCUMENT.search(text))
    lead = _LEAD.match(text)
    rest = text[lead.end() :].strip() if lead else text
    led = len(rest) < len(text.strip())
    if _points(rest):
        return FollowUp(query=_resolved(rest, previous), same_document=same_document)
    if not content(rest) and len(tokens(rest)) <= BARE:
        return FollowUp(query=f"{rest.rstrip(' ?.!')} {_ASKING.sub('', previous)}".strip())
    if (led and not _asks(rest)) or _fragment(rest):
        joint = (lead["joint"] or "") if lead else ""
        query = _replaced(rest.strip(" ?.!"), previous, joint, meaning)
        return FollowUp(query=query, same_document=same_document)
    return FollowUp(query=text if not led else rest, same_document=same_document)


def topic(question: str) -> str:
    """What a question is about, in its own words: its last noun phrase, with the one before it if that is a name."""
    found = list(_NOUN_PHRASE.finditer(question))
    named = names(question)
    if not found:
        return named[-1] if named else " ".join(word for word in tokens(question) if not is_stop_word(word))
    phrase = _head(found[-1][1])
    if named and named[-1] not in phrase:
        return named[-1]
    return f"the {phrase}"


def _head(words: str) -> str:
    """The words of a noun phrase, up to a verb as far as that can be told."""
    kept: list[str] = []
    for word in words.split():
        if kept and is_stop_word(word) and word.casefold() not in _JOINT:
            break
        if kept and kept[-1][0].isupper() and any(part.casefold() in _JOINT for part in kept) and word[0].islower():
            break
        kept.append(word)
    while kept and kept[-1].casefold() in _JOINT:
        kept.pop()
    return " ".join(kept)


def _points(text: str) -> bool:
    return bool(_OWNED.search(text) or (_PRONOUN.search(text) and not _EMPTY_IT.search(text)))


def _resolved(text: str, previous: str) -> str:
    about = topic(previous)
    owned = _OWNED.sub(lambda _: f"{about}'s", text, count=1)
    return _PRONOUN.sub(lambda _: about, text, count=1) if owned == text else owned


def _asks(text: str) -> bool:
    """Whether a text is a clause of its own, and not only the name of a thing."""
    first = tokens(text)[0].casefold()
    return is_stop_word(first) and first not in _ARTICLES


def _fragment(text: str) -> bool:
    """Whether a text is no more than a period or a name with a question mark: ``2022?``, ``Germany?``"""
    bare = [word for word in tokens(text) if not is_stop_word(word)]
    only_period = all(
        word.casefold() in MONTHS or years(word) or re.fullmatch(r"(?i)q[1-4]|fy\d+", word) for word in bare
    )
    return len(tokens(text)) <= 4 and (only_period or (text.rstrip().endswith("?") and not _asks(text)))


def _replaced(new: str, previous: str, joint: str, meaning: Meaning) -> str:
    """The previous question about something else: a period for a period, a thing for the thing most like it."""
    query = previous.rstrip(" ?.!")
    when = [word for word in tokens(new) if periods(word)]
    if when:
        query = _with_period(query, when)
        new = " ".join(word for word in new.split() if not periods(word.strip("?,.")))
    bare = " ".join(word for word in new.split() if not is_stop_word(word.strip("?,.")))
    if bare:
        span = _behind(joint, query) or _nearest_span(bare, query, meaning)
        query = query.replace(span, bare, 1) if span else f"{query} {bare}"
    return f"{query}?"


def _with_period(query: str, when: list[str]) -> str:
    """The query with its years, quarters and months replaced by new ones of the same kind; others are added."""
    for new in when:
        olds = [
            old for old in tokens(query) if periods(old) and bool(years(old)) == bool(years(new)) and old not in when
        ]
        query = re.sub(rf"\b{re.escape(olds[0])}\b", new, query, count=1) if olds else f"{query} {new}"
        for old in olds[1:]:
            query = re.sub(rf"(?:\s+(?:and|to|vs|or|und|et))?\s*\b{re.escape(old)}\b", "", query, count=1)
    return query


def _behind(joint: str, query: str) -> str:
    """What stands behind the same preposition: ``about trains`` makes way for ``about flights``."""
    match = (
        re.search(rf"\b{joint}\s+(?:(?:the|our|my|a|an|der|die|das|le|la|les)\s+)?([^,;:.?!]+)", query)
        if joint
        else None
    )
    spans = [span for span in _spans(match[1]) if match and match[1].startswith(span)] if match else []
    return max(spans, key=len, default="")


def _nearest_span(new: str, query: str, meaning: Meaning) -> str:
    """The part of the query that the new words take the place of, or nothing."""
    spans = _spans(query)
    if new[0].isupper() and (named := [name for name in names(query) if name not in new]):
        spans = named
    if not spans:
        return ""
    head = stem(tokens(new)[-1])
    scores = [
        similarity + (SAME_HEAD if stem(tokens(span)[-1]) == head and stem(span) != head else 0.0)
        for span, similarity in zip(spans, meaning.to_each(new, spans), strict=True)
    ]
    best = max(range(len(spans)), key=scores.__getitem__)
    lone_name = new[0].isupper() and len(spans) == 1 and spans[0] in names(query)
    return spans[best] if scores[best] >= ALIKE or lone_name else ""


def _spans(query: str) -> list[str]:
    """Every run of one to four words that mean something."""
    found: list[str] = []
    words = [match.group() for match in re.finditer(r"[^\s,;?!]+", query)]
    for start in range(len(words)):
        for end in range(start + 1, min(start + 4, len(words)) + 1):
            run = words[start:end]
            if any(is_stop_word(word) or periods(word) for word in run):
                break
            found.append(" ".join(run))
    return found
