"""Orders on stores in memory, and a bucket that holds what a test says."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from channels.drops.events import Place
from channels.drops.orders import Order, Orders
from stores.job_queue import StoreJobQueue
from stores.memory import MemoryBlobStore, MemoryJobStore
from stores.quotas import MemoryQuotaStore
from switchboard import Attachment, Conversation, MessageId, Principal
from switchboard.uploading import UploadAddress

NOW = 1_000_000.0
ANN = Principal(id="ann", verified=True)
HERE = Conversation(tenant="local", channel="gateway", room="room")
DATA = b"%PDF-1.7 and more"
FILE = Attachment(name="a.pdf", media_type="application/pdf", size=len(DATA), digest=hashlib.sha256(DATA).hexdigest())
ORDER = Order(id=MessageId("order-0001"), conversation=HERE, principal=ANN, file=FILE)


class Bucket(MemoryBlobStore):
    """A bucket: it gives out addresses, and knows what came with a file."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[dict[str, Any]] = []
        self.orders: dict[str, str] = {}

    async def upload_address(self, digest: str, *, size: int, owner: str, **about: str) -> UploadAddress:
        self.given.append({"digest": digest, "size": size, "owner": owner, **about})
        return UploadAddress(url=f"https://files.test/{digest}", headers={"x-order": about.get("order", "")})

    def place(self, digest: str, *, owner: str) -> tuple[str, str]:
        return "bucket", f"{owner}/{digest}"

    async def order(self, key: str) -> str:
        return self.orders.get(key, "")

    async def head(self, digest: str, *, owner: str, size: int) -> bytes:
        return (await self.read(digest, owner=owner))[:size]

    async def arrive(self, order: Order = ORDER, *, named: str = "", data: bytes = DATA) -> Place:
        """A file comes, as its address lets it, under the name of an order. Returns where it is."""

        async def chunks() -> AsyncIterator[bytes]:
            yield data

        owner = order.conversation.key
        blob = await self.put(chunks(), owner=owner, name=order.file.name, limit=1_000)
        name, key = self.place(blob.digest, owner=owner)
        self.orders[key] = named or self.given[-1]["order"]
        return Place(bucket=name, key=key)


@dataclass
class Standing:
    """Orders, and what they are kept in. ``now`` is the time."""

    bucket: Bucket = field(default_factory=Bucket)
    jobs: MemoryJobStore = field(default_factory=MemoryJobStore)
    now: float = NOW
    most_per_minute: int = 0

    @property
    def orders(self) -> Orders:
        return Orders(
            jobs=self.jobs,
            queue=StoreJobQueue(self.jobs, poll_seconds=1.0),
            blobs=self.bucket,
            quotas=self.quotas,
            most_per_minute=self.most_per_minute,
            clock=lambda: self.now,
        )

    quotas: MemoryQuotaStore = field(default_factory=MemoryQuotaStore)
