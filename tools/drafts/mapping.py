"""Facts as a model gives them: an object of fields, whose values are checked as strictly as what a person writes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from switchboard import ToolRetry
from tools.drafts import amounts, texts, understanding
from tools.drafts.backend import Field, Known, Line, Money, Origin, Party, Value
from tools.drafts.gathering import State, example
from tools.drafts.templates import Template
from tools.drafts.texts import Says
from tools.drafts.understanding import Setting

_BESIDES = ("total", "illustration")
"""What may be given besides the fields: a total to check, and what to picture."""
_EMPTY: tuple[object, ...] = (None, "", [], {})


def from_mapping(facts: Mapping[str, object], template: Template, setting: Setting) -> State:
    """The draft as far as the object tells it.

    Raises:
        ToolRetry: There is no such field, or it can't take the value; says which there are and how it is written.
    """
    known = [each.name for each in template.fields]
    values: dict[str, Value] = {}
    for name, given in facts.items():
        each = template.field(name)
        if each is None and name not in _BESIDES:
            raise ToolRetry(texts.unknown_field(name, [*known, *_BESIDES]))
        if each is None or given in _EMPTY:
            continue
        value = _value(each, given, setting)
        if value is None:
            raise ToolRetry(texts.not_fitting(name, str(given), example(each, Says("en"))))
        values[name] = Value(value=value, origin=Origin(source="model"))
    values |= _currency(template, values)
    total = amounts.money(_text(facts.get("total")))
    picture = _text(facts.get("illustration"))
    return State(values=values, changed=tuple(values), total=total, picture=picture)


def _currency(template: Template, values: Mapping[str, Value]) -> dict[str, Value]:
    """The document's currency, where its lines alone name one."""
    of_lines = template.only("lines")
    if of_lines is None or of_lines.name not in values or "currency" in values:
        return {}
    lines = values[of_lines.name].value
    codes = {line.price.currency for line in lines if isinstance(line, Line)} if isinstance(lines, tuple) else set()
    codes.discard("")
    code = codes.pop() if len(codes) == 1 else ""
    return {"currency": Value(value=code, origin=Origin(source="model"))} if code else {}


def _value(each: Field, given: object, setting: Setting) -> Known | None:
    match given:
        case Mapping():
            return _object(each, given)
        case str():
            return understanding.answer(each, given, setting)
        case bool():
            return None
        case int() | float():
            return understanding.answer(each, str(given), setting)
        case Sequence():
            return _several(each, given, setting)
        case _:
            return None


def _object(each: Field, given: Mapping[str, object]) -> Known | None:
    if each.type == "party" and _text(given.get("name")):
        address = given.get("address") or ()
        lines = address.replace("\n", ",").split(",") if isinstance(address, str) else address
        return Party(
            name=_text(given.get("name")),
            address=tuple(_text(line) for line in lines if _text(line)) if isinstance(lines, Sequence) else (),
            email=_text(given.get("email")),
            tax_id=_text(given.get("tax_id")),
        )
    if each.type in ("money", "discount"):
        amount = amounts.decimal(_text(given.get("amount")))
        return Money(amount=amount, currency=amounts.code(_text(given.get("currency")))) if amount is not None else None
    return None


def _several(each: Field, given: Sequence[object], setting: Setting) -> Known | None:
    if each.type == "lines":
        lines = [_line(entry, each, setting) for entry in given]
        found = tuple(line for line in lines if line is not None)
        return found if len(found) == len(lines) else None
    if each.type in ("list", "clauses"):
        return tuple(_text(entry) for entry in given if _text(entry)) or None
    return understanding.answer(each, "\n".join(map(_text, given)), setting) if each.type == "paragraphs" else None


def _line(entry: object, each: Field, setting: Setting) -> Line | None:
    if isinstance(entry, str):
        made = understanding.answer(each, entry, setting)
        first = made[0] if isinstance(made, tuple) else None
        return first if isinstance(first, Line) else None
    if not isinstance(entry, Mapping):
        return None
    price = _text(entry.get("price") or entry.get("unit_price"))
    cost = amounts.money(price)
    quantity = amounts.decimal(_text(entry.get("quantity"))) if entry.get("quantity") is not None else Decimal(1)
    if cost is None or quantity is None or not _text(entry.get("description")):
        return None
    code = cost.currency or amounts.code(_text(entry.get("currency")))
    return Line(
        description=_text(entry.get("description")),
        quantity=quantity,
        unit=_text(entry.get("unit")),
        price=Money(amount=cost.amount, currency=code),
        tax=_share(entry.get("tax")),
        discount=_share(entry.get("discount")) or Decimal(0),
    )


def _share(given: object) -> Decimal | None:
    """A percentage, with its sign or without."""
    return amounts.decimal(_text(given).rstrip("% ")) if _text(given) else None


def _text(given: object) -> str:
    """A value of JSON as a line of text; an object is none."""
    return " ".join(str(given).split()) if isinstance(given, str | int | float) and not isinstance(given, bool) else ""
