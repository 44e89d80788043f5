"""JSON Web Tokens: whom a token of somebody whom the settings name speaks for, on every channel that takes them."""

import asyncio
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from switchboard import BackendError, ConfigError, Principal

if TYPE_CHECKING:
    from jwt import PyJWK, PyJWKClient, PyJWKSet

log = logging.getLogger("switchboard.channels")

LARGEST = 8_000
"""Characters of a token."""
LONGEST_NAME = 200
SHORTEST_SECRET = 32
_FETCH_SECONDS = 5.0

Algorithm: TypeAlias = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Those whose keys can be published. A shared secret is always HS256, so no token can choose between the two."""


class JwtSettings(BaseModel):
    """Whose JSON Web Tokens are believed, a channel's table ``jwt``; nobody's while nothing is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: SecretStr = Field(SecretStr(""), description="Shared with whoever signs with HS256; 32 characters or more.")
    jwks_file: str = Field("", description="File with the signer's public keys (a JSON Web Key Set).")
    jwks_url: str = Field("", description="Address of the same; https.")
    algorithms: tuple[Algorithm, ...] = Field(("RS256", "ES256"), description="Believed with public keys.")
    issuer: str = Field("", description="What `iss` has to be.")
    audience: str = Field("", description="What `aud` has to name.")
    groups_claim: str = Field("groups", min_length=1, description="The claim with the person's groups, a list.")
    leeway_seconds: float = Field(30.0, ge=0, le=300, description="How far clocks may differ.")

    @property
    def on(self) -> bool:
        """Whether tokens are believed at all."""
        return bool(self.secret.get_secret_value() or self.jwks_file or self.jwks_url)

    @field_validator("algorithms", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value.split(",")) if isinstance(value, str) else value

    @field_validator("jwks_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if value and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and local))):
            raise ValueError("it has to be an https address")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "JwtSettings":
        secret = self.secret.get_secret_value()
        if sum(map(bool, (secret, self.jwks_file, self.jwks_url))) > 1:
            raise ValueError("set one of secret, jwks_file and jwks_url")
        if secret and len(secret) < SHORTEST_SECRET:
            raise ValueError(f"the secret has to have {SHORTEST_SECRET} characters or more")
        if self.on and not (self.issuer and self.audience):
            raise ValueError("set issuer and audience: a token for somebody else must not count here")
        return self


class Tokens:
    """Checks tokens. The algorithm is pinned by the settings; what the token says of it only has to agree.

    Args:
        where: The table of the settings, for whoever has to mend them.

    Raises:
        ConfigError: The library is not installed, or the file of keys can't be used.
    """

    def __init__(self, settings: JwtSettings, *, where: str) -> None:
        self._settings = settings
        self._secret = settings.secret.get_secret_value()
        try:
            import jwt
        except ImportError:
            raise ConfigError(
                "Tokens need the package pyjwt.",
                fix="Install it: pip install 'switchboard-assistant[jwt]'.",
                where=where,
            ) from None
        self._jwt = jwt
        self._keys: PyJWKSet | None = _key_set(settings.jwks_file) if settings.jwks_file else None
        self._client: PyJWKClient | None = None
        if settings.jwks_url:
            self._client = jwt.PyJWKClient(settings.jwks_url, timeout=_FETCH_SECONDS)

    async def principal_of(self, token: str) -> Principal | None:
        """The person a token speaks for, or ``None`` if it is not whole, in force, and meant for us.

        Raises:
            BackendError: The signer's public keys can't be fetched.
        """
        claims = await self._claims(token) if len(token) <= LARGEST else None
        name = claims.get("sub") if claims is not None else None
        if claims is None or not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.strip():
            return None
        groups = claims.get(self._settings.groups_claim)
        return Principal(
            id=name,
            groups=frozenset(one for one in groups if isinstance(one, str))
            if isinstance(groups, list)
            else frozenset(),
            display_name=_text(claims.get("name")),
            locale=_text(claims.get("locale")),
            verified=True,
        )

    async def _claims(self, token: str) -> Mapping[str, Any] | None:
        key: PyJWK | str | None = self._secret or None
        try:
            if not self._secret:
                key = await self._key(self._jwt.get_unverified_header(token).get("kid"))
            if key is None:
                return None
            claims: Mapping[str, Any] = self._jwt.decode(
                token,
                key,
                algorithms=["HS256"] if self._secret else list(self._settings.algorithms),
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                leeway=self._settings.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except self._jwt.PyJWKClientConnectionError as error:
            log.warning("the keys of whoever signs tokens can't be fetched: %s", error)
            raise BackendError(service="jwks", operation="fetch", code="unreachable", retryable=True) from error
        except self._jwt.PyJWTError:
            return None
        return claims

    async def _key(self, kid: object) -> "PyJWK | None":
        """The key that a token names; where it names none, the only one."""
        if self._client is not None:
            if isinstance(kid, str):
                return await asyncio.to_thread(self._client.get_signing_key, kid)
            return _only((await asyncio.to_thread(self._client.get_jwk_set)).keys)
        keys = self._keys.keys if self._keys is not None else []
        return _only([key for key in keys if key.key_id == kid] if kid is not None else keys)


def _only(keys: "list[PyJWK]") -> "PyJWK | None":
    return keys[0] if len(keys) == 1 else None


def _key_set(file: str) -> "PyJWKSet":
    import jwt

    try:
        return jwt.PyJWKSet.from_dict(json.loads(Path(file).read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError, TypeError, jwt.PyJWTError) as error:
        raise ConfigError(
            "The file of public keys can't be used.",
            fix='It has to be a JSON Web Key Set, {"keys": [...]}, of public keys.',
            where=file,
        ) from error


def _text(value: object) -> str:
    return value[:LONGEST_NAME] if isinstance(value, str) else ""
