"""The words of drafting: what a template asks for, and what is known so far with where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

FieldType = Literal[
    "text",
    "paragraphs",
    "party",
    "date",
    "duration",
    "deadline",
    "money",
    "percent",
    "discount",
    "currency",
    "choice",
    "lines",
    "list",
    "clauses",
    "iban",
]
"""A ``deadline`` is a date or so long after the document's, a ``discount`` a percentage or an amount; a ``list`` has
short items, ``clauses`` are sentences."""

Unit = Literal["day", "week", "month", "year"]
Source = Literal["said", "model", "default", "settings", "computed"]
Format = Literal["both", "docx", "pdf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or a firm in a document; everything but the name may be empty."""

    name: str
    address: tuple[str, ...] = ()
    email: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A length of time as people say it: months are months, not days."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount. ``currency`` is an ISO 4217 code, empty where none was said."""

    amount: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an invoice or a quote.

    Attributes:
        price: For one ``unit``; before tax, unless the document's prices include it.
        tax: The rate of this line in percent, where it is not the document's.
        discount: Percent that are taken off this line.
    """

    description: str
    quantity: Decimal
    price: Money
    unit: str = ""
    tax: Decimal | None = None
    discount: Decimal = Decimal(0)


Known: TypeAlias = str | Decimal | date | Party | Duration | Money | tuple[Line, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value came from. ``message`` counts, from 1, what was said about this draft; 0 where nobody said it."""

    source: Source
    message: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is known of a field."""

    value: Known
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a template needs to know.

    Attributes:
        label: What it is called in a list.
        question: How it is asked for, one short sentence.
        labels: What it is called, by language; where a language is missing, ``label``.
        questions: How it is asked for, by language.
        words: By language, what people put before its value: ``due`` in *due in 30 days*.
        options: For a choice, each option with the words that mean it.
        names: What an option is called in a list, by option and language.
        default: The value where none is given, as a person would write it; ``today`` is the day of drafting, and
            ``draft number`` a number that is plainly a placeholder.
        ours: Whether it is the party on whose behalf this installation drafts, if its settings name one.
    """

    name: str
    type: FieldType
    label: str
    question: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    default: str = ""
    ours: bool = False

    def spoken(self, language: str) -> tuple[str, ...]:
        """Everything by which a person may name it, longest first."""
        every = {self.name.replace("_", " "), self.label.casefold(), *self.words.get(language, ())}
        return tuple(sorted(every, key=len, reverse=True))

    def option(self, option: str, language: str) -> str:
        """What an option is called."""
        return self.names.get(option, {}).get(language) or option.replace("_", " ")

    def told_in(self, language: str) -> "Field":
        """The field with its label and its question in a language, as far as they are there."""
        label, question = self.labels.get(language, self.label), self.questions.get(language, self.question)
        return replace(self, label=label, question=question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why what is known can't be drafted yet: the field to mend, and the sentence that names the fix."""

    field: str
    text: str
