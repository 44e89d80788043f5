"""The words that numbers are written with: English, German, French and Spanish, in lower case."""

from decimal import Decimal

_SMALL = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_OTHERS = {
    2: "zwei deux dos",
    3: "drei trois tres",
    4: "vier quatre cuatro",
    5: "fünf cinq cinco",
    6: "sechs six seis",
    7: "sieben sept siete",
    8: "acht huit ocho",
    9: "neun neuf nueve",
    10: "zehn dix diez",
    11: "elf onze once",
    12: "zwölf douze doce",
}
_AMBIGUOUS = frozenset({"once", "acht", "dos", "sept", "neuf"})
"""Words of another meaning in some language: they are no numbers to be found."""

COUNTS: dict[str, int] = {
    **{word: value for value, word in enumerate(_SMALL, 2)},
    **{ten: 10 * tens for tens, ten in enumerate(_TENS, 2)},
    **{
        f"{ten}-{unit}": 10 * tens + value
        for tens, ten in enumerate(_TENS, 2)
        for value, unit in enumerate(("one", *_SMALL[:8]), 1)
    },
    **{word: value for value, words in _OTHERS.items() for word in words.split() if word not in _AMBIGUOUS},
}
"""Spelled-out numbers. One is none of them: it is an article as often."""

ORDINALS: dict[str, int] = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "erste": 1,
    "ersten": 1,
    "zweite": 2,
    "zweiten": 2,
    "dritte": 3,
    "dritten": 3,
    "vierte": 4,
    "vierten": 4,
    "premier": 1,
    "deuxième": 2,
    "troisième": 3,
    "quatrième": 4,
    "primer": 1,
    "segundo": 2,
    "tercer": 3,
    "cuarto": 4,
}
"""They stand for a number where a period follows: ``third quarter`` is ``Q3``."""

PERIODS = ("quarter", "half", "quartal", "halbjahr", "trimestre", "semestre")

SCALES: dict[str, Decimal] = {
    **dict.fromkeys(("hundred",), Decimal(100)),
    **dict.fromkeys(("thousand", "k", "tsd", "tsd.", "tausend", "mille", "mil"), Decimal(10**3)),
    **dict.fromkeys(("million", "millions", "mln", "mn", "mm", "m", "mio", "mio."), Decimal(10**6)),
    **dict.fromkeys(("millionen", "millón", "millones"), Decimal(10**6)),
    **dict.fromkeys(("billion", "billions", "bln", "bn", "b"), Decimal(10**9)),
    **dict.fromkeys(("mrd", "mrd.", "milliarde", "milliarden", "milliard", "milliards", "md", "mds"), Decimal(10**9)),
    **dict.fromkeys(("trillion", "trillions", "tn", "t"), Decimal(10**12)),
}
DOUBTFUL_SCALES = frozenset({"k", "m", "b", "t", "mm", "mil", "md"})
"""They may be units as well: ``300 m`` is a distance or an amount, so either is taken."""

CURRENCIES: dict[str, str] = {
    **dict.fromkeys(("us$", "usd", "$", "dollar", "dollars", "us-dollar"), "$"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "€"),
    **dict.fromkeys(("£", "gbp"), "£"),
    **dict.fromkeys(("¥", "jpy", "yen"), "¥"),
    **dict.fromkeys(("chf", "sfr"), "CHF"),
}

MONTHS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "january januar janvier enero",
            "february februar février febrero",
            "march märz mars marzo",
            "april avril abril",
            "may mai mayo",
            "june juni juin junio",
            "july juli juillet julio",
            "august août agosto",
            "september septembre septiembre",
            "october oktober octobre octubre",
            "november novembre noviembre",
            "december dezember décembre diciembre",
        ),
        1,
    )
    for word in words.split()
}
"""In a source, so that ``2021-05-03`` stands there as ``3 May 2021``."""
