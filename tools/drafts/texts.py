"""Everything that drafting says to people: one sentence, and what to do next."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from tools.markdown import escaped

NOTE = {
    "en": "Draft, not legal advice",
    "de": "Entwurf, keine Rechtsberatung",
    "fr": "Projet, ne constitue pas un conseil juridique",
    "es": "Borrador, no constituye asesoramiento jurídico",
}
PAGES = {
    "en": "Page {page} of {pages}",
    "de": "Seite {page} von {pages}",
    "fr": "Page {page} sur {pages}",
    "es": "Página {page} de {pages}",
}
DROPPED = "All right, I have dropped that draft."
TOO_MUCH = "That is more than fits into one draft. Please give the facts in fewer words, and long texts as a file."
KEEP_FAILED = "The draft could not be stored just now. Please try again in a minute."
NOTHING_SAID = "Tell me what to draft, for example: invoice for ACME Ltd, 3 days consulting at 900 EUR, due in 30 days."
NO_PICTURES = "No tool that makes pictures is installed here, so the draft has no illustration."
PICTURE_FAILED = "The illustration could not be made: {why}"
CHANGE = "To change something, just say so, for example “{example}”."
INSIDE = "What stands in it, and where it is from:"
CHANGED = " – changed"
PHRASED = "worded by the model"
PLACEHOLDER = "placeholder, to be replaced by your number"
ILLUSTRATION = "the illustration"
NET, TAX, TOTAL = "Net", "tax", "total"
_VALUE = 160


def which_kind(titles: Iterable[str]) -> str:
    """Asks what to draft."""
    return f"What shall I draft: {either(list(titles))}?"


def unknown_kind(kind: str, names: Iterable[str]) -> str:
    """For the model: there is no such kind."""
    return (
        f"There is no template for {short(kind, 60)!r}; kinds are {', '.join(names)}. Use one, or ask which is meant."
    )


def unknown_field(name: str, known: Sequence[str]) -> str:
    """For the model: facts that no field takes."""
    return f"This kind has no field {short(name, 60)!r}; its fields are {', '.join(known)}."


def not_fitting(name: str, value: str, example: str) -> str:
    """For the model: a fact that its field can't take."""
    return f"{name} can't be {short(value, 60)!r}; write it like {example}."


def no_language(title: str, wanted: str, there: Sequence[str]) -> str:
    """The template is not in that language."""
    return f"There is no template for this ({title}) in {wanted}; only in {either(there)}. Which one shall I use?"


def drafting(title: str) -> str:
    """Progress."""
    return f"Drafting: {title}"


def drafted(title: str, version: int) -> str:
    """That there is a draft."""
    return f"**{title}**, version {version}. This is a draft, not legal advice: have it read before you use it."


def left_out(names: Sequence[str]) -> str:
    """Parties without an address."""
    return f"There is no address of {either([escaped(name) for name in names], 'and')} in it, as nobody gave one."


def first_question(title: str, question: str, more: int) -> str:
    """The first question about a new draft: how many will follow, so that nobody wonders."""
    if more == 1:
        return f"One thing is missing for the draft ({title}). {question}"
    return f"{more} things are missing for the draft ({title}); one after the other. {question}"


def not_understood(label: str, example: str) -> str:
    """An answer that its field can't take."""
    return f"I could not read that ({label.lower()}); write it like “{example}”."


def no_change() -> str:
    """Something was said about a finished draft that changes nothing in it."""
    return (
        "I could not tell what to change in the draft. Name the part and its value, such as “the date is 1 May 2026”. "
        "What should it be?"
    )


def either(options: Sequence[str], joint: str = "or") -> str:
    """Options in a row."""
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} {joint} {options[-1]}"


def mixed_currencies(codes: Sequence[str]) -> str:
    """Lines in several currencies."""
    return f"The lines are in {' and '.join(codes)}, but a document has one currency. What are the lines, all in one?"


def not_a_share(label: str, value: Decimal) -> str:
    """A percentage that can't be."""
    return f"{label}: {value} % can't be right, as it has to lie between 0 and 100 %. How many percent is it?"


def negative_amount(label: str) -> str:
    """An amount below zero."""
    return f"{label}: an amount can't be negative. What is the amount?"


def negative_price(description: str) -> str:
    """A price below zero."""
    return (
        f"The price of “{short(description, 60)}” can't be negative; for money off, say “10% discount”. "
        "What are the lines?"
    )


def too_large(description: str) -> str:
    """A line that comes to more than can be meant."""
    return (
        f"“{short(description, 60)}” comes to a million million or more, which looks like a slip. What are the lines?"
    )


def no_quantity(description: str, quantity: Decimal) -> str:
    """A quantity that is not above zero."""
    return (
        f"The quantity of “{short(description, 60)}” can't be {quantity}; it has to be above 0, and money back takes a "
        "credit note. What are the lines?"
    )


def unknown_currency(code: str) -> str:
    """A currency that is none."""
    return f"{short(code, 20)!r} is not a currency in use. Which one is it, by its code, such as EUR, USD, GBP or CHF?"


def no_duration(label: str) -> str:
    """A duration that is not above zero."""
    return f"{label}: it has to be at least a day. How long is it, for example 30 days?"


def not_an_iban(iban: str) -> str:
    """An account number with a slip in it."""
    return (
        f"{short(iban, 40)} is not a valid IBAN, as its check digits don't fit. What is the right one (or say “none”)?"
    )


def too_long(label: str, size: int, most: int) -> str:
    """A value over its limit."""
    return f"{label}: that has {size:,} characters, and at most {most:,} fit. What is it, in fewer words?"


def none_left(label: str) -> str:
    """Nothing is left of what has to be there."""
    return f"{label}: there has to be at least one. What should stand there?"


def too_many(label: str, count: int, most: int) -> str:
    """Too many lines."""
    return f"{label}: those are {count:,}, and at most {most:,} fit into one document. What are they, for this one?"


def before(label: str, day: date, other: str, start: date) -> str:
    """Two dates in the wrong order."""
    return f"{label}: {day.isoformat()} is before the {other}, {start.isoformat()}. Which date should it be?"


def no_such_date(said: str) -> str:
    """A date that is in no calendar."""
    return f"{short(said, 40)} is not a date that exists."


def total_differs(given: str, net: str, total: str) -> str:
    """The total that was said is not the one that the lines come to."""
    return (
        f"You gave a total of {given}, but the lines come to {net} before tax and {total} with it. The draft has "
        f"{total}; say which line or rate to change if {given} is right."
    )


def unshown(count: int) -> str:
    """Characters that the PDF's fonts lack."""
    letters = "1 character is" if count == 1 else f"{count:,} characters are"
    return f"{letters} in no font of the PDF and shown there as □; the Word file has them."


def clause_kept(number: str) -> str:
    """A phrased clause was not used."""
    return f"The model's wording of a clause had {short(number, 20)} in it, which nobody said: your words stand there."


def clause_unphrased() -> str:
    """The model was not there to phrase clauses."""
    return "The clauses stand in your own words, as the model that phrases them did not answer."


def said_in(message: int, total: int) -> str:
    """Where a person said something."""
    return "your message" if total == 1 else f"your message {message}"


ORIGINS = {
    "model": "from the assistant's reading of the conversation",
    "default": "usual value, not said by anybody",
    "settings": "from this installation's settings",
    "computed": "computed",
}


def short(text: str, most: int = _VALUE) -> str:
    """A text in one line of sensible length."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
