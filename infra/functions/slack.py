"""The Lambda function that Slack calls: it queues what is asked; `answer` answers and sends the replies."""

from typing import TYPE_CHECKING

from channels.slack.channel import channel
from channels.slack.desk import Desk
from channels.slack.handler import LambdaHandler
from channels.slack.queued import QueuedHouse
from switchboard.assistant import Catalogue
from switchboard.identity import Principal
from switchboard.plugins import Setup
from switchboard.settings import load

if TYPE_CHECKING:
    from agent.front import Front


def _make() -> Desk:
    """The desk that the settings describe, at the first call; what few requests need is imported by those."""
    setup = Setup(load())

    def front() -> "Front":
        from agent.front import Front

        return Front(setup)

    async def catalogue(principal: Principal) -> Catalogue:
        from agent.shelf import Shelf

        return await Shelf(setup).catalogue(principal)

    house = QueuedHouse(
        queue=setup.backend("message_queue"),
        stored=lambda: setup.backend("conversations"),
        files=lambda: setup.backend("blobs"),
        ordering=front,
        listing=catalogue,
    )
    return Desk(channel=channel(setup), house=house)


handler = LambdaHandler(_make)
