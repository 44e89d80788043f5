"""A channel whose platform is a list, and what every channel must do, as tests that a channel of your own inherits.

class TestPager(ChannelContract):
    @pytest.fixture
    def channel(self) -> PagerChannel:
        return PagerChannel(...)

    def payload(self, text: str, *, id: str, sender: str) -> Line:
        return Line(serial=id, pager=sender, text=text)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from switchboard.errors import BadInput
from switchboard.identity import Conversation, MessageId, Principal
from switchboard.limits import Limits, Receipt
from switchboard.messages import Attachment, Message
from switchboard.rendering import render
from switchboard.reply import Reply
from switchboard.testing.channel_files import FilesContract
from switchboard.testing.channel_incoming import IncomingContract
from switchboard.testing.channel_outgoing import OutgoingContract
from switchboard.testing.channel_pressing import PressingContract
from switchboard.testing.channel_sending import SendingAgainContract, SendingContract
from switchboard.testing.channel_turns import TurnsContract

__all__ = [
    "DELIVERED",
    "ChannelContract",
    "FakeChannel",
    "Line",
    "PressingContract",
    "SendingAgainContract",
    "SendingContract",
]

DELIVERED = Receipt(delivered=True, platform_id="platform-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A payload of the fake platform, as it looks once the platform's signature has been checked."""

    id: str
    sender: str
    text: str
    files: tuple[Attachment, ...] = ()


@dataclass(slots=True, kw_only=True)
class FakeChannel:
    """A whole channel in memory: ``sent`` is what its platform has shown, ``receipts`` is what it answers.

    When something is sent again, it looks what its platform shows already and adds only the rest.

    Attributes:
        receipts: One for each sending; the default confirms all. Give others to see what happens when it does not: of
            a failure ``sent`` parts are shown, and an exception is raised when all are shown, but nobody knows.
        push: Whether replies have to be sent by the outbox, as on a platform that nobody fetches them from.
    """

    name: str = "fake"
    limits: Limits = field(default_factory=lambda: Limits(text=500))
    tenant: str = "local"
    receipts: Iterator[Receipt | Exception] = field(default_factory=lambda: repeat(DELIVERED))
    push: bool = False
    sent: list[tuple[Conversation, tuple[str, ...]]] = field(default_factory=list)
    _left: dict[tuple[Conversation, MessageId], int] = field(default_factory=dict)
    """How many parts of a reply are not shown yet: counted from the end, a part's place is the same in any rest."""

    def parse(self, payload: Line) -> Sequence[Message]:
        """A line is a message."""
        if not payload.sender:
            raise BadInput("Nobody sent this.")
        if any(file.size > self.limits.upload for file in payload.files):
            raise BadInput(f"A file may have {self.limits.upload:,} bytes. Send a smaller one.", status=413)
        if not payload.text.strip() and not payload.files:
            return ()
        return (
            Message(
                id=MessageId(payload.id),
                conversation=Conversation(tenant=self.tenant, channel=self.name, room=payload.sender),
                principal=Principal(id=f"{self.name}:{payload.sender}", verified=True),
                text=payload.text,
                attachments=payload.files,
                push=self.push,
            ),
        )

    def render(self, reply: Reply) -> Sequence[str]:
        """Text within the limits, as the common renderer makes it."""
        return render(reply, self.limits).messages

    async def send(self, message: Message, parts: Sequence[str], *, again: bool = False) -> Receipt:
        """Show the parts in the message's conversation, as far as the next receipt says so."""
        answer = next(self.receipts)
        place = (message.conversation, message.id)
        start = max(0, len(parts) - self._left.get(place, len(parts))) if again else 0
        end = len(parts) if isinstance(answer, Exception) or answer.delivered else answer.sent
        if start < end:
            self.sent.append((message.conversation, tuple(parts[start:end])))
            self._left[place] = len(parts) - end
        if isinstance(answer, Exception):
            raise answer
        return answer


class ChannelContract(TurnsContract, OutgoingContract, FilesContract, IncomingContract):  # pytest begins with the last
    """What the rest of the house relies on. Inherit from it, or name the class to ``--switchboard-channel``."""
