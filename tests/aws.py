"""A place that answers as Amazon's services do: moto in this process, or the ministack whose address is given.

Each world is empty. What moto does not do as the service does is made up for here: it checks a condition and writes
without a lock, so calls are let in one by one.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import RLock
from typing import Any, ClassVar

import boto3
import pytest
from moto import mock_aws

from stores.aws import AwsClient
from stores.dynamodb import Table, definition

REGION = "eu-west-1"


@cache
def _sdk(service: str, endpoint: str) -> Any:
    return boto3.client(service, region_name=REGION, endpoint_url=endpoint or None)


@dataclass
class World:
    """Services, and what was asked of them.

    Attributes:
        requests: The operations that were called, in order, each attempt by itself.
        sizes: Bytes of each request's body.
    """

    current: ClassVar["World"]
    endpoint: str = ""
    requests: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def client(self, service: str) -> AwsClient:
        """A client as the stores have it, watched."""
        return Watched(service, region=REGION, endpoint=self.endpoint)

    def sdk(self, service: str) -> Any:
        """A client as the SDK makes it, to look behind the stores."""
        return _sdk(service, self.endpoint)

    def table(self, client: AwsClient | None = None, **options: Any) -> Table:
        """A new table."""
        name = f"table-{secrets.token_hex(6)}"
        sdk = self.sdk("dynamodb")
        sdk.create_table(**definition(name))
        sdk.get_waiter("table_exists").wait(TableName=name)
        return Table(client or self.client("dynamodb"), name, pauses=(0.0,) * 20, **options)

    def bucket(self) -> str:
        """A new bucket."""
        name = f"bucket-{secrets.token_hex(6)}"
        self.sdk("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def queue(self, *, fifo: bool = True, **attributes: str) -> str:
        """The address of a new queue."""
        name = f"queue-{secrets.token_hex(6)}{'.fifo' if fifo else ''}"
        kind = {"FifoQueue": "true"} if fifo else {}
        answer = self.sdk("sqs").create_queue(QueueName=name, Attributes={**kind, **attributes})
        return str(answer["QueueUrl"])


class Watched(AwsClient):
    """A client whose requests are noted. The SDK's part is made once for all tests, as it takes a tenth of a second."""

    _shared: ClassVar[dict[tuple[str, str], Any]] = {}

    async def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call the service. Waiting for messages is asking often, as moto lets nobody in meanwhile."""
        if self._endpoint or not parameters.get("WaitTimeSeconds"):
            return await super().call(operation, **parameters)
        loop = asyncio.get_running_loop()
        give_up = loop.time() + parameters.pop("WaitTimeSeconds")
        while True:
            answer = await super().call(operation, **parameters)
            if answer.get("Messages") or loop.time() > give_up:
                return answer
            await asyncio.sleep(0.01)

    def _made(self) -> Any:
        kind = (self.service, self._endpoint)
        if kind not in self._shared:
            self._shared[kind] = client = super()._made()
            client.meta.events.register("before-send", _note)
        return self._shared[kind]


def _note(request: Any, event_name: str, **_: Any) -> None:
    current = World.current
    current.requests.append(event_name.rpartition(".")[2])
    current.sizes.append(int(request.headers.get("Content-Length", 0)))


@contextmanager
def one_by_one() -> Iterator[None]:
    """Let moto answer one call at a time."""
    from moto.core.botocore_stubber import BotocoreStubber

    lock, answer = RLock(), BotocoreStubber.__call__

    def guarded(self: Any, *arguments: Any, **named: Any) -> Any:
        with lock:
            return answer(self, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BotocoreStubber, "__call__", guarded)
        yield


@contextmanager
def a_world(endpoint: str = "") -> Iterator[World]:
    """A world for one test, on the server of that address or, without one, on moto."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        if endpoint:
            World.current = World(endpoint=endpoint)
            yield World.current
        else:
            with one_by_one(), mock_aws():
                World.current = World()
                yield World.current
