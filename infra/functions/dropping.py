"""What the functions share that take files from the bucket: the desk, made of the settings."""

from channels.drops.desk import DropDesk
from channels.drops.settings import drop_settings
from switchboard.settings import Settings


def desk(settings: Settings) -> DropDesk:
    """The desk that the settings describe.

    Raises:
        ConfigError: Something in them is wrong, or there is no secret.
    """
    from agent.ordering import Orders
    from stores import s3_blobs
    from stores.s3 import S3BlobStore
    from switchboard.plugins import Setup
    from tools.reading.textract.reader import Notify, TextractReader
    from tools.summaries.assembling import QUOTING
    from tools.summaries.job import KIND

    own, setup = drop_settings(settings), Setup(settings)
    orders = Orders(jobs=setup.backend("jobs"), queue=setup.backend("job_queue"))
    reader, bucket, model = setup.backend("reader"), s3_blobs(setup, "s3"), settings.backends.chat_model
    assert isinstance(bucket, S3BlobStore)
    return DropDesk(
        bucket=bucket,
        secret=own.key,
        tenant=settings.tenant,
        starter=lambda message: orders.starter(message, {KIND}),
        ahead=reader if isinstance(reader, TextractReader) else None,
        notify=Notify(topic=own.topic, role=own.role) if own.topic else None,
        model="" if model == QUOTING else model,
    )


async def close(desk: DropDesk) -> None:
    """Let go of connections; what reads has its own."""
    await desk.bucket.close()
    if desk.ahead:
        await desk.ahead.close()
