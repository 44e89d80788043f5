"""The Lambda function that Slack calls: it queues what is asked; `answer` answers and sends the replies."""

import time

from channels.slack.channel import channel
from channels.slack.desk import Desk
from channels.slack.handler import LambdaHandler
from channels.slack.queued import QueuedHouse
from switchboard.assistant import Catalogue
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.plugins import Setup
from switchboard.settings import load


def _make() -> Desk:
    """The desk that the settings describe, at the first call; what few requests need is imported by those."""
    setup = Setup(load())

    async def stop(conversation: Conversation, message_id: MessageId) -> bool:
        from agent import inbox

        conversations = setup.backend("conversations")
        while change := inbox.stop(await conversations.read(conversation, message_id), now=time.time()):
            if await conversations.commit(conversation, change):
                return True
        return False

    async def cancel(conversation: Conversation, job_id: str) -> bool:
        from agent.ordering import Orders

        jobs = setup.backend("jobs")
        job = await jobs.get(job_id)
        if job is None or job.conversation != conversation:
            return False
        return await Orders(jobs=jobs, queue=setup.backend("job_queue")).cancel(job_id) is not None

    async def catalogue(principal: Principal) -> Catalogue:
        from agent.shelf import Shelf

        return await Shelf(setup).catalogue(principal)

    house = QueuedHouse(
        queue=setup.backend("message_queue"),
        stored=lambda: setup.backend("conversations"),
        files=lambda: setup.backend("blobs"),
        stopping=stop,
        cancelling=cancel,
        listing=catalogue,
    )
    return Desk(channel=channel(setup), house=house)


handler = LambdaHandler(_make)
