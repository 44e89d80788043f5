"""The table ``[channels.slack]`` of the settings, checked when the channel is made."""

import importlib.util
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from switchboard import ConfigError
from switchboard.settings import Settings
from switchboard.tables import table

LIBRARIES = ("slack_sdk", "slack_bolt")


class SlackSettings(BaseModel):
    """How Slack is reached, who is who, and when to answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bot_token: SecretStr = Field(SecretStr(""), description="Of the app in its workspace: `xoxb-…`.")
    bot_tokens: dict[str, SecretStr] = Field({}, description="The same by workspace id, where there are several.")
    app_token: SecretStr = Field(SecretStr(""), description="For Socket Mode: `xapp-…` with `connections:write`.")
    signing_secret: SecretStr = Field(SecretStr(""), description="With which Slack signs what it sends over HTTP.")
    mode: Literal["auto", "socket", "http"] = Field(
        "auto", description="How `serve --slack` gets its events; `auto`: by socket if there is an app token."
    )
    host: str = Field("127.0.0.1", description="Address to listen on for HTTP.")
    port: int = Field(3000, ge=0, le=65_535, description="Port to listen on for HTTP; 0 for any free one.")
    streaming: Literal["auto", "edits", "off"] = Field(
        "auto", description="Show answers while they are written: as streams, by edits, or only when they are done."
    )
    threads: Literal["mention", "follow"] = Field(
        "mention", description="In a thread in which the assistant has answered: only when mentioned, or always."
    )
    edits: Literal["answer", "ignore"] = Field("answer", description="Whether an edited question is answered anew.")
    bots: tuple[str, ...] = Field((), description="Ids (`B…`) of other bots that are answered.")
    bot_turns: int = Field(5, ge=1, le=50, description="Most turns with bots in a row in a thread, against loops.")
    groups: dict[str, tuple[str, ...]] = Field(
        {}, description="Groups for access: of people (`T…:U…`) or of whole workspaces (`T…`)."
    )
    api_url: str = Field("https://slack.com/api/", description="Another address than Slack's own, such as a fake's.")
    timeout: float = Field(15.0, gt=0, le=60, description="Most seconds for one call to Slack.")

    @field_validator("bots", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return tuple(value.split(",")) if isinstance(value, str) and value else value or ()

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.netloc or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise ValueError("it has to be an https address")
        return value if value.endswith("/") else f"{value}/"

    def token(self, team: str) -> str:
        """The token for a workspace; empty if there is none."""
        found = self.bot_tokens.get(team)
        return (found or self.bot_token).get_secret_value()

    def groups_of(self, team: str, user: str) -> frozenset[str]:
        """The groups that a person is in, by this mapping and nothing else."""
        names = {f"{team}:{user}", team}
        return frozenset(group for group, members in self.groups.items() if names.intersection(members))

    @property
    def by_socket(self) -> bool:
        """Whether ``serve --slack`` uses Socket Mode."""
        return self.mode == "socket" or (self.mode == "auto" and bool(self.app_token.get_secret_value()))


def slack_settings(settings: Settings) -> SlackSettings:
    """The channel's part of the settings.

    Raises:
        ConfigError: Something in it is wrong.
    """
    return table(settings, "channels", "slack", SlackSettings, page="docs/slack.md")


def require(settings: SlackSettings) -> None:
    """See that what ``serve --slack`` can't do without is there.

    Raises:
        ConfigError: It is not; says which.
    """
    if any(importlib.util.find_spec(name) is None for name in LIBRARIES):
        fix = "Install them with: pip install 'switchboard-assistant[slack]'."
        raise ConfigError("Slack's libraries are not installed.", fix=fix, where="channels.slack")
    missing = [] if settings.bot_token.get_secret_value() or settings.bot_tokens else ["bot_token"]
    needed = "app_token" if settings.by_socket else "signing_secret"
    if not getattr(settings, needed).get_secret_value():
        missing.append(needed)
    if missing:
        variables = ", ".join(f"SWITCHBOARD_CHANNELS__SLACK__{name.upper()}" for name in missing)
        raise ConfigError(
            f"Slack needs {' and '.join(missing)}.",
            fix=f"Set {variables}; docs/slack.md says where they are found.",
            where="channels.slack",
        )
