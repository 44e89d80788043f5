"""The front: what a process does for a conversation that answers nothing itself, from the stores and without LangGraph.

A function that takes a frame from a gateway has a moment. It queues what was said, and reads or writes the rest as the
rules of the inbox say, exactly as whoever answers does.
"""

import time
from collections.abc import Callable, Sequence

from agent import inbox, texts
from agent.counting import Counts
from agent.ordering import Orders
from agent.outboxes import Outboxes
from agent.outcomes import outcome_events
from agent.rating import rate
from switchboard.assistant import Offer
from switchboard.errors import BadInput
from switchboard.events import Event
from switchboard.identity import Conversation, MessageId
from switchboard.limits import Receipt
from switchboard.messages import Message
from switchboard.plugins import Setup
from switchboard.queues import MessageQueue
from switchboard.storage import BlobStore, ConversationStore, Feedback, Job, JobStore, Turn


class Front:
    """Puts messages into a queue; reads, stops and confirms turns wherever they run.

    Args:
        clock: Seconds since the epoch.
    """

    def __init__(self, setup: Setup, *, clock: Callable[[], float] = time.time) -> None:
        self._setup = setup
        self._clock = clock
        self._conversations: ConversationStore = setup.backend("conversations")
        self._queue: MessageQueue = setup.backend("message_queue")
        self._outboxes = Outboxes(
            conversations=self._conversations, settings=setup.settings, clock=clock, counts=Counts()
        )

    @property
    def blobs(self) -> BlobStore:
        """Where uploads are."""
        blobs: BlobStore = self._setup.backend("blobs")
        return blobs

    async def offer(self, message: Message) -> Offer:
        """Queue a message unless it has a turn. How many are ahead is what the store knows: the queue tells nobody."""
        snapshot = await self._conversations.read(message.conversation, message.id)
        if snapshot.turn is not None:
            waits = snapshot.inbox.queue
            ahead = waits.index(message.id) + 1 if message.id in waits else 0
            return Offer(state=snapshot.turn.state, ahead=ahead)
        await self._queue.send(message)
        busy = snapshot.inbox.lease is not None
        return Offer(state="queued" if busy else "new", ahead=len(snapshot.inbox.queue) + 1 if busy else 0)

    async def replay(self, conversation: Conversation, message_id: MessageId, *, after: int) -> Sequence[Event]:
        """The stored events of a turn numbered above ``after``; of one that has ended, its outcome.

        Raises:
            BadInput: The message is unknown (status 404).
        """
        turn = await self._conversations.turn(conversation, message_id)
        if turn is not None and turn.state != "done":
            found = await self._conversations.events(conversation, message_id, after)
            turn = turn if found else await self._conversations.turn(conversation, message_id)
            if turn is not None and turn.state != "done":
                return found
        if turn is None:
            raise BadInput(texts.UNKNOWN_MESSAGE, status=404)
        return outcome_events(turn, after)

    async def stop(self, conversation: Conversation, message_id: MessageId) -> bool:
        """Have a turn stopped; see `switchboard.assistant.Assistant.stop`."""
        while True:
            snapshot = await self._conversations.read(conversation, message_id)
            change = inbox.stop(snapshot, now=self._clock())
            if change is None:
                return False
            if await self._conversations.commit(conversation, change):
                return True

    async def running(self, conversation: Conversation) -> MessageId | None:
        """The message that is being answered, if there is one."""
        lease = (await self._conversations.read(conversation)).inbox.lease
        return None if lease is None else lease.message_id

    async def jobs(self, conversation: Conversation) -> Sequence[Job]:
        """The conversation's jobs, newest first."""
        return await self._jobs.list_jobs(conversation=conversation)

    async def job(self, conversation: Conversation, job_id: str) -> Job | None:
        """A job of the conversation; see `switchboard.assistant.Assistant.job`."""
        job = await self._jobs.get(job_id)
        return job if job is not None and job.conversation == conversation else None

    async def cancel_job(self, conversation: Conversation, job_id: str) -> bool:
        """Ask for a job of the conversation to end; see `switchboard.assistant.Assistant.cancel_job`."""
        if await self.job(conversation, job_id) is None:
            return False
        orders = Orders(jobs=self._jobs, queue=self._setup.backend("job_queue"), clock=self._clock)
        return await orders.cancel(job_id) is not None

    async def rate(self, conversation: Conversation, message_id: MessageId, feedback: Feedback) -> bool:
        """Keep an opinion; see `switchboard.assistant.Assistant.rate`."""
        return await rate(self._conversations, conversation, message_id, feedback)

    async def confirm(self, conversation: Conversation, message_id: MessageId) -> None:
        """Note that somebody has the reply to a message."""
        turn = await self._conversations.turn(conversation, message_id)
        if turn is not None and turn.state == "done" and not turn.delivered:
            await self._outboxes.confirm(turn.message, Receipt(delivered=True, platform_id=message_id))

    async def transcript(
        self, conversation: Conversation, *, limit: int = 50, before: int | None = None
    ) -> Sequence[Turn]:
        """The newest turns, oldest first."""
        return await self._conversations.transcript(conversation, limit=limit, before=before)

    @property
    def _jobs(self) -> JobStore:
        jobs: JobStore = self._setup.backend("jobs")
        return jobs
