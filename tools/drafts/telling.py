"""What a person reads about a draft: the next question, or what stands in it and where each value came from."""

from collections.abc import Iterator

from tools.drafts.backend import Origin, Party, Value
from tools.drafts.drafting import Order
from tools.drafts.gathering import State, lacking
from tools.drafts.reckoning import Reckoned, several_rates
from tools.drafts.showing import amount_text, date_text, known_text, percent_text
from tools.drafts.templates import Template
from tools.drafts.texts import Says, short
from tools.markdown import escaped

_CURRENCIES = ("EUR", "USD", "GBP", "CHF")


def question(state: State, template: Template, language: str, says: Says, *, first: bool) -> str:
    """The one thing to say next, after what was wrong with the last."""
    if state.asked is None:
        return state.note
    asked = state.fault.text if state.fault else state.asked.question
    if first and not state.fault:
        title, count = template.title[language], len(lacking(template, state.values))
        phrase = "first_question" if count == 1 else "first_of_questions"
        asked = says(phrase, title=title, question=asked, count=count)
    return " ".join(part for part in (state.note, asked) if part)


def options(state: State, says: Says) -> tuple[str, ...]:
    """Answers to choose from, where there are few."""
    if state.asked is None:
        return ()
    if state.asked.type == "currency":
        return _CURRENCIES
    return tuple(state.asked.option(option, says.language) for option in state.asked.options)


def told(order: Order, state: State, says: Says, *, phrased: bool) -> str:
    """The draft in words, Markdown.

    Args:
        phrased: Whether the model has put the clauses into words.
    """
    head = says("drafted", title=order.template.title[order.language], version=order.version)
    lines = [head, "", says("inside"), *_values(order, state, says, phrased), *_computed(order, says)]
    if blank := _blank(order):
        names = says.either([escaped(name) for name in blank], "and")
        lines += ["", says("left_out", names=names)]
    lines += ["", says("change", example=_change(order, says))]
    return "\n".join(lines)


def _values(order: Order, state: State, says: Says, phrased: bool) -> Iterator[str]:
    last = max((value.origin.message for value in order.values.values()), default=0)
    for field in order.template.fields:
        value = order.values.get(field.name)
        if value is None:
            continue
        text = known_text(field, value.value, order.locale, order.reckoned.currency, says.language)
        if (day := order.reckoned.due.get(field.name)) and day != value.value:
            text = says("due_on", length=text, day=date_text(day, order.locale))
        origin = _origin(value, last, says, placeholder=field.default == "draft number")
        if field.type == "clauses" and phrased:
            origin = f"{origin}, {says('phrased')}"
        mark = says("changed") if field.name in state.changed and order.version > 1 else ""
        yield f"- {escaped(f'{field.label}: {short(text)}')} ({origin}){mark}"


def _origin(value: Value, last: int, says: Says, *, placeholder: bool) -> str:
    origin: Origin = value.origin
    if origin.source == "said":
        return says("said") if last == 1 else says("said_in", message=origin.message)
    return says("placeholder" if placeholder and origin.source == "default" else origin.source)


def _computed(order: Order, says: Says) -> Iterator[str]:
    reckoned: Reckoned = order.reckoned
    if not reckoned.amounts:
        return
    sums = [(says("net"), reckoned.net)]
    for tax in reckoned.taxes:
        rate = f" {percent_text(tax.rate, order.locale)}" if several_rates(reckoned.rates) else ""
        sums.append((says("tax") + rate, tax.amount))
    sums.append((says("total"), reckoned.total))
    shown = ", ".join(f"{name} {amount_text(amount, reckoned.currency, order.locale)}" for name, amount in sums)
    yield f"- {shown} ({says('computed')})"


def _blank(order: Order) -> list[str]:
    """The parties whose address nobody gave."""
    return [
        short(value.value.name, 60)
        for field in order.template.fields
        if (value := order.values.get(field.name)) and isinstance(value.value, Party) and not value.value.address
    ]


def _change(order: Order, says: Says) -> str:
    """A change to this very draft, in words that are understood."""
    for kind in ("deadline", "duration", "date"):
        if field := next((each for each in order.template.fields if each.type == kind), None):
            label = field.label.lower() if says.language == "en" else field.label
            return says(f"change_{kind}", label=label)
    field = order.template.fields[0]
    return f"{field.label}: {says.like(field.type)}"
