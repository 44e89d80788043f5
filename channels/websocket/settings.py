"""What the web chat is told when it starts, as plain data, so that it depends on no settings file."""

from dataclasses import dataclass

from switchboard import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How the web chat serves, whom it trusts and what it takes.

    Attributes:
        secret: Signs visitors' cookies and conversation ids; at least 32 bytes, kept between starts.
        owner_key: Whoever opens ``/?key=...`` with it becomes ``owner``; empty switches that off.
        owner: Whom the key stands for; must be verified.
        port: 0 lets the system choose one.
        origins: Origins (``https://www.example.com``) besides its own from which browsers may use the chat, and under
            whose host names it may be reached.
        text_limit: Longest message in characters.
        upload_limit: Largest file in bytes.
        attachment_limit: Most files with one message.
        queue: Frames that may wait for a slow client before whoever makes them has to wait too.
        patience: Seconds that a client may take to say hello, to take a frame or to send a piece of an upload.
        heartbeat: Seconds between pings; a connection that answers none within that time again is closed.
        tolerance: Malformed frames until the connection is closed.
    """

    secret: bytes
    host: str = "127.0.0.1"
    port: int = 8080
    tenant: str = "local"
    owner_key: str = ""
    owner: Principal | None = None
    origins: tuple[str, ...] = ()
    text_limit: int = 32_000
    upload_limit: int = 50_000_000
    attachment_limit: int = 10
    queue: int = 256
    patience: float = 20.0
    heartbeat: float = 20.0
    tolerance: int = 10

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ValueError("the secret must be at least 32 bytes")
        if self.owner is not None and not self.owner.verified:
            raise ValueError("the owner must be a verified principal")

    @property
    def frame_limit(self) -> int:
        """Largest frame in bytes: room for a message that is far too long, which gets a sentence, not a hang-up."""
        return max(4_000_000, 16 * self.text_limit)
