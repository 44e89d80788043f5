"""The table ``[channels.http]`` of the settings, checked when the channel is made."""

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from channels.tokens import JwtSettings
from switchboard.tables import table

if TYPE_CHECKING:
    from switchboard.settings import Settings


AfterHangUp = Literal["go_on", "stop"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HttpSettings(_Table):
    """How programs are answered and whom they may speak for."""

    wait_seconds: float = Field(
        60.0, gt=0, le=3_600, description="Longest wait for an answer; what takes longer goes on as a job."
    )
    origins: tuple[str, ...] = Field((), description="Origins whose pages may call (CORS), with credentials of theirs.")
    public_url: str = Field("", description="Address under which callers reach the server; empty: as they called it.")
    link_seconds: int = Field(3_600, ge=1, le=604_800, description="How long a link to a source or file opens it.")
    mcp: bool = Field(True, description="Whether tools are offered at `/mcp`, where the extra `mcp` is installed.")
    after_hang_up: AfterHangUp = Field(
        "go_on", description="What becomes of an answer when a caller of chat completions hangs up: `go_on` or `stop`."
    )
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
    return table(settings, "channels", "http", HttpSettings, page="docs/http.md")
