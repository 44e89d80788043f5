"""Which language a text is in: by its script, or by the small words that every text of a language is full of.

Light on purpose: a detector with a model of a hundred languages takes a second and 100 MB to load, in every worker.
"""

import re
import string
from collections import Counter
from itertools import chain, repeat

_FEWEST_LETTERS = 40
_FEWEST_HITS = 3
_LEAD = 1.3  # times as many small words as the next language has
_SAMPLE = 1_000
_NO_LETTERS = dict.fromkeys(map(ord, string.punctuation + string.digits + "\xa0«»„“”‘’–—…•"), " ")

_SMALL_WORDS: dict[str, str] = {
    "en": "the of and to in is that for was with are this be by from or as it not have which shall has will an on at",
    "de": "der die und das den von zu mit ist des auf für im nicht ein eine als auch es werden aus dem wird sich sind",
    "fr": "le la les des et est une dans que qui pour par sur au aux du pas ce cette sont avec il ou ne plus être",
    "es": "el la los las y que en un una del por con para se es al lo como más su sus no está son o este",
    "it": "il di che la e per un una del della dei con non sono alla le gli nel si da delle è anche al ha questo",
    "pt": "o a os as de que e do da em um uma para com não por no na dos das se ao mais é são pelo foi",
    "nl": "de het een van en in dat is te op voor met zijn niet aan er door ook als bij worden wordt uit naar om",
    "sv": "och att det som en på är av för med den till inte har om ett ska eller vi från kan av vid",
    "da": "og at det er en til på af for med den ikke som har et eller fra skal vi kan ved om der de",
    "nb": "og å det er en til på av for med den ikke som har et eller fra skal vi kan ved om der de seg",
    "fi": "ja on ei että se oli hän joka mutta sekä tai ovat myös kun niin jos sen voi mukaan ole",
    "pl": "i w na z do nie się że jest o od po za przez dla oraz lub jak są który ze to co",
    "cs": "a v na se je že s z do o k i pro za ve po od jako by však není nebo které který",
    "tr": "ve bir bu için ile da de olarak daha olan en gibi kadar sonra ya her çok veya ise olduğu",
}
_LANGUAGES: dict[str, list[str]] = {}
for _code, _words in _SMALL_WORDS.items():
    for _word in set(_words.split()):
        _LANGUAGES.setdefault(_word, []).append(_code)

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("ja", "\u3040-\u30ff"),
    ("ko", "\uac00-\ud7af\u1100-\u11ff"),
    ("zh", "\u4e00-\u9fff"),
    ("el", "\u0370-\u03ff"),
    ("he", "\u0590-\u05ff"),
    ("ar", "\u0600-\u06ff"),
    ("hi", "\u0900-\u097f"),
    ("th", "\u0e00-\u0e7f"),
    ("uk", "іїєґІЇЄҐ"),
    ("ru", "\u0400-\u04ff"),
)
_LETTERS_OF = {code: re.compile(f"[{letters}]") for code, letters in _SCRIPTS}
_TELLING = {"ja": 0.1, "uk": 0.02}
"""Shares of letters that settle a language though its other letters belong to another: Japanese has Chinese ones."""


def language(text: str) -> str:
    """The language of a text as ISO 639-1, from its beginning; empty if it can't be told."""
    sample = text[:_SAMPLE]
    if not sample.isascii() and (found := _by_script(sample)):
        return found
    return _by_small_words(sample.lower().translate(_NO_LETTERS).split())


def _by_script(sample: str) -> str:
    letters = sum(map(str.isalpha, sample))
    for code, pattern in _LETTERS_OF.items():
        if len(pattern.findall(sample)) > letters * _TELLING.get(code, 0.4):
            return code
    return ""


def _by_small_words(words: list[str]) -> str:
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return ""
    hits = Counter(chain.from_iterable(map(_LANGUAGES.get, words, repeat(()))))
    (first, most), (_, next_most) = [*hits.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= max(_FEWEST_HITS, _LEAD * next_most) else ""
