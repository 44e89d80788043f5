"""A summary as it goes on AWS: begun by whoever hears of an upload, made by a worker, kept in DynamoDB and S3."""

from collections.abc import AsyncIterator
from pathlib import Path

from agent.ordering import Orders
from stores.dynamodb import DynamoConversationStore, DynamoJobStore
from stores.job_queue import StoreJobQueue
from stores.s3 import S3BlobStore
from switchboard import Attachment
from switchboard.reply import fold
from switchboard.testing.running import SOMEBODY, SOMEWHERE, follow, running, said
from tests.aws import a_world
from tests.tools.summaries.house import House
from tests.tools.summaries.test_written import model
from tests.tools.summaries.written_shared import writer
from tools.retrieval.attached import attached_source
from tools.retrieval.embedded import EmbeddedLibrary
from tools.summaries import checkpoints
from tools.summaries.job import begin, summary_job
from tools.summaries.making import Wish

PAGES = 30
LONG = "\n".join(f"Fact {page} is {page}00 EUR. {'Filler words. ' * 50}" for page in range(1, PAGES + 1)).encode()


async def test_a_function_begins_it_a_worker_makes_it_and_it_comes_back_on_the_conversation(tmp_path: Path) -> None:
    with a_world() as world:
        table = world.table()
        jobs, blobs = DynamoJobStore(table), S3BlobStore(world.client("s3"), world.bucket())
        given = {"conversations": DynamoConversationStore(table), "jobs": jobs, "blobs": blobs}
        given["job_queue"] = StoreJobQueue(jobs, poll_seconds=0.01)  # type: ignore[assignment]

        async def upload() -> AsyncIterator[bytes]:
            yield LONG

        blob = await blobs.put(upload(), owner=SOMEWHERE.key, name="plan.txt", limit=10_000_000)
        file = Attachment(name="plan.txt", media_type="text/plain", size=blob.size, digest=blob.digest)
        message = said("Summarise it", attachments=(file,))
        started = await begin(
            Orders(jobs=jobs, queue=given["job_queue"]).starter(message, ["summary"]),  # type: ignore[arg-type]
            attached_source(file, conversation=SOMEWHERE, principal=SOMEBODY),
            Wish(length="short"),
            model="bedrock:some",
            text="It is being summarised.",
        )
        library = EmbeddedLibrary(tmp_path)
        chat_model = model()
        house = House(library=library, summarizer=writer(chat_model), blobs=blobs, model="bedrock:some")
        async with running([], given=given, job_kinds=[summary_job(house.maker)]) as assistant:
            await assistant.working.drain()
            (turn,) = await assistant.transcript(SOMEWHERE)
            told = fold(await follow(assistant, turn.message))
            job = await jobs.get(started.job_id)
            assert job is not None
            kept = await checkpoints.load(job.saved, blobs, SOMEWHERE.key)
        assert (turn.message.job, told.status) == (started.job_id, "complete")
        assert {citation.page for citation in told.citations} == set(range(1, PAGES + 1))
        assert kept.count('"text"') == len(chat_model.given) > PAGES
        await library.close()
