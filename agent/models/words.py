"""Words as the embedded model compares them: stems, stop words, periods, figures and names. Pure."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:[.,'’&/-][^\W_]+)*")
_YEAR = re.compile(r"(?:FY|fy|Fy)?\s?'?((?:19|20)\d\d)(?:[/–-](\d\d(?:\d\d)?))?(?!\d)")
_SHORT_YEAR = re.compile(r"\bFY\s?'?(\d\d)\b", re.IGNORECASE)
_QUARTER = re.compile(r"\b(?:q([1-4])|([1-4])q|(first|second|third|fourth) quarter|([1-4])\. quartal)\b", re.IGNORECASE)
_CONTRACTION = re.compile(r"(?:n't|'(?:m|s|re|ve|ll|d))$")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_BRITISH = re.compile(r"(?<=\w{4}i)s(?=(?:e[ds]?|ing|ations?)$)")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ations", "at"), ("ation", "at"), ("ings", ""), ("ing", ""))
_SAME = {
    word: line.split(":")[0].strip()
    for line in """begin:began begun start starts started commence commences
        bike:bicycle bicycles
        build:built
        buy:bought purchase purchases purchased
        choose:chose chosen
        due:payable
        fall:fell fallen
        grow:grew grown
        hold:held
        ill:illness sick sickness
        increase:raise raises raised rise rises rose risen
        keep:kept
        lose:lost
        mile:mileage
        pay:paid
        phone:telephone telephones
        plane:aeroplane aeroplanes airplane aircraft
        price:cost costs priced
        run:ran
        sell:sold
        send:sent
        spend:spent
        vacation:holiday holidays
        write:wrote written""".splitlines()
    for word in line.split(":")[1].split()
}
"""Forms that no ending tells, and the commonest words for the same thing."""
_BOUNDS = (
    (re.compile(r"\b(?:at least|(?:no|not) (?:less|fewer) than)\b", re.IGNORECASE), "minimum"),
    (re.compile(r"\b(?:at most|(?:no|not) (?:more|longer) than|not exceed|up to)\b", re.IGNORECASE), "maximum"),
)
"""Phrases made of words that say nothing by themselves, and the word for them."""
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}

MONTHS = frozenset(
    re.findall(
        r"\w+",
        """january february march april may june july august september october november december
    januar februar märz mai juni juli oktober dezember
    janvier février mars avril juin juillet août septembre octobre novembre décembre""",
    )
)

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a about according after again all also am an and any are as at be because been before being between
        both but by can could did do does doing down during each ever few for from further get give given
        gives goes going got had has have having he her here hers him his how i if in into is it its just
        know let like long many may me mean might more most much must my need no nor not now of off on once
        only or other our ours out over own per please say says shall she should show so some state still
        such take tell than that the their them then there these they this those through to too under until
        up us use used very want was we were what when where whether which while who whom whose why will
        with within would you your yours find look document documents file question answer der die das den
        dem des ein eine einen einem einer eines und oder aber ist sind war waren wird werden hat haben was
        wer wie wo wann warum welche welcher welches wieviel viel viele für von vom zu zum zur im in am an
        auf mit nach bei aus über unter durch ich du er sie es wir ihr mein dein sein ihre unser nicht kein
        keine auch noch nur als wenn dass sagt le la les un une des du de et ou est sont était a ont quel
        quelle quels quelles qui que quoi comment où quand pourquoi combien pour dans sur sous avec sans par
        au aux ce cette ces il elle nous vous ils elles je tu mon ma mes notre votre ne pas plus y en se sa
        son ses dit""",
    )
)
"""What carries no meaning of its own, in English, German and French."""


def tokens(text: str) -> list[str]:
    """The words and figures of a text, as written."""
    return _WORD.findall(unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without case, accents and the commonest endings, so that ``expenses`` meets ``expense``."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("’", "'")
    plain = plain.removesuffix("'s")
    plain = _SAME.get(plain, plain)
    if any(letter.isdigit() for letter in plain):
        return plain.replace(",", "")
    plain = _BRITISH.sub("z", plain)
    for ending, replacement in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            return _undoubled(plain.removesuffix(ending) + replacement)
    if plain.endswith("ed") and len(plain) > 4:
        return _undoubled(plain[:-2])
    if plain.endswith("s") and not plain.endswith(("ss", "us", "is")) and len(plain) > 3:
        plain = plain[:-1]
    return plain[:-1] if plain.endswith("e") and len(plain) > 4 else plain


def content(text: str) -> list[str]:
    """The stems of the words that mean something, in order."""
    for pattern, word in _BOUNDS:
        text = pattern.sub(word, text)
    return [stem(word) for word in tokens(text) if not is_stop_word(word)]


def is_stop_word(word: str) -> bool:
    """Whether a word carries no meaning of its own; ``I'm`` and ``don't`` do not either."""
    plain = word.casefold().replace("’", "'")
    return plain in STOP_WORDS or _CONTRACTION.sub("", plain) in STOP_WORDS


def periods(text: str) -> frozenset[str]:
    """The years, quarters and months named in a text: ``FY22`` and ``fiscal 2022`` both name ``2022``."""
    found = {match[1] for match in _YEAR.finditer(text)}
    found |= {(match[1][:2] + match[2])[-4:] for match in _YEAR.finditer(text) if match[2]}
    found |= {f"20{match[1]}" for match in _SHORT_YEAR.finditer(text)}
    for match in _QUARTER.finditer(text):
        quarter = match[1] or match[2] or match[4] or _ORDINALS[match[3].lower()]
        found.add(f"q{quarter}")
    found |= {word.casefold() for word in tokens(text) if word.casefold() in MONTHS and word != "may"}
    return frozenset(found)


def years(text: str) -> frozenset[str]:
    """The years among the periods."""
    return frozenset(period for period in periods(text) if period.isdecimal())


def figures(text: str) -> list[str]:
    """The figures of a text that are not years."""
    return [match for match in _FIGURE.findall(text) if not _YEAR.fullmatch(match)]


def names(text: str) -> list[str]:
    """Runs of capitalised words that do not merely begin a sentence: who or what it is about."""
    found: list[str] = []
    run: list[str] = []
    begins = True
    for word in re.findall(r"[^\W_]+(?:['’&.-][^\W_]+)*|[^\w\s]", text):
        named = word[0].isupper() and word.casefold() not in STOP_WORDS and not (begins and word[1:].islower())
        if named:
            run.append(word)
        elif run:
            found.append(" ".join(run))
            run = []
        begins = word in ".!?:" if not word[0].isalnum() else False
    return [*found, " ".join(run)] if run else found


def _undoubled(plain: str) -> str:
    """``stopp`` is ``stop``; ``fall`` and ``miss`` stay."""
    doubled = len(plain) > 3 and plain[-1] == plain[-2] and plain[-1] not in "lsz"
    return plain[:-1] if doubled else plain.removesuffix("e") if len(plain) > 4 else plain
