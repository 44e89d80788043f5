"""What a person reads about a draft: the next question, or what stands in it and where each value came from."""

from collections.abc import Iterator

from tools.drafts import texts
from tools.drafts.backend import Origin, Party, Value
from tools.drafts.drafting import Order
from tools.drafts.gathering import State, missing
from tools.drafts.reckoning import Reckoned
from tools.drafts.showing import amount_text, date_text, known_text
from tools.drafts.templates import Template
from tools.markdown import escaped


def question(state: State, template: Template, language: str, *, first: bool) -> str:
    """The one thing to say next, after what was wrong with the last."""
    if state.asked is None:
        return state.note
    asked = state.fault.text if state.fault else state.asked.question
    if first and not state.fault:
        asked = texts.first_question(template.title[language], asked, len(missing(state, template)))
    return " ".join(part for part in (state.note, asked) if part)


def told(order: Order, state: State, phrased: bool) -> str:
    """The draft in words, Markdown.

    Args:
        phrased: Whether the model has put the clauses into words.
    """
    title = order.template.title[order.language]
    head = texts.drafted(title, order.version)
    lines = [head, "", texts.INSIDE, *_values(order, state, phrased), *_computed(order)]
    if blank := _blank(order):
        lines += ["", texts.left_out(blank)]
    lines += ["", texts.CHANGE.format(example=_change(order))]
    return "\n".join(lines)


def _values(order: Order, state: State, phrased: bool) -> Iterator[str]:
    last = max((value.origin.message for value in order.values.values()), default=0)
    for field in order.template.fields:
        value = order.values.get(field.name)
        if value is None:
            continue
        text = known_text(field, value.value, order.locale, order.reckoned.currency)
        if (day := order.reckoned.due.get(field.name)) and day != value.value:
            text = f"{text}, so {date_text(day, order.locale)}"
        origin = _origin(value, last, placeholder=field.default == "draft number")
        if field.type == "clauses" and phrased:
            origin = f"{origin}, {texts.PHRASED}"
        mark = texts.CHANGED if field.name in state.changed and order.version > 1 else ""
        yield f"- {escaped(f'{field.label}: {texts.short(text)}')} ({origin}){mark}"


def _origin(value: Value, last: int, *, placeholder: bool) -> str:
    origin: Origin = value.origin
    if origin.source == "said":
        return texts.said_in(origin.message, last)
    return texts.PLACEHOLDER if placeholder and origin.source == "default" else texts.ORIGINS[origin.source]


def _computed(order: Order) -> Iterator[str]:
    reckoned: Reckoned = order.reckoned
    if reckoned.amounts:
        sums = [
            (texts.NET, reckoned.net),
            *((texts.TAX, tax.amount) for tax in reckoned.taxes),
            (texts.TOTAL, reckoned.total),
        ]
        shown = ", ".join(f"{name} {amount_text(amount, reckoned.currency, order.locale)}" for name, amount in sums)
        yield f"- {shown} ({texts.ORIGINS['computed']})"


def _blank(order: Order) -> list[str]:
    """The parties whose address nobody gave."""
    return [
        texts.short(value.value.name, 60)
        for field in order.template.fields
        if (value := order.values.get(field.name)) and isinstance(value.value, Party) and not value.value.address
    ]


def _change(order: Order) -> str:
    kinds = {field.type for field in order.template.fields}
    if "deadline" in kinds:
        return "make it 45 days"
    return "the term is 3 years" if "duration" in kinds else "the date is 1 May 2026"
