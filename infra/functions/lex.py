"""The function of a Lex V2 bot: give ``infra/functions/lex.handler`` to the alias as its code hook."""

import asyncio
import os

from infra.functions.deferring import quick_start

with quick_start():
    from agent.assistant import build
    from channels.lex.answering import Fulfilment
    from channels.lex.channel import channel
    from channels.lex.handler import LambdaHandler
    from infra.functions.starting import Started
    from switchboard.plugins import Setup
    from switchboard.settings import Settings

    def _made(settings: Settings) -> Fulfilment:
        setup = Setup(settings)
        return Fulfilment(channel(setup), build(settings, setup))

    async def _rehearse() -> None:
        """Load what the settings need, and keep nothing that copies would share: connections, a worker's name."""
        started = Started(_made, Fulfilment.close)
        await started()
        await started.forget()

    handler = LambdaHandler(Started(_made, Fulfilment.close))
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        asyncio.run(_rehearse())
    else:
        handler.prepare()
