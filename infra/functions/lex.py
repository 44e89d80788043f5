"""The function of a Lex V2 bot: give ``infra/functions/lex.handler`` to the alias as its code hook."""

from channels.lex.answering import Fulfilment
from channels.lex.channel import channel
from channels.lex.handler import LambdaHandler
from switchboard.plugins import Setup
from switchboard.settings import load


def _make() -> Fulfilment:
    """The channel and the assistant that the settings describe, at the first call."""
    from agent.assistant import build

    settings = load()
    setup = Setup(settings)
    return Fulfilment(channel(setup), build(settings, setup))


handler = LambdaHandler(_make)
