"""The Lambda function that Slack calls: it queues what is asked; `answer` answers and sends the replies."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.functions.deferring import quick_start

with quick_start():
    from channels.slack.channel import channel
    from channels.slack.desk import Desk
    from channels.slack.handler import LambdaHandler
    from channels.slack.queued import QueuedHouse
    from infra.functions.starting import Started
    from switchboard.assistant import Catalogue
    from switchboard.identity import Principal
    from switchboard.plugins import Setup
    from switchboard.queues import MessageQueue
    from switchboard.settings import Settings

if TYPE_CHECKING:
    from agent.front import Front


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a warm function has from the call before."""

    desk: Desk
    queue: MessageQueue


@quick_start()
def _made(settings: Settings) -> Kept:
    """The desk that the settings describe; what few requests need is imported by those."""
    setup = Setup(settings)

    def front() -> "Front":
        from agent.front import Front

        return Front(setup)

    async def catalogue(principal: Principal) -> Catalogue:
        from agent.shelf import Shelf

        return await Shelf(setup).catalogue(principal)

    queue = setup.backend("message_queue")
    house = QueuedHouse(
        queue=queue,
        stored=lambda: setup.backend("conversations"),
        files=lambda: setup.backend("blobs"),
        ordering=front,
        listing=catalogue,
    )
    return Kept(desk=Desk(channel=channel(setup), house=house), queue=queue)


_kept = Started(_made, lambda kept: kept.queue.close())
handler = LambdaHandler(lambda: _kept.current().desk)
