"""What the tests of the DynamoDB stores share: a clock set by hand, a client that fails, and looks into the table."""

from random import Random
from typing import Any

from stores.aws import AwsClient, AwsError
from stores.dynamodb import Table
from switchboard.identity import MessageId
from switchboard.testing.samples import a_conversation
from tests.aws import World

HERE = a_conversation()
M0 = MessageId("m0")
DAY = 86_400


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Faulty:
    """A client between a store and the service: the next calls of an operation fail as it is told.

    ``lost`` lets a call reach the service and throws its answer away.
    """

    def __init__(self, client: AwsClient) -> None:
        self.faults: list[tuple[str, AwsError, bool]] = []
        self.seen: list[str] = []
        self._client = client

    def fail(self, operation: str, code: str, *, retryable: bool = False, lost: bool = False, **answer: Any) -> None:
        error = AwsError(service="dynamodb", operation=operation, code=code, retryable=retryable, answer=answer)
        self.faults.append((operation, error, lost))

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        self.seen.append(operation)
        for fault in self.faults:
            if fault[0] == operation:
                self.faults.remove(fault)
                if fault[2]:
                    await self._client.call(operation, **parameters)
                raise fault[1]
        return await self._client.call(operation, **parameters)

    async def close(self) -> None:
        await self._client.close()


def noise(size: int) -> str:
    """Text that compression can't shorten below its size in bytes."""
    return Random(1).randbytes(size).hex()


def everything(world: World, table: Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.sdk("dynamodb").scan(TableName=table.name)["Items"]
    return found


def size_of(item: dict[str, Any]) -> int:
    return sum(
        len(name) + sum(len(str(v) if not isinstance(v, bytes) else v) for v in kind.values())
        for name, kind in item.items()
    )
