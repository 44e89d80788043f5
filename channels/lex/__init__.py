"""Amazon Lex V2: the fulfilment and dialog function, and a local Lex runtime to talk to it."""

from channels.lex.channel import Invocation, LexChannel, channel

__all__ = ["Invocation", "LexChannel", "channel"]
