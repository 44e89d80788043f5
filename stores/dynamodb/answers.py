"""What DynamoDB's refusals mean: a condition that did not hold, or two transactions that met."""

from collections.abc import Mapping
from typing import Any

from stores.aws import AwsError

Noted = Mapping[str, Mapping[str, Any]]

_MET = frozenset({"TransactionConflictException", "TransactionInProgressException"})
_MET_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


def in_the_way(error: AwsError) -> Noted | None:
    """The item whose condition did not hold (empty where there is none), if that is what the error says."""
    reasons = error.answer.get("CancellationReasons", [])
    found: Noted | None = None
    if any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons):
        found = next((reason["Item"] for reason in reasons if reason.get("Item")), {})
    elif error.code == "ConditionalCheckFailedException":
        found = error.answer.get("Item", {})
    return found


def met_another(error: AwsError) -> bool:
    """Whether nothing was done because another transaction was under way on an item, or a part of it was throttled."""
    reasons = {reason.get("Code", "None") for reason in error.answer.get("CancellationReasons", [])} - {"None"}
    return error.code in _MET or (bool(reasons) and reasons <= _MET_REASONS)
