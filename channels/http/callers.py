"""Who calls: whoever a key, a token or, on this machine, the owner's key speaks for; nobody without one."""

import hmac
from dataclasses import dataclass

from channels.http.keys import ApiKeys
from channels.tokens import Tokens
from switchboard import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Checks what stands behind ``Authorization: Bearer``.

    Attributes:
        tokens: ``None`` where no tokens are believed.
        owner_key: The key of the web chat's sign-in link, where the server only listens to this machine; else empty.
        owner: For whom that key speaks.
    """

    keys: ApiKeys
    tokens: Tokens | None = None
    owner_key: str = ""
    owner: Principal | None = None

    async def principal_of(self, authorization: str) -> Principal | None:
        """The caller, verified, or ``None``.

        Args:
            authorization: The header, as it came.

        Raises:
            BackendError: A token can't be checked for now.
            ConfigError: The key's file is damaged.
        """
        scheme, _, credential = authorization.strip().partition(" ")
        credential = credential.strip()
        if scheme.lower() != "bearer" or not credential or not credential.isascii():
            return None
        if self.owner is not None and self.owner_key and hmac.compare_digest(credential, self.owner_key):
            return self.owner
        if credential.startswith("sb_"):
            return self.keys.principal_of(credential)
        return await self.tokens.principal_of(credential) if self.tokens is not None else None
