"""Who is behind a browser: signed cookies, the owner's key, conversation ids that only their visitor can use."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from channels.websocket.settings import WebSettings
from switchboard import Conversation, Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A browser as the server knows it. ``cookie`` is the value that it should hold from now on."""

    principal: Principal
    cookie: str


class Visitors:
    """Makes and checks what browsers carry. Nothing is stored: the signature is the proof."""

    def __init__(
        self,
        settings: WebSettings,
        *,
        token: Callable[[], str] = lambda: secrets.token_hex(16),
        channel: str = "websocket",
    ) -> None:
        self._settings = settings
        self._channel = channel
        self._token = token
        self.cookie_name = f"switchboard_{self._sign('cookie')[:8]}"
        """Differs between installations, as browsers share cookies between the ports of a machine."""

    def read(self, cookie: str | None) -> Visit | None:
        """The visit that a cookie stands for, or ``None`` if we did not sign it (or not with these keys)."""
        kind, _, rest = (cookie or "").partition(".")
        name, _, signature = rest.partition(".")
        if not _same(signature, self._sign(kind, name, self._settings.owner_key if kind == "owner" else "")):
            return None
        if kind == "visitor":
            return Visit(principal=Principal(id=f"visitor:{name}"), cookie=cookie or "")
        owner = self._settings.owner
        return Visit(principal=owner, cookie=cookie or "") if kind == "owner" and owner is not None else None

    def new(self) -> Visit:
        """Somebody we have not seen before: unverified, so public documents only."""
        name = self._token()
        return Visit(
            principal=Principal(id=f"visitor:{name}"), cookie=f"visitor.{name}.{self._sign('visitor', name, '')}"
        )

    def sign_in(self, key: str) -> Visit | None:
        """The owner's visit, if this is the key of the sign-in link."""
        expected, owner = self._settings.owner_key, self._settings.owner
        if owner is None or not expected or not _same(key, expected):
            return None
        name = self._token()
        return Visit(principal=owner, cookie=f"owner.{name}.{self._sign('owner', name, expected)}")

    def conversation(self, principal: Principal, thread: str) -> Conversation | None:
        """The principal's conversation of this id, or ``None`` if the id was not given to this principal."""
        name, _, signature = thread.partition("-")
        if not _same(signature, self._sign("conversation", principal.id, name)[:16]):
            return None
        return self._named(principal, thread)

    def new_conversation(self, principal: Principal) -> Conversation:
        """An empty conversation. Its id is signed, so that it stays valid before its first message is stored."""
        name = self._token()[:16]
        return self._named(principal, f"{name}-{self._sign('conversation', principal.id, name)[:16]}")

    def _named(self, principal: Principal, thread: str) -> Conversation:
        return Conversation(tenant=self._settings.tenant, channel=self._channel, room=principal.id, thread=thread)

    def _sign(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", errors="surrogatepass")
        return hmac.new(self._settings.secret, text, hashlib.sha256).hexdigest()


def _same(left: str, right: str) -> bool:
    """Compare without telling by the time it takes where the difference is."""
    return hmac.compare_digest(left.encode("utf-8", errors="replace"), right.encode("utf-8"))
