"""Conditions as a model writes them, such as ``year>=2024``, read into filters."""

import re
from typing import get_args

from switchboard import ToolRetry
from tools.retrieval.backend import Filter, Operator

_CONDITION = re.compile(r"\s*([\w.-]+)\s*(>=|<=|=|:)\s*([^=\s].*?)\s*", re.DOTALL)
_OPERATORS: dict[str, Operator] = dict(zip(("=", ":", ">=", "<="), get_args(Operator), strict=True))


def condition(text: str) -> Filter:
    """Read one condition; a value that looks like a number is one.

    Raises:
        ToolRetry: It is not of the form ``attribute=value``, ``attribute:item``, ``attribute>=value`` or ``<=``.
    """
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ToolRetry(f"{text!r} is not a condition; write attribute=value, attribute:item, or with >= or <=.")
    attribute, operator, value = match.groups()
    return Filter(attribute=attribute, operator=_OPERATORS[operator], value=_number(value))


def _number(text: str) -> str | float:
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text
