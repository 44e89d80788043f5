"""Lex V2 as a `Channel`: a call becomes a message, a reply becomes Lex messages, and nothing can be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from channels.lex.call import Call, read
from channels.lex.dialog import Ask, ToolNeeds, next_step, slots_of
from channels.lex.identity import conversation_of, principal_of
from channels.lex.limits import LIMITS
from channels.lex.naming import message_id
from channels.lex.parts import LexMessage
from channels.lex.rendering import Style, pages, pieces
from channels.lex.settings import LexSettings, lex_settings
from channels.lex.state import ATTRIBUTE, State, read_state
from switchboard import Conversation, DeliveryFailed, Message, Principal, Receipt, Reply

if TYPE_CHECKING:
    from switchboard.plugins import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A call of the function as it came.

    Attributes:
        event: What Lex sent.
        received_at: Seconds since the epoch.
        deadline: Seconds since the epoch by which the reply has to be there.
    """

    event: object
    received_at: float
    deadline: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A call with who is asking, in which conversation, and the session's state if ours came with it."""

    call: Call
    principal: Principal
    conversation: Conversation
    state: State | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LexChannel:
    """Amazon Lex V2, whose replies are fetched: they go with the answer to a call."""

    settings: LexSettings
    tenant: str
    tools: Mapping[str, ToolNeeds] = field(default_factory=dict)
    name: str = "lex"
    limits = LIMITS

    @property
    def slots(self) -> dict[str, frozenset[str]]:
        """The slots of each intent that stands for a tool."""
        needs = {name: self.tools.get(mapped.tool, ToolNeeds()) for name, mapped in self.settings.intents.items()}
        return {name: frozenset(slots_of(self.settings.intents[name], each).values()) for name, each in needs.items()}

    def hear(self, invocation: Invocation) -> Heard:
        """Who is calling, and where.

        Raises:
            BadInput: It is not a call of Lex V2.
        """
        call = read(invocation.event)
        principal = principal_of(call, self.settings, now=invocation.received_at)
        conversation = conversation_of(call, principal, tenant=self.tenant)
        state = read_state(call.attributes.get(ATTRIBUTE, ""), conversation, self.settings.key)
        return Heard(call=call, principal=principal, conversation=conversation, state=state)

    def message(self, heard: Heard, ask: Ask, invocation: Invocation) -> Message:
        """What a call says to the assistant."""
        now = invocation.received_at
        return Message(
            id=message_id(heard.call, heard.conversation, ask.text, heard.state, now=now),
            conversation=heard.conversation,
            principal=heard.principal,
            text=ask.text,
            call=ask.call,
            received_at=now,
            deadline=invocation.deadline,
        )

    def parse(self, payload: Invocation) -> Sequence[Message]:
        """The message in a call; none where it is a step of a dialog.

        Raises:
            BadInput: It is not a call of Lex V2.
        """
        heard = self.hear(payload)
        step = next_step(heard.call, self.settings, self.tools)
        return (self.message(heard, step, payload),) if isinstance(step, Ask) else ()

    def style(self, call: Call) -> Style:
        """How to answer a call: read aloud where Lex wants audio, otherwise as set; cards where they can be shown."""
        accepted = call.accepted
        if call.speech and (not accepted or "SSML" in accepted):
            return Style(text="SSML", cards=False)
        text = self.settings.text if not accepted or self.settings.text in accepted else "PlainText"
        return Style(text=text, cards=not call.speech and (not accepted or "ImageResponseCard" in accepted))

    def render(self, reply: Reply) -> Sequence[LexMessage]:
        """The reply's first page; a fulfilment has the others, when the person asks for more."""
        style = Style(text=self.settings.text)
        return pages(pieces(reply, style), style)[0]

    async def send(self, message: Message, parts: Sequence[LexMessage], *, again: bool = False) -> Receipt:
        """Nothing can be sent to a Lex session.

        Raises:
            DeliveryFailed: Always.
        """
        raise DeliveryFailed(channel=self.name, why="replies on Lex are fetched, not sent", retryable=False)


def channel(setup: "Setup", *, secret: str = "") -> LexChannel:
    """The channel as the settings want it; what the plug-in registry calls.

    Args:
        setup: Settings and tools.
        secret: Used where the settings have none.

    Raises:
        ConfigError: Its settings are wrong, or name a tool that is not there.
    """
    from channels.lex.tools import needs_of

    settings = lex_settings(setup.settings, secret=secret)
    return LexChannel(settings=settings, tenant=setup.settings.tenant, tools=needs_of(setup, settings))
