"""What a channel is: parse, render and send; and serve, where it fetches by itself what people say."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar, runtime_checkable

from switchboard.assistant import Assistant
from switchboard.limits import Limits, Receipt
from switchboard.messages import Message
from switchboard.reply import Reply

Incoming = TypeVar("Incoming", contravariant=True)
Outgoing = TypeVar("Outgoing")


class Channel(Protocol, Generic[Incoming, Outgoing]):
    """A way in which people reach the assistant.

    ``parse`` and ``render`` are pure, so that they can be tested with payload files; ``send`` is the only one that
    talks to the platform.
    """

    name: str
    limits: Limits

    def parse(self, payload: Incoming) -> Sequence[Message]:
        """The messages in a verified payload, or none if it holds nothing to answer.

        Raises:
            BadInput: The payload is malformed; ``status`` says how to answer.
            Refused: The sender can't be verified.
        """
        ...

    def render(self, reply: Reply) -> Sequence[Outgoing]:
        """The reply in the platform's form, within ``limits``, nothing cut."""
        ...

    async def send(self, message: Message, parts: Sequence[Outgoing], *, again: bool = False) -> Receipt:
        """Send what was rendered to the conversation that ``message`` came from.

        Args:
            message: What the parts answer.
            parts: What was rendered, or the last of it when an earlier attempt got through in part: counted from the
                end, a part has the same place each time.
            again: Whether an earlier attempt may have got through without its receipt: where the platform lets one
                look, only what is not there yet is sent.

        Raises:
            DeliveryFailed: It did not arrive, or nobody knows.
        """
        ...


@runtime_checkable
class ServedChannel(Channel[Incoming, Outgoing], Protocol[Incoming, Outgoing]):
    """A channel that nobody calls: it polls its platform, or holds a connection to it."""

    async def serve(self, assistant: Assistant) -> None:
        """Take what comes until cancelled, and offer it with ``push=True``: replies are sent by the outbox.

        ``switchboard serve --channel NAME`` runs it, and begins it again when it ends or raises.
        """
        ...
