"""What the functions share that take files from the bucket: the desk, made of the settings."""

from channels.drops.desk import DropDesk
from channels.drops.settings import drop_settings
from switchboard.settings import Settings


def desk(settings: Settings) -> DropDesk:
    """The desk that the settings describe.

    Raises:
        ConfigError: Something in them is wrong.
    """
    from channels.drops.making import orders
    from stores import s3_blobs
    from stores.s3 import S3BlobStore
    from switchboard.plugins import Setup
    from tools.reading.textract.reader import Notify, TextractReader

    own, setup = drop_settings(settings), Setup(settings)
    reader, bucket = setup.backend("reader"), s3_blobs(setup, "s3")
    assert isinstance(bucket, S3BlobStore)
    return DropDesk(
        bucket=bucket,
        orders=orders(setup),
        tenant=settings.tenant,
        ahead=reader if isinstance(reader, TextractReader) else None,
        notify=Notify(topic=own.topic, role=own.role) if own.topic else None,
    )


async def close(desk: DropDesk) -> None:
    """Let go of connections; what reads has its own."""
    await desk.bucket.close()
    for part in (desk.orders.jobs, desk.orders.queue, desk.orders.blobs, desk.orders.quotas):
        await part.close()
    if desk.ahead:
        await desk.ahead.close()
