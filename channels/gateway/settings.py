"""The table ``[channels.gateway]`` of the settings, checked when the channel is made."""

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from channels.tokens import JwtSettings
from switchboard import ConfigError
from switchboard.settings import Settings
from switchboard.tables import table

SHORTEST_SECRET = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class GatewaySettings(BaseModel):
    """Who may connect, and how answers are shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret: SecretStr = Field(
        SecretStr(""),
        description="Signs tickets and conversation ids; 32 characters at least. Without it nobody enters.",
    )
    origins: tuple[str, ...] = Field((), description="Origins whose pages may connect: https://www.example.com.")
    endpoint: str = Field(
        "", description="Where texts are sent to; empty for the address that a connection came through."
    )
    when_gone: Literal["finish", "stop"] = Field(
        "finish", description="What becomes of an answer when the last window is gone: it is finished, or stopped."
    )
    pace_seconds: float = Field(
        0.25, ge=0.05, le=10, description="How often a growing answer is sent; each time is a request for each window."
    )
    jwt: JwtSettings = Field(JwtSettings(), description="Whose tokens open a socket, besides tickets.")
    suggestions: tuple[str, ...] = Field(
        (), description="Questions that a newcomer is offered, instead of the library's."
    )

    @field_validator("origins", "suggestions", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value.split(",")) if isinstance(value, str) and value else value or ()

    @field_validator("secret")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"it has to have at least {SHORTEST_SECRET} characters")
        return value

    @field_validator("endpoint")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.netloc and (parts.scheme == "https" or parts.hostname in LOOPBACK)):
            raise ValueError("it has to be an https address")
        return value

    @property
    def key(self) -> bytes:
        """The secret as bytes.

        Raises:
            ConfigError: There is none.
        """
        if not self.secret.get_secret_value():
            raise ConfigError(
                "The gateway has no secret.", fix="Set SWITCHBOARD_CHANNELS__GATEWAY__SECRET.", where="channels.gateway"
            )
        return self.secret.get_secret_value().encode()


def gateway_settings(settings: Settings) -> GatewaySettings:
    """The channel's part of the settings.

    Raises:
        ConfigError: Something in it is wrong.
    """
    return table(settings, "channels", "gateway", GatewaySettings, page="docs/websocket-on-aws.md")
