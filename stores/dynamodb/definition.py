"""The table as CreateTable takes it, for tests and tools; a deployment's template says the same."""

from typing import Any

EXPIRES = "expires"
"""The attribute that DynamoDB's time to live is to watch."""


def definition(name: str) -> dict[str, Any]:
    """The parameters of CreateTable."""
    texts = ("pk", "sk", "list_1", "rank_1", "list_2", "rank_2", "list_3", "rank_3")
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key("pk", "sk"),
        "AttributeDefinitions": [
            *({"AttributeName": attribute, "AttributeType": "S"} for attribute in texts),
            {"AttributeName": "number", "AttributeType": "N"},
        ],
        "LocalSecondaryIndexes": [_index("turns", "pk", "number")],
        "GlobalSecondaryIndexes": [_index(f"lists_{n}", f"list_{n}", f"rank_{n}") for n in (1, 2, 3)],
    }


def _index(name: str, partition: str, sort: str) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": _key(partition, sort), "Projection": {"ProjectionType": "KEYS_ONLY"}}


def _key(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
