"""Conditions on a document's attributes."""

from collections.abc import Mapping, Sequence

from tools.retrieval.backend import Filter, Value


def matches(filters: Sequence[Filter], attributes: Mapping[str, Value]) -> bool:
    """Whether the attributes meet all conditions."""
    return all(_meets(condition, attributes.get(condition.attribute)) for condition in filters)


def _meets(condition: Filter, value: Value | None) -> bool:
    if value is None:
        return False
    wanted = condition.value
    if condition.operator == "contains":
        return any(_same(item, wanted) for item in (value if isinstance(value, tuple) else (value,)))
    if isinstance(value, tuple):
        return condition.operator == "equals" and len(value) == 1 and _same(value[0], wanted)
    if condition.operator == "equals":
        return _same(value, wanted)
    return _ordered(value, wanted, upwards=condition.operator == "at_least")


def _same(value: str | float, wanted: str | float) -> bool:
    numbers = _numbers(value, wanted)
    if numbers is not None:
        return numbers[0] == numbers[1]
    return str(value).strip().casefold() == str(wanted).strip().casefold()


def _ordered(value: str | float, wanted: str | float, *, upwards: bool) -> bool:
    numbers = _numbers(value, wanted)
    if numbers is not None:
        return numbers[0] >= numbers[1] if upwards else numbers[0] <= numbers[1]
    if isinstance(value, str) and isinstance(wanted, str):
        return value >= wanted if upwards else value <= wanted
    return False


def _numbers(value: str | float, wanted: str | float) -> tuple[float, float] | None:
    """Both as numbers, where that makes sense: two texts stay texts, so that ISO dates and codes compare as written."""
    if isinstance(value, str) and isinstance(wanted, str):
        return None
    try:
        return float(value), float(wanted)
    except ValueError:
        return None
