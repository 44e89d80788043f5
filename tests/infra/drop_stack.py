"""The functions that take files, as deployed: the services around them are played by moto, our fakes and a test."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from channels.drops.making import orders
from channels.drops.orders import Order, Placed
from infra.functions import dropped, recognised, work
from stores.dynamodb import DynamoConversationStore
from stores.s3 import S3BlobStore
from switchboard import Attachment, MessageId
from switchboard.__main__ import main
from switchboard.identity import Conversation, Principal
from switchboard.plugins import Setup
from switchboard.settings import load
from switchboard.storage import Turn
from switchboard.testing.aws import FakeAws, FakeEcs, FakeService, FakeTextract
from switchboard.testing.aws.ecs import FakeTask
from tests.aws import REGION, World, a_world
from tests.infra.test_functions import batch
from tools.summaries.making import Wish

HERE = Conversation(tenant="local", channel="posting", room="room")
ANN = Principal(id="ann", verified=True)
SENTENCES = (
    "Revenue rose by 12 percent to 48 million euros in the third quarter.",
    "The board expects an operating margin of 9 percent for the whole year.",
    "A dividend of 30 cents a share was approved by the general meeting.",
)
GATEWAY = "SWITCHBOARD_CHANNELS__GATEWAY__ENDPOINT"
PAYLOADS = Path(__file__).parents[1] / "payloads" / "drops"


@dataclass
class Stack:
    """What is deployed, as the tests play the services that call functions."""

    world: World
    bucket: str
    table: str
    queue: str
    textract: FakeTextract
    ecs: FakeEcs
    told: list[str] = field(default_factory=list)

    def order(
        self, data: bytes, *, name: str = "report.pdf", at: Conversation = HERE, whose: Principal = ANN, **wish: Any
    ) -> Placed:
        """An order for a file, as a server takes it."""
        digest = hashlib.sha256(data).hexdigest()
        file = Attachment(name=name, media_type="application/octet-stream", size=len(data), digest=digest)
        identity = MessageId(f"order-{digest[:8]}-{wish}")
        wanted = Order(id=identity, conversation=at, principal=whose, file=file, wish=Wish(**wish), push=True)

        async def place() -> Placed:
            setup = Setup(load())
            there = orders(setup)
            try:
                return await there.place(wanted)
            finally:
                for part in (there.jobs, there.queue, there.blobs):
                    await part.close()

        return asyncio.run(place())

    def drop(
        self, data: bytes, *, named: str = "", key: str = "", placed: Placed | None = None, **order: Any
    ) -> dict[str, Any]:
        """Put a file into the bucket, as the address of its order lets its sender do.

        Returns:
            What EventBridge tells of it.
        """
        placed = placed or self.order(data, **order)
        assert placed.address is not None
        metadata = {
            header.removeprefix("x-amz-meta-"): value
            for header, value in placed.address.headers.items()
            if header.startswith("x-amz-meta-")
        }
        assert metadata["order"] == placed.job.id
        digest, owner = hashlib.sha256(data).hexdigest(), placed.job.conversation.key
        where = key or S3BlobStore(self.world.client("s3"), self.bucket).place(digest, owner=owner)[1]
        return self.sent(data, where, metadata | ({"order": named} if named else {}))

    def sent(self, data: bytes, key: str, metadata: dict[str, str]) -> dict[str, Any]:
        """Put a file into the bucket. Returns what EventBridge tells of it."""
        self.world.sdk("s3").put_object(Bucket=self.bucket, Key=key, Body=data, Metadata=metadata)
        event: dict[str, Any] = json.loads((PAYLOADS / "object_created.json").read_text(encoding="utf-8"))
        event["detail"]["bucket"]["name"], event["detail"]["object"]["key"] = self.bucket, key
        return event

    def notices(self) -> list[dict[str, Any]]:
        """What SNS calls a function with, for all that Textract has told its topic."""
        found = []
        for text in self.told:
            event = json.loads((PAYLOADS / "completed.json").read_text(encoding="utf-8"))
            event["Records"][0]["Sns"]["Message"] = text
            found.append(event)
        return found

    def work(self) -> list[dict[str, str]]:
        """Let the queue of jobs call its function, twice. Returns what is to come again."""
        event = batch(self.world, self.queue)
        failed: list[dict[str, str]] = []
        for _ in range(2):
            failed = work.handler(event, None)["batchItemFailures"]
        return failed

    def turns(self) -> list[Turn]:
        """The conversation."""

        async def read() -> list[Turn]:
            setup = Setup(load())
            store: DynamoConversationStore = setup.backend("conversations")
            try:
                return list(await store.transcript(HERE, limit=50))
            finally:
                await store.close()

        return asyncio.run(read())


@contextmanager
def a_stack(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *services: FakeService, **environment: str
) -> Iterator[Stack]:
    """What is deployed.

    Args:
        services: Further fakes; where they are stands in the variables by which the SDK finds them.
        environment: Further variables, over ours.
    """
    with a_world() as world:
        table, bucket, queue = world.table().name, world.bucket(), world.queue(fifo=False)
        ecs, told, s3 = FakeEcs(["switchboard"]), list[str](), world.sdk("s3")
        textract = FakeTextract(
            objects=lambda place, key: s3.get_object(Bucket=place, Key=key)["Body"].read(),
            polls=None,
            publish=lambda topic, text: told.append(text),
        )
        own = {
            "SWITCHBOARD_PROFILE": "aws",
            "SWITCHBOARD_DATA_DIR": str(folder),
            "SWITCHBOARD_BACKENDS__CHAT_MODEL": "embedded",
            "SWITCHBOARD_BACKENDS__RETRIEVER": "embedded",
            "SWITCHBOARD_BACKENDS__READER": "textract",
            "SWITCHBOARD_AWS__REGION": REGION,
            "SWITCHBOARD_AWS__TABLE": table,
            "SWITCHBOARD_AWS__BUCKET": bucket,
            "SWITCHBOARD_AWS__QUEUE_URL": world.queue(),
            "SWITCHBOARD_AWS__JOB_QUEUE_URL": queue,
            "SWITCHBOARD_CHANNELS__DROPS__TOPIC": "arn:aws:sns:eu-west-1:123456789012:recognised",
            "SWITCHBOARD_CHANNELS__DROPS__ROLE": "arn:aws:iam::123456789012:role/textract",
            "CLUSTER": "switchboard",
            "TASK_DEFINITION": "worker:3",
            "CONTAINER": "worker",
            "SUBNETS": "subnet-1,subnet-2",
            "SECURITY_GROUPS": "sg-1",
            "CHANNELS": "posting",
        }
        with FakeAws(textract, ecs, *services) as aws:
            for name, value in {**own, GATEWAY: aws.url, **aws.environment, **environment}.items():
                monkeypatch.setenv(name, value)
            yield Stack(world=world, bucket=bucket, table=table, queue=queue, textract=textract, ecs=ecs, told=told)
            for function, kept in ((dropped, dropped._desk), (recognised, recognised._desk), (work, work._kept)):
                function._runner.run(kept.forget())


def run(task: FakeTask) -> None:
    """Do what a task's container does."""
    assert main(task.command) == 0
