"""The table ``[channels.http]`` of the settings, checked when the channel is made."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from switchboard import ConfigError

if TYPE_CHECKING:
    from switchboard.settings import Settings

SHORTEST_SECRET = 32
Algorithm: TypeAlias = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Those whose keys can be published. A shared secret is always HS256, so no token can choose between the two."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class JwtSettings(_Table):
    """Whose JSON Web Tokens are believed, ``[channels.http.jwt]``; none while nothing is set."""

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


class HttpSettings(_Table):
    """How programs are answered and whom they may speak for."""

    wait_seconds: float = Field(
        60.0, gt=0, le=3_600, description="Longest wait for an answer; what takes longer goes on as a job."
    )
    origins: tuple[str, ...] = Field((), description="Origins whose pages may call (CORS), with credentials of theirs.")
    public_url: str = Field("", description="Address under which callers reach the server; empty: as they called it.")
    link_seconds: int = Field(3_600, ge=1, le=604_800, description="How long a link to a source or file opens it.")
    jwt: JwtSettings = Field(JwtSettings(), description="Whose tokens are believed, besides keys.")

    @field_validator("public_url")
    @classmethod
    def _base(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("it has to be an http or https address")
        return value.rstrip("/")


def http_settings(settings: "Settings") -> HttpSettings:
    """The channel's table of the settings.

    Raises:
        ConfigError: Something in it is wrong.
    """
    table: Any = (settings.channels.model_extra or {}).get("http", {})
    try:
        return HttpSettings.model_validate(table)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in ("channels", "http", *fault["loc"]))
        raise ConfigError(f"{fault['msg']}.", fix="docs/http.md lists what there is.", where=where) from None
